"""Jobs know whose turn they take and when they began, and can be cancelled"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BEFORE = ('waiting', 'running', 'done', 'failed')


def _state(*values: str) -> sa.Enum:
    return sa.Enum(*values, name='jobstate', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('job') as table:
        table.add_column(sa.Column('organisation_id', sa.Uuid(), nullable=True))
        table.add_column(sa.Column('started_at', sa.DateTime(timezone=True), nullable=True))
        table.alter_column(
            'state', existing_type=_state(*BEFORE), type_=_state(*BEFORE, 'cancelled'), existing_nullable=False
        )
    op.create_index('ix_job_turn', 'job', ['organisation_id', 'started_at'], unique=False)


def downgrade() -> None:
    op.execute("UPDATE job SET state = 'failed' WHERE state = 'cancelled'")
    op.drop_index('ix_job_turn', table_name='job')
    with op.batch_alter_table('job') as table:
        table.alter_column(
            'state', existing_type=_state(*BEFORE, 'cancelled'), type_=_state(*BEFORE), existing_nullable=False
        )
        table.drop_column('started_at')
        table.drop_column('organisation_id')
