"""How much of a coding was unsure, kept with its counts: a coach's queue need not read the codes of all who wait"""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('session_figure') as batch:
        batch.add_column(sa.Column('unsure_share', sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('session_figure') as batch:
        batch.drop_column('unsure_share')
