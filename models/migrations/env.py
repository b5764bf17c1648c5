"""Run by Alembic. Needs `engine` in the configuration's attributes (see `models.migrations`)."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from models.columns import JsonType, UtcDateTime
from models.migrations import one_at_a_time
from models.tables import metadata


def plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name SQLAlchemy's own types, so that they stay true when ours change."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, JsonType):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Procrastinate's tables are made by its own files; see `models/delivery_schema.py`."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


engine = context.config.attributes["engine"]

with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    raw: Any = connection.connection.dbapi_connection
    if sqlite:  # a table that is made anew must not take along what refers to it; no transaction has begun yet
        raw.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=sqlite,
        compare_type=True,
        render_item=plain_types,
        include_name=ours,
    )
    with context.begin_transaction():
        one_at_a_time(connection)  # of two machines that start at once the second finds all done
        context.run_migrations()
    connection.commit()
    if sqlite:
        raw.execute("PRAGMA foreign_keys=ON")
