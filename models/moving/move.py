"""A move from its first look to its last sum."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, func, select

from models import queue
from models.audit_chain import Checked, check_chains
from models.columns import utc_now
from models.database import Database
from models.database_errors import cause_of
from models.job import Job
from models.moving.files import FilesMoved, compare_files, copy_files
from models.moving.ledger import copy_ledger
from models.moving.progress import Progress, Tell
from models.moving.refused import MoveBroken, MoveRefused
from models.moving.source import Files, held_still, identity_of, require_ready, size_of, sort_files
from models.moving.state import Copied, Move, read_files, read_tables, save_files, save_move
from models.moving.tables import copy_table, counts_of, require_unchanged, sum_counted
from models.moving.target import make_ready, only_mover, reach, require_moved, require_room, require_same_key
from models.running import stopped
from models.settings import Settings
from models.storage import Storage
from models.table_copy import Sum, count_on, snapshot, tables_in_order

_ROW_COPIED, _ROW_SUMMED, _FILE, _BYTE = 30e-6, 8e-6, 5e-3, 1 / 60e6
"""Seconds that each takes, about."""


@dataclass(frozen=True)
class TableMoved:
    name: str
    source: Sum
    target: Sum

    @property
    def is_equal(self) -> bool:
        return self.source == self.target


@dataclass(frozen=True)
class Moved:
    """`files` is None where they stay where they are. `unfinished` jobs go on at the target."""

    tables: tuple[TableMoved, ...]
    chains: tuple[Checked, ...]
    sorted_files: Files
    files: FilesMoved | None
    unfinished: int
    was_finished: bool = False

    @property
    def is_whole(self) -> bool:
        tables = all(one.is_equal for one in self.tables) and all(one.broken is None for one in self.chains)
        return tables and (self.files is None or not self.files.differ)


@dataclass
class _Mover:
    """Everything that a move needs, open; `there` is the source, held still."""

    source: Database
    target: Database
    there: Session
    stored: Storage
    to: Storage | None
    head: str
    identity: str
    files: Files
    counts: Mapping[str, int]
    progress: Progress
    tables: dict[str, Copied] = field(default_factory=dict)

    def copied(self, rows: int) -> None:
        self.progress.add(rows * _ROW_COPIED)

    def summed(self, rows: int) -> None:
        self.progress.add(rows * _ROW_SUMMED)

    def moved(self, files: int, size: int) -> None:
        self.progress.add(files * _FILE + size * _BYTE)


@contextmanager
def _told() -> Iterator[None]:
    """What a driver says may hold what is in a row: only its kind goes out. Raises MoveBroken."""
    from psycopg import Error

    try:
        yield
    except (DBAPIError, Error, sqlite3.Error) as error:
        raise MoveBroken(cause_of(error)) from None


@contextmanager
def _mover(settings: Settings, target_settings: Settings, tell: Tell) -> Iterator[_Mover]:
    """Raises MoveRefused, MoveBroken, StillRunning, SettingsWrong, MasterKeyUnusable."""
    with _told(), ExitStack() as stack:
        stack.enter_context(stopped(settings))
        source, target = Database.of(settings), Database.of(target_settings)
        stack.callback(source.close)
        stack.callback(target.close)
        if source.url == target.url:
            raise MoveRefused("--database: this is the database that Evoke uses already.")
        reach(target)
        stack.enter_context(only_mover(target))
        there = stack.enter_context(held_still(source))
        require_same_key(settings, target_settings)
        stored, to = Storage(settings), Storage(target_settings)
        progress = Progress(0.0, tell)
        progress.begin("looking at what there is to move")
        stay = (stored.folder, settings.files_url) == (to.folder, target_settings.files_url)
        yield _Mover(
            source, target, there, stored, None if stay else to, require_ready(there), identity_of(there),
            sort_files(there, stored.files()), counts_of(there), progress,
        )  # fmt: skip


def move(settings: Settings, target_settings: Settings, *, tell: Tell) -> Moved:
    """Goes on where one that died ended. Raises MoveRefused, MoveBroken, StillRunning, RowsRefused, FilesUnreachable,
    FilesFull, SettingsWrong, MasterKeyUnusable."""
    with _mover(settings, target_settings, tell) as at:
        begun = make_ready(at.target, source=at.identity, head=at.head)
        if begun.finished_at:
            raise MoveRefused(
                f"This installation was moved to that database at {begun.finished_at}. To compare both: evoke "
                "migrate-to with --check."
            )
        files_bytes = at.files.size if at.to is not None else 0
        require_room(at.target, target_settings, rows_bytes=size_of(at.there, at.source), files_bytes=files_bytes)
        _plan(at)
        _copy_tables(at)
        files = _copy_files(at)
        tables, chains = _compare_tables(at, {name: one.sum for name, one in at.tables.items()})
        done = Moved(tables, chains, at.files, files, _unfinished(at.there))
        if done.is_whole:
            at.progress.begin("copying the ledger of deletions")
            if at.to is not None:
                copy_ledger(settings, target_settings)
            _finish(at, begun)
    return done


def check(settings: Settings, target_settings: Settings, *, tell: Tell) -> Moved:
    """Writes nothing. Raises as `move` does."""
    with _mover(settings, target_settings, tell) as at:
        begun = require_moved(at.target, source=at.identity, head=at.head)
        rows = sum(at.counts.values())
        at.progress.whole = 2 * rows * _ROW_SUMMED + (2 * _files_work(at.files) if at.to is not None else 0)
        sums = {}
        for table in tables_in_order():
            at.progress.begin(f"adding up {table.name}")
            sums[table.name] = sum_counted(at.there, table, count=at.summed)
        tables, chains = _compare_tables(at, sums)
        files = None
        if at.to is not None:
            at.progress.begin("comparing files")
            files = compare_files(at.files.named, at.stored, at.to, count=at.moved)
        return Moved(tables, chains, at.files, files, _unfinished(at.there), was_finished=bool(begun.finished_at))


def _files_work(files: Files) -> float:
    return len(files.named) * _FILE + files.size * _BYTE


def _plan(at: _Mover) -> None:
    with at.target.read() as session:
        at.tables = read_tables(session)
    rows, before = sum(at.counts.values()), sum(one.sum.count for one in at.tables.values())
    at.progress.whole = rows * (_ROW_COPIED + _ROW_SUMMED) + before * _ROW_SUMMED
    at.progress.whole += _files_work(at.files) if at.to is not None else 0
    at.progress.skip(before * _ROW_COPIED)
    if before:
        at.progress.begin("looking whether the source is as it was")
        require_unchanged(at.there, at.tables, count=at.summed)


def _copy_tables(at: _Mover) -> None:
    for table in tables_in_order():
        begun = at.tables.get(table.name, Copied())
        if not begun.done:
            at.progress.begin(f"copying {table.name}")
            at.tables[table.name] = copy_table(at.there, at.target, table, begun, count=at.copied)


def _copy_files(at: _Mover) -> FilesMoved | None:
    if at.to is None:
        return None
    with at.target.read() as session:
        before = read_files(session)

    def write_down(done: object) -> None:
        with at.target.write() as session:
            save_files(session, done)  # type: ignore[arg-type]

    skipped = [one for one in at.files.named if one.key in before]
    at.progress.skip(len(skipped) * _FILE + sum(one.size for one in skipped) * _BYTE)
    at.progress.begin("copying files")
    return copy_files(at.files.named, at.stored, at.to, before=before, write_down=write_down, count=at.moved)


def _compare_tables(
    at: _Mover, sums: Mapping[str, Sum]
) -> tuple[tuple[TableMoved, ...], tuple[Checked, ...]]:  # fmt: skip
    tables = []
    with snapshot(at.target) as here:
        for table in tables_in_order():
            at.progress.begin(f"comparing {table.name}")
            tables.append(TableMoved(table.name, sums[table.name], sum_counted(here, table, count=at.summed)))
        at.progress.begin("looking at the audit trail")
        return tuple(tables), tuple(check_chains(here))


def _finish(at: _Mover, begun: Move) -> None:
    with at.target.write() as session:
        count_on(session)
    at.progress.begin("tidying up")
    with at.target.write_engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    deliver_unfinished(at.target)
    with at.target.write() as session:
        save_move(session, replace(begun, finished_at=utc_now().isoformat(timespec="seconds")))


def deliver_unfinished(database: Database) -> int:
    """Jobs that were copied come to this database's workers: how many were handed to them. Those that are due later,
    or were running when Evoke was killed, the workers themselves find in time."""
    handed = 0
    while some := queue.reconcile(database):
        handed += some
    return handed


def _unfinished(session: Session) -> int:
    unfinished = select(func.count()).select_from(Job).where(col(Job.state).in_(queue.UNFINISHED))
    return session.exec(unfinished).one()
