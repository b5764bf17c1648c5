"""What a database cannot do just now, as errors that say what to do: somebody else writes for long, it does not answer,
its disk is full. What is wrong with a statement of ours is none of these and stays what it is."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.database import may_have_committed
from models.errors import EvokeError

COME_BACK_IN = 10
"""Seconds, for who asked; jobs wait longer."""
_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_FULL = {"SQLITE_FULL"}
_UNREACHABLE = {"SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY"}
_PRIMARY = {getattr(sqlite3, name): name for name in _BUSY | _FULL | _UNREACHABLE}
_STATES = {
    "40001": "busy", "40P01": "busy", "53100": "full", "53300": "busy", "53400": "busy", "55P03": "busy",
    "57014": "busy", "25006": "unreachable", "57P01": "unreachable", "57P02": "unreachable", "57P03": "unreachable",
    "58030": "unreachable",
}  # fmt: skip
"""PostgreSQL's error codes (its manual, appendix A): two that stood in each other's way, no place for another
connection, a lock or a statement that took too long; a server that only reads, is ending, starting, or has a disk that
fails."""


class DatabaseTrouble(EvokeError):
    """Nothing that was kept is lost by it, and trying again may help."""

    status = 503

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.members = {"retry_after": COME_BACK_IN}


class DatabaseBusy(DatabaseTrouble):
    code = "database_busy"

    def __init__(self) -> None:
        super().__init__(
            "Evoke is very busy just now, so this was not done. Nothing that was kept before is lost. Try again in a "
            "moment."
        )


class DatabaseUnreachable(DatabaseTrouble):
    """`unsure`: what was asked for may have been done all the same, so a program is not told to send it again."""

    code = "database_unreachable"

    def __init__(self, *, unsure: bool = False) -> None:
        look = " If you were sending something, look first whether it is there." if unsure else ""
        super().__init__(
            "Evoke's database cannot be reached just now. Nothing that was kept before is lost. Try again in a minute; "
            f"if that does not help, tell whoever runs Evoke.{look}"
        )
        if unsure:
            self.members = {}


class DatabaseFull(DatabaseTrouble):
    status = 507
    code = "database_full"

    def __init__(self) -> None:
        super().__init__(
            "There is no room left where Evoke keeps what it knows, so this was not done. Nothing that was kept before "
            "is lost. Tell whoever runs Evoke."
        )


def trouble_of(error: BaseException, *, changes: bool) -> DatabaseTrouble | None:
    """None where it is no trouble of the database. `changes`: whether what met it may have changed something."""
    if isinstance(error, PoolTimeout):
        return DatabaseBusy()
    if not isinstance(error, DBAPIError):
        return None
    match _kind(error):
        case "busy":
            return DatabaseBusy()
        case "full":
            return DatabaseFull()
        case "unreachable":
            return DatabaseUnreachable(unsure=changes and may_have_committed(error))
    return None


def cause_of(error: BaseException) -> str:
    """For the log and the operator, in a word or two: the database's name for it. No address, no value."""
    own = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(own, "sqlite_errorname", None) or getattr(own, "sqlstate", None)
    return f"{type(own).__name__} {name or ''}".strip()


def _kind(error: DBAPIError) -> str:
    own = error.orig
    if isinstance(own, sqlite3.Error):
        name = _PRIMARY.get(getattr(own, "sqlite_errorcode", 0) & 0xFF, "")
        return "busy" if name in _BUSY else "full" if name in _FULL else "unreachable" if name else ""
    state = getattr(own, "sqlstate", None)
    if state is None:  # not the server's word on a statement: no connection, or one that broke
        return "unreachable" if error.connection_invalidated or isinstance(error, OperationalError) else ""
    return _STATES.get(state, "unreachable" if error.connection_invalidated or state.startswith("08") else "")
