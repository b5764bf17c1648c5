"""How often each skill was used in a conversation, worked out once for all pages of plans; and transcripts of reviews
found at once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0040'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('session_figure') as batch:
        batch.add_column(
            sa.Column('skill_shares', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True)
        )
    op.create_index('ix_review_made_transcript_id', 'review', ['made_transcript_id'])


def downgrade() -> None:
    op.drop_index('ix_review_made_transcript_id', table_name='review')
    with op.batch_alter_table('session_figure') as batch:
        batch.drop_column('skill_shares')
