"""How far a move has come, in a table of the target's own that no installation knows."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, delete, inspect, select
from sqlmodel import Session

from models.columns import JsonType
from models.database import Database
from models.moving.refused import MoveRefused
from models.table_copy import NO_ROWS, Key, Sum

STATE = Table(
    "evoke_move", MetaData(), Column("part", String(8), primary_key=True),
    Column("name", String(300), primary_key=True), Column("value", JsonType, nullable=False),
)  # fmt: skip
_MOVE, _TABLE, _FILE = "move", "table", "file"


@dataclass(frozen=True)
class Move:
    """`source` tells one installation from another."""

    source: str
    head: str
    begun_at: str
    finished_at: str = ""


@dataclass(frozen=True)
class Copied:
    """Of a table: all rows up to the one with the key `after`, and their sum."""

    after: Key | None = None
    sum: Sum = NO_ROWS
    done: bool = False


@dataclass(frozen=True)
class FileSum:
    """Of the sealed bytes."""

    key: str
    size: int
    sha256: str


def make_state(database: Database, move: Move) -> None:
    STATE.create(database.write_engine, checkfirst=True)
    with database.write() as session:
        save_move(session, move)


def read_move(database: Database) -> Move | None:
    """None where no move to this database was ever begun."""
    if not inspect(database.write_engine).has_table(STATE.name):
        return None
    with database.read() as session:
        found = _values(session, _MOVE)
    return Move(**found[""]) if found else None


def require_whole(database: Database) -> None:
    """For whoever is about to run on it. Raises MoveRefused."""
    if database.is_sqlite:
        return  # nobody moves to SQLite
    move = read_move(database)
    if move is not None and not move.finished_at:
        raise MoveRefused(
            "A move to this database was begun and is not finished. Run evoke migrate-to again as before: it goes on "
            "where it ended."
        )


def save_move(session: Session, move: Move) -> None:
    _save(session, _MOVE, [("", asdict(move))])


def read_tables(session: Session) -> dict[str, Copied]:
    return {
        name: Copied(None if kept["after"] is None else tuple(kept["after"]), Sum(**kept["sum"]), kept["done"])
        for name, kept in _values(session, _TABLE).items()
    }


def save_table(session: Session, name: str, copied: Copied) -> None:
    _save(session, _TABLE, [(name, asdict(copied))])


def read_files(session: Session) -> dict[str, FileSum]:
    return {name: FileSum(name, **kept) for name, kept in _values(session, _FILE).items()}


def save_files(session: Session, files: Iterable[FileSum]) -> None:
    _save(session, _FILE, [(one.key, {"size": one.size, "sha256": one.sha256}) for one in files])


def _values(session: Session, part: str) -> dict[str, Any]:
    found = session.connection().execute(select(STATE.c.name, STATE.c.value).where(STATE.c.part == part))
    return {name: value for name, value in found}  # noqa: C416  typed


def _save(session: Session, part: str, values: list[tuple[str, Any]]) -> None:
    if values:
        connection = session.connection()
        names = [name for name, _ in values]
        connection.execute(delete(STATE).where(STATE.c.part == part, STATE.c.name.in_(names)))
        connection.execute(STATE.insert(), [{"part": part, "name": name, "value": value} for name, value in values])
