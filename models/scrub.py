"""Takes what was deleted out of the database's own files."""

from sqlalchemy import text

from models.database import Database


def scrub(database: Database, *tables: str) -> None:
    """Writes `tables` (or all) anew without what was deleted or changed in them, and empties SQLite's log of changes.
    It waits for whoever uses them, and they for it; where that takes long it raises OperationalError. A server's own
    archive of changes is the operator's to tidy."""
    with database.write_engine.connect() as connection:
        if database.is_sqlite:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            if not tables:  # of single tables nothing is left: see PRAGMA secure_delete
                raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        else:
            apart = connection.execution_options(isolation_level="AUTOCOMMIT")
            apart.execute(text("SET lock_timeout = '5s'"))  # else all readers would wait behind the longest one
            apart.execute(text(f"VACUUM FULL {', '.join(tables)}"))
