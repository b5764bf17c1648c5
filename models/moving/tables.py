"""Copying and comparing tables: rows in the order of their keys, and with them how far they have come."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Table, func, select
from sqlmodel import Session

from models.database import Database
from models.moving.refused import MoveRefused
from models.moving.state import Copied, save_table
from models.table_copy import Row, Sum, key_of, put_rows, refers_to_itself, rows_of, sum_rows, tables_in_order

Count = Callable[[int], None]
"""Hears of so many rows more."""


def counts_of(session: Session) -> dict[str, int]:
    return {
        table.name: int(session.connection().execute(select(func.count()).select_from(table)).scalar_one())
        for table in tables_in_order()
    }


def require_unchanged(source: Session, copied: Mapping[str, Copied], *, count: Count) -> None:
    """What was copied by a process that died is still the same at the source. Raises MoveRefused."""
    changed = []
    for table in tables_in_order():
        before = copied.get(table.name)
        if before is None:
            continue
        last: Row | None = None
        total = Sum()
        for rows in rows_of(source, table):
            some = rows if before.done else rows[: before.sum.count - total.count]
            total += sum_rows(table, some)
            count(len(some))
            last = some[-1] if some else last
            if len(some) < len(rows) or total.count > before.sum.count:
                break
        after = key_of(table, last) if last is not None else None
        if total != before.sum or not (before.done or after == before.after):
            changed.append(table.name)
    if changed:
        raise MoveRefused(
            f"The installation has changed since the move began (in {', '.join(changed)}). Make the target's database "
            "anew, empty, and begin again; and keep Evoke stopped until the move has ended."
        )


def copy_table(source: Session, target: Database, table: Table, begun: Copied, *, count: Count) -> Copied:
    """Reads and adds up while the rows before are written; a transaction for each few megabytes.

    Raises RowsRefused.
    """
    if refers_to_itself(table):
        return _copy_at_once(source, target, table, count)
    copied = begun
    written: Future[None] | None = None
    with ThreadPoolExecutor(1, "move") as writer:
        for rows in rows_of(source, table, after=begun.after):
            copied = Copied(key_of(table, rows[-1]), copied.sum + sum_rows(table, rows))
            if written is not None:
                written.result()
            written = writer.submit(_put, target, table, rows, copied)
            count(len(rows))
        if written is not None:
            written.result()
    done = Copied(copied.after, copied.sum, done=True)
    _put(target, table, [], done)
    return done


def _copy_at_once(source: Session, target: Database, table: Table, count: Count) -> Copied:
    total = Sum()

    def every() -> Iterator[Row]:
        nonlocal total
        for rows in rows_of(source, table):
            total += sum_rows(table, rows)
            yield from rows
            count(len(rows))

    with target.write() as session:
        put_rows(session, table, every())
        done = Copied(None, total, done=True)
        save_table(session, table.name, done)
    return done


def _put(target: Database, table: Table, rows: list[Row], copied: Copied) -> None:
    with target.write() as session:
        if rows:
            put_rows(session, table, rows)
        save_table(session, table.name, copied)


def sum_counted(session: Session, table: Table, *, count: Count) -> Sum:
    total = Sum()
    found = rows_of(session, table)
    for rows in found if session.get_bind().dialect.name == "sqlite" else _ahead(found):
        total += sum_rows(table, rows)
        count(len(rows))
    return total


def _ahead(found: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """A server finds the next rows while these are added up. (SQLite works in this process, and would only be in the
    way of it.)"""
    with ThreadPoolExecutor(1, "move") as reader:
        nothing: list[Row] = []
        coming = reader.submit(next, found, nothing)
        while rows := coming.result():
            coming = reader.submit(next, found, nothing)
            yield rows
