"""PostgreSQL says of which sessions the progress changed, once it is committed, to whoever listens (LISTEN, NOTIFY).

Triggers say it, so that whatever changes a session need not think of it. On SQLite nobody is told, and who waits looks.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import Connection, text

CHANNEL = "evoke_progress"
_WATCHED = ("stage", "progress", "problem_code", "problem", "withdrawn_at")
_TRIGGERS = (
    f"""CREATE FUNCTION tell_progress() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_notify('{CHANNEL}', OLD.id::text); RETURN NULL; END $$""",
    f"""CREATE TRIGGER practice_session_changed AFTER UPDATE OF {", ".join(_WATCHED)} ON practice_session
        FOR EACH ROW WHEN ({" OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in _WATCHED)})
        EXECUTE FUNCTION tell_progress()""",
    """CREATE TRIGGER practice_session_gone AFTER DELETE ON practice_session
        FOR EACH ROW EXECUTE FUNCTION tell_progress()""",
)


def begin_telling(connection: Connection) -> None:
    """For a migration."""
    for statement in _TRIGGERS if connection.dialect.name == "postgresql" else ():
        connection.execute(text(statement))


def end_telling(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION tell_progress() CASCADE"))


@asynccontextmanager
async def told_of_progress(direct: str) -> AsyncIterator[AsyncIterator[UUID]]:
    """The ids of sessions, as their progress changes, on a connection of its own to the address `direct`. Where the
    network is cut that is noticed within half a minute. Raises psycopg.Error, OSError."""
    import psycopg  # only where the database is PostgreSQL

    connection = await psycopg.AsyncConnection.connect(
        direct.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True, application_name="evoke-progress",
        connect_timeout=10, keepalives_idle=10, keepalives_interval=5, keepalives_count=3,
    )  # fmt: skip
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        yield (UUID(one.payload) async for one in connection.notifies())
