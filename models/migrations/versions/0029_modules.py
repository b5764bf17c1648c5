"""How far people are with modules, and modules of an authority's own"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('module_progress',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('edition', sa.String(length=20), nullable=False),
    sa.Column('parts', _json(), nullable=False),
    sa.Column('next_part', sa.String(length=60), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_edition', sa.String(length=20), nullable=True),
    sa.CheckConstraint('(completed_at IS NULL) = (completed_edition IS NULL)', name='completed_says_which_edition'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('person_id', 'module')
    )
    op.create_index('ix_module_progress_person_id', 'module_progress', ['person_id'])
    op.create_table('module_check_try',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('edition', sa.String(length=20), nullable=False),
    sa.Column('answers', _json(), nullable=False),
    sa.Column('right_answers', sa.Integer(), nullable=False),
    sa.Column('questions', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('questions > 0 AND 0 <= right_answers AND right_answers <= questions', name='right_of_so_many'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_module_check_try_person_id', 'module_check_try', ['person_id'])
    op.create_index('ix_module_check_try_module', 'module_check_try', ['module'])
    op.create_table('own_module',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('module_md', sa.Text(), nullable=False),
    sa.Column('exercises_yaml', sa.Text(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('number > 0', name='versions_count_from_one'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id', 'module', 'number')
    )
    op.create_index('ix_own_module_organisation_id', 'own_module', ['organisation_id'])
    op.create_table('module_choice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('own_id', sa.Uuid(), nullable=True),
    sa.Column('hidden', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['own_id'], ['own_module.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id', 'module')
    )
    op.create_index('ix_module_choice_organisation_id', 'module_choice', ['organisation_id'])


def downgrade() -> None:
    op.drop_table('module_choice')
    op.drop_table('own_module')
    op.drop_table('module_check_try')
    op.drop_table('module_progress')
