"""Names are replaced before coding, and checked by whoever added the session"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('transcript_version', sa.Column('names_replaced', sa.String(length=100), nullable=True))
    op.create_table('name_check',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('names', sa.LargeBinary(), nullable=True),
    sa.Column('said', sa.LargeBinary(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('checked_at IS NULL OR (names IS NULL AND said IS NULL)', name='checked_keeps_no_names'),
    sa.ForeignKeyConstraint(['checked_by_id'], ['person.id']),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id']),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('session_id')
    )


def downgrade() -> None:
    op.drop_table('name_check')
    with op.batch_alter_table('transcript_version') as table:
        table.drop_column('names_replaced')
