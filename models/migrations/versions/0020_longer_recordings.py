"""Recordings longer than 2 GiB"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0016'
branch_labels = None
depends_on = None

TABLES = ('recording', 'recording_in_progress')


def upgrade() -> None:
    _change(sa.Integer(), sa.BigInteger())


def downgrade() -> None:
    _change(sa.BigInteger(), sa.Integer())


def _change(existing: sa.types.TypeEngine[int], new: sa.types.TypeEngine[int]) -> None:
    if op.get_bind().dialect.name == 'sqlite':  # whose integers are as long as they need to be
        return
    for table in TABLES:
        op.alter_column(table, 'size_bytes', existing_type=existing, type_=new, existing_nullable=False)
