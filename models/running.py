"""Who runs on a data folder: every website and worker holds its lock for as long as it lives, kill -9 included."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import EvokeError
from models.settings import Settings

_HELD: list[int] = []
_NAME = "running.lock"


class StillRunning(EvokeError):
    status = 409
    code = "still_running"

    def __init__(self) -> None:
        super().__init__(
            "Evoke still runs on this data folder. Stop evoke serve, and every website and worker, and try again."
        )


class BeingMoved(EvokeError):
    status = 503
    code = "being_moved"

    def __init__(self) -> None:
        super().__init__("This Evoke is just being moved (evoke migrate-to). Start it when that has ended.")


def run_on(settings: Settings) -> None:
    """From now on this process runs. Raises BeingMoved."""
    number = _open(settings)
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        raise BeingMoved from None
    except OSError:  # a file system without locks: then nobody can tell
        os.close(number)
    else:
        _HELD.append(number)


@contextmanager
def stopped(settings: Settings) -> Iterator[None]:
    """Nobody runs on this data folder meanwhile. Raises StillRunning."""
    number = _open(settings)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StillRunning from None
        yield
    finally:
        os.close(number)


def _open(settings: Settings) -> int:
    return os.open(settings.open_data_dir() / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
