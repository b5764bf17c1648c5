"""Suggested ranges for the global ratings"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('suggested_global',
    sa.Column('coding_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('low', sa.Integer(), nullable=True),
    sa.Column('high', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('model_version', sa.String(length=100), nullable=False),
    sa.CheckConstraint("name IN ('cultivating_change_talk', 'softening_sustain_talk', 'partnership', 'empathy')", name='global_known'),
    sa.CheckConstraint('(low IS NULL) = (high IS NULL)', name='range_has_two_ends'),
    sa.CheckConstraint('low IS NULL OR (1 <= low AND low <= high AND high <= 5)', name='range_of_ratings'),
    sa.ForeignKeyConstraint(['coding_id'], ['coding.id'], ),
    sa.PrimaryKeyConstraint('coding_id', 'name')
    )


def downgrade() -> None:
    op.drop_table('suggested_global')
