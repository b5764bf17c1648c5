"""The database and the files' place that an installation moves to, looked at before anything is written there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exists, func, inspect, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import Session

from models.columns import utc_now
from models.database import Database
from models.files_check import check_files
from models.master_key import MasterKeys
from models.migrations import upgrade
from models.moving.refused import MoveRefused
from models.moving.state import Move, make_state, read_move
from models.schema_version import revision_of
from models.settings import Settings
from models.table_copy import tables_in_order

_ONLY_ONE = 0x65766F6B65  # "evoke"
_GROWS = 2.5
"""By how much larger than a SQLite file PostgreSQL's tables, indexes and log may become."""
_SPARE = 1.05


def reach(target: Database) -> None:
    """Raises MoveRefused."""
    if target.is_sqlite:
        raise MoveRefused("--database: Evoke moves to PostgreSQL. Give an address like postgresql://user@host/name.")
    try:
        with target.read() as session:
            encoding = session.connection().execute(text("SHOW server_encoding")).scalar()
    except OperationalError as error:
        raise MoveRefused(f"--database: the target cannot be used ({str(error.orig).strip()}).") from error
    if encoding != "UTF8":
        raise MoveRefused(f"--database: the target is encoded in {encoding}. Make it with ENCODING 'UTF8'.")


@contextmanager
def only_mover(target: Database) -> Iterator[None]:
    """Of all that move to it. Raises MoveRefused."""
    with Session(target.write_engine) as session:
        connection = session.connection()
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        if not connection.execute(select(func.pg_try_advisory_xact_lock(_ONLY_ONE))).scalar():
            raise MoveRefused("Another evoke migrate-to is moving to this database just now.")
        yield
        session.rollback()


def make_ready(target: Database, *, source: str, head: str) -> Move:
    """An empty database gets its tables; the move that was begun before goes on. Raises MoveRefused."""
    begun = read_move(target)
    if begun is not None:
        _require_same(begun, source=source, head=head)
        return begun
    with target.read() as session:
        found = revision_of(session)
    if found not in (head, None):
        raise MoveRefused(
            f"--database: the target is at version {found}, and this program at {head}. Give an empty database."
        )
    _require_empty(target)
    upgrade(target)
    made = Move(source, head, utc_now().isoformat(timespec="seconds"))
    make_state(target, made)
    return made


def require_moved(target: Database, *, source: str, head: str) -> Move:
    """For a check. Raises MoveRefused."""
    begun = read_move(target)
    if begun is None:
        raise MoveRefused("--database: nothing was moved to this database. Run evoke migrate-to without --check.")
    _require_same(begun, source=source, head=head)
    return begun


def _require_same(begun: Move, *, source: str, head: str) -> None:
    if begun.source != source:
        raise MoveRefused(
            "--database: another installation was moved to this database, or the organisations of this one have "
            "changed since. Give an empty database."
        )
    if begun.head != head:
        raise MoveRefused(
            f"--database: the move was begun at version {begun.head}, and this program is at {head}. Go on with the "
            "program that it was begun with, or give an empty database."
        )


def _require_empty(target: Database) -> None:
    found = inspect(target.write_engine)
    there = set(found.get_table_names())
    with target.read() as session:
        for table in tables_in_order():
            if table.name not in there:
                continue
            if session.connection().execute(select(exists().select_from(table))).scalar():
                raise MoveRefused(
                    f"--database: the target is not empty (there are rows in {table.name}). Give an empty database."
                )


def require_same_key(settings: Settings, target: Settings) -> None:
    """Where the target's data folder has a master key of its own. Raises MoveRefused, MasterKeyUnusable."""
    of_target = target.data_dir / "master.key"
    elsewhere = settings.master_key.get_secret_value() or settings.master_key_command
    if elsewhere or target.data_dir.resolve() == settings.data_dir.resolve() or not of_target.exists():
        return
    if MasterKeys(settings).current != MasterKeys(target).current:
        raise MoveRefused(
            f"{of_target} is another master key than this installation's. The target needs the same one: put a copy of "
            f"{settings.data_dir / 'master.key'} there."
        )


def require_room(target: Database, settings: Settings, *, rows_bytes: int, files_bytes: int) -> None:
    """As far as this machine can tell. Raises MoveRefused, SettingsWrong."""
    if files_bytes and not settings.files_url:
        _require(settings.open_data_dir(), files_bytes * _SPARE, "the files")
    folder = _folder_of(target)
    if folder is not None:
        _require(folder, rows_bytes * _GROWS, "the database")
    if files_bytes:
        check_files(settings)


def _require(folder: Path, needed: float, what: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise MoveRefused(
            f"There is not enough room for {what}: {needed / 1e9:.1f} GB are needed in {folder}, and "
            f"{free / 1e9:.1f} GB are free."
        )


def _folder_of(target: Database) -> Path | None:
    """Of the server's data, where it runs on this machine and says so."""
    if target.write_engine.url.host not in (None, "", "localhost", "127.0.0.1", "::1"):
        return None
    try:
        with target.read() as session:
            folder = Path(str(session.connection().execute(text("SHOW data_directory")).scalar()))
        return folder if os.access(folder, os.F_OK) else None
    except (ProgrammingError, OSError):  # only some may ask
        return None
