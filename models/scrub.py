"""Takes what was deleted out of the database's own files."""

import sqlite3

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from models.database import Database
from models.database_errors import cause_of


class NotScrubbed(Exception):
    """There is no room for a table to be written anew, or somebody used it for long. It says nothing of whether the
    database can be used otherwise, and to try each minute would keep others from it."""


def scrub(database: Database, *tables: str) -> None:
    """Writes `tables` (or all) anew without what was deleted or changed in them, and empties SQLite's log of changes.
    It waits for whoever uses them, and they for it. A server's own archive of changes is the operator's to tidy.
    Raises NotScrubbed."""
    try:
        _scrub(database, *tables)
    except (DBAPIError, sqlite3.Error) as error:
        raise NotScrubbed(cause_of(error)) from error


def _scrub(database: Database, *tables: str) -> None:
    if not database.is_sqlite:
        _write_anew(database, ", ".join(tables))
        return
    with database.write_engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if not tables:  # of single tables nothing is left: see PRAGMA secure_delete
            raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _write_anew(database: Database, tables: str) -> None:
    """On a connection of its own, which begins with what it needs and ends with it. Where only a pooler leads to the
    database, no setting stays until the next statement: what somebody uses is then left as it is."""
    direct = database.connecting.direct
    engine = create_engine(
        direct or database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
        # Without an end to waiting, all readers would wait behind the longest one.
        connect_args={"options": "-c lock_timeout=5s"} if direct else {"prepare_threshold": None},
    )  # fmt: skip
    with engine.connect() as connection:
        connection.execute(text(f"VACUUM ({'FULL' if direct else 'FULL, SKIP_LOCKED'}) {tables}"))
