"""Where a restore drill works: a folder of the data folder that goes with it. What a drill that was killed left behind
holds a whole database, so it goes with the next sweep of a worker, or the next drill."""

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from models.settings import Settings

_BEGINS = "drill-"
_ENDED = 128 + signal.SIGTERM


@contextmanager
def drill_folder(settings: Settings) -> Iterator[Path]:
    """It is locked for as long as this process is at it, so that nobody takes it for one left behind."""
    folder = Path(tempfile.mkdtemp(prefix=_BEGINS, dir=settings.open_data_dir()))
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks, where no sweep gets one either
            fcntl.flock(handle, fcntl.LOCK_SH)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


@contextmanager
def ends_in_order() -> Iterator[None]:
    """Told to end (SIGTERM), this process leaves as from an error, and so takes its folder away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def sweep_drills(settings: Settings) -> int:
    """Takes away what killed drills left; how many there were."""
    done = 0
    for folder in settings.data_dir.glob(f"{_BEGINS}*"):
        with suppress(OSError):  # another sweep was faster, or a drill is at it
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
                done += 1
            finally:
                os.close(handle)
    return done
