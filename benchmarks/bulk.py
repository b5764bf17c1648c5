"""Millions of rows into a database of the application: by COPY into PostgreSQL, and many at a time into SQLite."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.database import Database

_RULES = """
SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('p', 'u', 'f')
  AND (conrelid::regclass::text = ANY(:tables) OR confrelid::regclass::text = ANY(:tables))
ORDER BY contype <> 'f'
"""


def pour(session: Session, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Numbers, codes, names, JSON of codes and numbers, and ids as 32 hexadecimal digits, of which nothing needs to be
    escaped; in the session's transaction."""
    names = ", ".join(columns)
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({places})", list(rows))
        return
    line = "\t".join(["%s"] * len(columns)) + "\n"
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (NULL 'None')") as copy:
        copy.write("".join([line % row for row in rows]))


@contextmanager
def rules_kept_for_the_end(database: Database, *tables: str) -> Iterator[None]:
    """On PostgreSQL keys of these tables, and references to and from them, are taken away and made again afterwards, by
    which every row is checked: many times as fast as row by row."""
    if database.is_sqlite:
        yield
        return
    with database.write_engine.begin() as connection:
        rules = connection.execute(text(_RULES), {"tables": list(tables)}).all()
        for table, name, _, _ in rules:
            connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    yield
    with database.write_engine.begin() as connection:
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        for table, name, _, rule in reversed(rules):
            connection.execute(text(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rule}'))
