"""Where a trace goes on in a job; workers say that they live; what is watched is found by an index"""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = '0054'
down_revision = '0055'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('job') as table:
        table.add_column(sa.Column('traceparent', sa.String(length=64), nullable=True))
    op.create_index('ix_job_finished', 'job', ['finished_at'])
    op.create_index('ix_practice_session_stage', 'practice_session', ['stage', 'created_at'])
    op.create_table(
        'worker_beat',
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('takes', sa.String(length=64), nullable=False),
        sa.Column('coder', sa.String(length=100), nullable=False),
        sa.Column('speech_ready', sa.Boolean(), nullable=True),
        sa.Column('speech_problem', sa.Text(), nullable=False),
        sa.Column('stopping', sa.Boolean(), nullable=False),
        sa.Column('started_at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('seen_at', UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('name'),
    )


def downgrade() -> None:
    op.drop_table('worker_beat')
    op.drop_index('ix_practice_session_stage', table_name='practice_session')
    op.drop_index('ix_job_finished', table_name='job')
    with op.batch_alter_table('job') as table:
        table.drop_column('traceparent')
