"""An index of a table that grows with every session: made while people write to it."""

from collections.abc import Sequence

from alembic import op


def index_meanwhile(name: str, table: str, columns: Sequence[str]) -> None:
    """For a migration that does nothing else: on PostgreSQL it is made outside any transaction, and one that was only
    half made goes first, so that the migration may be run again."""
    if op.get_bind().dialect.name != "postgresql":
        op.create_index(name, table, columns)
        return
    with op.get_context().autocommit_block():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True)
