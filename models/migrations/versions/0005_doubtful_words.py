"""How much of a transcript is doubtful, and where"""

import sqlalchemy as sa
from alembic import op

from models.columns import JSON_TYPE

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('transcript_version') as table:
        table.add_column(sa.Column('doubtful_share', sa.Float(), nullable=True))
        table.create_check_constraint(
            'doubtful_share_is_a_share', 'doubtful_share IS NULL OR doubtful_share BETWEEN 0 AND 1'
        )
    with op.batch_alter_table('turn') as table:
        table.add_column(sa.Column('doubts', JSON_TYPE, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('turn') as table:
        table.drop_column('doubts')
    with op.batch_alter_table('transcript_version') as table:
        table.drop_constraint('doubtful_share_is_a_share')
        table.drop_column('doubtful_share')
