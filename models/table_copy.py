"""All rows of all tables, read and put as plain values, and a sum that proves that two databases hold the same.

For moving an installation to another database and for backups. What a row looks like is in models.table_forms; it says
nothing that only one kind of database understands.
"""

import json
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import accumulate
from typing import Any

from sqlalchemy import Table, func, select, text
from sqlmodel import Session

from models.database import Database
from models.errors import EvokeError
from models.table_forms import Form, form_of
from models.tables import metadata

Plain = int | float | str | None
Row = tuple[Plain, ...]
Key = tuple[Plain, ...]

_FIRST = 200
_MOST = 10_000
_AIM = 4 << 20
_BEYOND = 1 << 256
_BETWEEN = ",\n"
"""JSON has no newline inside a text, so that many rows are written at once and still told apart."""


class RowsRefused(EvokeError):
    """Says which rule of the database the rows break, and nothing that is in them."""

    code = "rows_refused"

    def __init__(self, table: Table, rule: str) -> None:
        super().__init__(f"The database does not take the rows of {table.name}: {rule}.")


@dataclass(frozen=True)
class Sum:
    """How many rows, and their SHA-256 sums added up modulo 2**256, in hexadecimal: their order does not matter, and
    sums of parts add up to the sum of the whole."""

    count: int = 0
    checksum: str = "0" * 64

    def __add__(self, other: "Sum") -> "Sum":
        added = (int(self.checksum, 16) + int(other.checksum, 16)) % _BEYOND
        return Sum(self.count + other.count, f"{added:064x}")


NO_ROWS = Sum()


def tables_in_order() -> tuple[Table, ...]:
    """Every table, after those it refers to."""
    return tuple(metadata.sorted_tables)


def refers_to_itself(table: Table) -> bool:
    """Then its rows have to be put by one call of `put_rows`, in one transaction: each may refer to a later one."""
    return any(key.column.table is table for key in table.foreign_keys)


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """Reads that all see the database as it is now, whatever is written meanwhile."""
    with database.snapshot() as session:
        session.connection().execute(text("SELECT count(*) FROM alembic_version"))  # the moment is the first read's
        yield session


def rows_of(session: Session, table: Table, *, after: Key | None = None) -> Iterator[list[Row]]:
    """In the order of the primary key, from the first after `after` (see `key_of`); a few megabytes at a time."""
    form = _form(session, table)
    marks, names = ", ".join(form.keys), ", ".join(form.key_names)
    limit = _FIRST
    while True:
        where = f"WHERE ({names}) > ({marks}) " if after is not None else ""
        next_rows = f"FROM {form.name} {where}ORDER BY {names} LIMIT "
        with _cursor(session) as cursor:
            if form.digits:  # what was said may follow thousands of rows whose words are gone
                cursor.execute(f"SELECT {form.digits} {next_rows}{limit}", after or ())
                together = list(accumulate(digits for (digits,) in cursor.fetchall()))
                limit = max(1, bisect_right(together, _AIM))
            cursor.execute(f"SELECT {', '.join(form.read)} {next_rows}{limit}", after or ())
            rows: list[Row] = cursor.fetchall()
        if not rows:
            return
        yield rows
        if len(rows) < limit:
            return
        after = key_of(table, rows[-1])
        limit = max(1, min(_MOST, 4 * limit, len(rows) * _AIM // max(1, _length(rows))))


def key_of(table: Table, row: Sequence[Plain]) -> Key:
    """By which `rows_of` goes on after this row."""
    return tuple(row[place] for place in form_of(table, sqlite=True).key_at)


def put_rows(session: Session, table: Table, rows: Iterable[Row]) -> int:
    """In the session's transaction, which is to be rolled back when it fails; how many there were. Triggers and
    constraints hold. `rows` are read one by one: they may be more than fit in memory. Raises RowsRefused."""
    put = _put_sqlite if _is_sqlite(session) else _put_postgresql
    return put(session, table, _form(session, table), rows)


def _put_sqlite(session: Session, table: Table, form: Form, rows: Iterable[Row]) -> int:
    with _cursor(session) as cursor:
        if refers_to_itself(table):
            cursor.execute("PRAGMA defer_foreign_keys = ON")  # until the transaction ends
        places = ", ".join("?" * len(form.holds))
        statement = f"INSERT INTO {form.name} ({', '.join(form.holds)}) VALUES ({places})"  # noqa: S608  our own names
        try:
            cursor.executemany(statement, _changed(rows, form.bytes_at, lambda value: bytes.fromhex(str(value))))
        except sqlite3.IntegrityError as error:
            raise RowsRefused(table, str(error)) from None
        return max(0, int(cursor.rowcount))


def _put_postgresql(session: Session, table: Table, form: Form, rows: Iterable[Row]) -> int:
    from psycopg import DataError, IntegrityError

    count = 0
    with _cursor(session) as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        try:
            with cursor.copy(f"COPY {form.name} ({', '.join(form.holds)}) FROM STDIN") as copy:
                for row in _changed(rows, form.bytes_at, lambda value: f"\\x{value}"):
                    copy.write_row(row)
                    count += 1
        except (DataError, IntegrityError) as error:  # its text has the row's values
            said = error.diag
            column = re.search(r", column (\w+)", said.context or "")
            rule = said.constraint_name or said.column_name or (column and column[1]) or ""
            raise RowsRefused(table, f"{type(error).__name__} {said.sqlstate} {rule}".strip()) from None
    return count


def count_on(session: Session, *tables: Table) -> None:
    """Ids that the database counts up by itself, in these tables or all, go on after the last row that was put."""
    if _is_sqlite(session):
        return  # always does so
    for table in tables or tables_in_order():
        if (counted := table.autoincrement_column) is not None:
            sequence = func.pg_get_serial_sequence(table.name, counted.name)
            last = select(func.max(counted)).scalar_subquery()
            session.connection().execute(select(func.setval(sequence, last)).where(last.is_not(None)))


def sum_of(session: Session, table: Table) -> Sum:
    """The same for the same rows on every kind of database."""
    total = Sum()
    for rows in rows_of(session, table):
        total += sum_rows(table, rows)
    return total


def sum_rows(table: Table, rows: Sequence[Row]) -> Sum:
    json_at = form_of(table, sqlite=True).json_at
    plain: Sequence[Sequence[Plain]] = list(_same_json(rows, json_at)) if json_at else rows
    if not plain:
        return Sum()
    lines = json.dumps(plain, separators=(_BETWEEN, ":"))[2:-2].split(f"]{_BETWEEN}[")
    assert len(lines) == len(plain)
    added = sum(int.from_bytes(sha256(line.encode()).digest()) for line in lines)
    return Sum(len(plain), f"{added % _BEYOND:064x}")


def _same_json(rows: Sequence[Row], places: tuple[int, ...]) -> Iterator[Sequence[Plain]]:
    """PostgreSQL keeps the order of an object's names in its own way, and 1e2 as 100."""
    return _changed(
        rows, places,
        lambda value: json.dumps(json.loads(str(value), parse_float=_number), sort_keys=True, separators=(",", ":")),
    )  # fmt: skip


def _changed(
    rows: Iterable[Row], places: tuple[int, ...], change: Callable[[Plain], object]
) -> Iterator[Sequence[Any]]:  # fmt: skip
    """With what stands at these places changed, where there is anything."""
    if not places:
        yield from rows
        return
    for row in rows:
        changed: list[Any] | None = None
        for place in places:
            if row[place] is not None:
                changed = list(row) if changed is None else changed
                changed[place] = change(row[place])
        yield row if changed is None else changed


def _number(written: str) -> int | float:
    value = float(written)
    return int(Decimal(written)) if value.is_integer() else value


def _form(session: Session, table: Table) -> Form:
    return form_of(table, sqlite=_is_sqlite(session))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


@contextmanager
def _cursor(session: Session) -> Iterator[Any]:
    """The driver's own: SQLAlchemy's rows cost more than all that is done with them here."""
    driver: Any = session.connection().connection.driver_connection
    cursor = driver.cursor()
    try:
        yield cursor
    finally:
        cursor.close()


def _length(rows: Sequence[Row]) -> int:
    some = rows[:: max(1, len(rows) // 50)]
    return sum(len(value) if isinstance(value, str) else 8 for row in some for value in row) * len(rows) // len(some)
