"""What several websites tell each other: that a session's progress changed, and how much was asked of them"""

import sqlalchemy as sa
from alembic import op

from models.news import begin_telling, end_telling

revision = '0055'
down_revision = '0051'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rate_share',
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('empty_at', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('key_hash')
    )
    op.create_index('ix_rate_share_empty_at', 'rate_share', ['empty_at'])
    begin_telling(op.get_bind())


def downgrade() -> None:
    end_telling(op.get_bind())
    op.drop_table('rate_share')
