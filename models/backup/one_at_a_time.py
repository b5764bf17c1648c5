"""Backups of one installation are made, and pruned, one at a time."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

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


class BackupLockLost(EvokeError):
    status = 503
    code = "backup_lock_lost"

    def __init__(self) -> None:
        super().__init__(
            "The connection to the database was cut that keeps others from making or pruning backups of this "
            "installation at the same time, so this ended before it was done. Run it again."
        )


@contextmanager
def one_at_a_time(database: Database, settings: Settings) -> Iterator[Callable[[], None]]:
    """Held by the process itself, so that one that is killed keeps nobody out. What is given raises BackupLockLost once
    others may have been let in. Raises BackupUnderWay."""
    with ExitStack() as held:
        handle = os.open(settings.open_data_dir() / "backup.lock", os.O_RDWR | os.O_CREAT, 0o600)
        held.callback(os.close, handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupUnderWay from error
        connection = None
        if not database.is_sqlite:  # several machines may make them
            connection = held.enter_context(database.write_engine.connect())
            # Nothing is asked here while all is copied; a server may be told to end such transactions.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            got = connection.execute(text(f"SELECT pg_try_advisory_xact_lock({_NUMBER})")).scalar()
            if not got:
                raise BackupUnderWay
        yield partial(_require_held, connection)


def _require_held(connection: Connection | None) -> None:
    """The lock is the transaction's: where that goes on, nobody else had it since. A file's lock cannot be lost."""
    if connection is None:
        return
    try:
        connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise BackupLockLost from error
