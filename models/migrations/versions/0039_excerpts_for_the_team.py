"""Whether parts of a session may be read in the team's meeting"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('excerpt_agreement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('agreed', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_excerpt_agreement_session_id', 'excerpt_agreement', ['session_id'])


def downgrade() -> None:
    op.drop_table('excerpt_agreement')
