"""How many speak in a recording, words to listen for, and who was heard when"""

import sqlalchemy as sa
from alembic import op

from models.columns import JSON_TYPE

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('recording') as table:
        table.add_column(sa.Column('speakers', sa.Integer(), nullable=True))
        table.add_column(sa.Column('hotwords', sa.Text(), nullable=False, server_default=''))
        table.add_column(sa.Column('heard_turns', JSON_TYPE, nullable=True))
        table.create_check_constraint('speakers_one_to_six', 'speakers IS NULL OR speakers BETWEEN 1 AND 6')


def downgrade() -> None:
    with op.batch_alter_table('recording') as table:
        table.drop_constraint('speakers_one_to_six')
        for name in ('heard_turns', 'hotwords', 'speakers'):
            table.drop_column(name)
