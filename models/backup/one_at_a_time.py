"""Backups of one installation are made, and pruned, one at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from models.database import Database
from models.errors import EvokeError
from models.settings import Settings

_NUMBER = 0x45564F4B45  # of an advisory lock of PostgreSQL; any, as long as it is always the same


class BackupUnderWay(EvokeError):
    status = 409
    code = "backup_under_way"

    def __init__(self) -> None:
        super().__init__(
            "Another backup of this installation is being made or pruned at this moment. Try again once it is done."
        )


@contextmanager
def one_at_a_time(database: Database, settings: Settings) -> Iterator[None]:
    """Held by the process itself, so that one that is killed keeps nobody out. Raises BackupUnderWay."""
    with ExitStack() as held:
        handle = os.open(settings.open_data_dir() / "backup.lock", os.O_RDWR | os.O_CREAT, 0o600)
        held.callback(os.close, handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupUnderWay from error
        if not database.is_sqlite:  # several machines may make them
            connection = held.enter_context(database.write_engine.connect())
            got = connection.execute(text(f"SELECT pg_try_advisory_xact_lock({_NUMBER})")).scalar()
            if not got:
                raise BackupUnderWay
        yield
