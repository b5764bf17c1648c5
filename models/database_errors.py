"""What a database cannot do just now, as errors that say what to do: somebody else writes for long, it does not answer,
its disk is full. What is wrong with a statement of ours is none of these and stays what it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.database import may_have_committed
from models.errors import EvokeError


class DatabaseTrouble(EvokeError):
    """Nothing that was kept is lost by it. `unsure`: what was asked for may be kept all the same, or a part of it, so
    nobody is told to send it again. `again` is what is said otherwise, and `come_back_in` are seconds to wait."""

    status = 503
    trouble: ClassVar[str]
    again: ClassVar[str]
    come_back_in: ClassVar[int] = 10

    def __init__(self, *, unsure: bool = False) -> None:
        look = "What you were sending may be there, whole or in part: look first, before you send it again."
        super().__init__(f"{self.trouble} Nothing that was kept before is lost. {look if unsure else self.again}")
        self.unsure = unsure
        if not unsure:
            self.members = {"retry_after": self.come_back_in}


class DatabaseBusy(DatabaseTrouble):
    code = "database_busy"
    trouble = "Evoke is very busy just now."
    again = "Try again in a moment."


class DatabaseUnreachable(DatabaseTrouble):
    code = "database_unreachable"
    trouble = "Evoke's database cannot be reached just now."
    again = "Try again in a minute; if that does not help, tell whoever runs Evoke."


class DatabaseFull(DatabaseTrouble):
    status = 507
    code = "database_full"
    trouble = "Evoke's database has no disk space left."
    again = "Tell whoever runs Evoke, and try again later."
    come_back_in = 300


_OF_SQLITE: dict[int, type[DatabaseTrouble]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusy, sqlite3.SQLITE_LOCKED: DatabaseBusy, sqlite3.SQLITE_PROTOCOL: DatabaseBusy,
    sqlite3.SQLITE_FULL: DatabaseFull, sqlite3.SQLITE_IOERR_SHMSIZE: DatabaseFull,
    sqlite3.SQLITE_IOERR: DatabaseUnreachable, sqlite3.SQLITE_CANTOPEN: DatabaseUnreachable,
    sqlite3.SQLITE_READONLY: DatabaseUnreachable,
}  # fmt: skip
_OF_POSTGRESQL: dict[str, type[DatabaseTrouble]] = {
    "53100": DatabaseFull, **dict.fromkeys(("40001", "40P01", "53000", "53200", "53300", "53400", "55P03", "57014"),
    DatabaseBusy), **dict.fromkeys(("25006", "57P01", "57P02", "57P03", "58030"), DatabaseUnreachable),
}  # fmt: skip
"""By error code (PostgreSQL's manual, appendix A). Busy: two that stood in each other's way; no memory, no place for
another connection; a lock or a statement that took too long. Unreachable: a server that only reads, is ending or
starting, or has a disk that fails."""
_ONLY_READS = ("SQLITE_READONLY", "25006")


def trouble_of(error: BaseException, *, unsure: bool = False) -> DatabaseTrouble | None:
    """None where it is no trouble of the database. `unsure` besides what the error itself says of that."""
    if isinstance(error, PoolTimeout):
        return DatabaseBusy(unsure=unsure)
    if not isinstance(error, DBAPIError):
        return None
    kind = _kind(error)
    return kind(unsure=unsure or may_have_committed(error)) if kind else None


@contextmanager
def unless_trouble() -> Iterator[None]:
    """For what may as well be written the next time."""
    try:
        yield
    except Exception as error:
        if trouble_of(error) is None:
            raise


def may_be_ours(error: BaseException) -> bool:
    """Whether it was perhaps a write where we only read, which a database tells as one that can only be read: then it
    is worth knowing where."""
    return any(cause_of(error).endswith(name) for name in _ONLY_READS)


def cause_of(error: BaseException) -> str:
    """For the log and the operator, in a word or two: the database's name for it. No address, no value."""
    own = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(own, "sqlite_errorname", None) or getattr(own, "sqlstate", None)
    return f"{type(own).__name__} {name or ''}".strip()


def _kind(error: DBAPIError) -> type[DatabaseTrouble] | None:
    own = error.orig
    if isinstance(own, sqlite3.Error):
        code = getattr(own, "sqlite_errorcode", 0)
        return _OF_SQLITE.get(code) or _OF_SQLITE.get(code & 0xFF)
    state = getattr(own, "sqlstate", None)
    broken = DatabaseUnreachable if error.connection_invalidated else None
    if state is None:  # not the server's word on a statement: no connection, or one that broke
        return DatabaseUnreachable if isinstance(error, OperationalError) else broken
    return _OF_POSTGRESQL.get(state) or (DatabaseUnreachable if state.startswith("08") else broken)
