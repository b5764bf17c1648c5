"""Live sessions with their answers, and pathways that teams are given"""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0031a'
branch_labels = None
depends_on = None

TRIED = ('password', 'network', 'code', 'reset', 'client')
STATES = ('waiting', 'coded', 'not_coded', 'held_back')


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def upgrade() -> None:
    _live_sessions()
    _pathways()
    with op.batch_alter_table('counted_try') as table:
        table.alter_column(
            'tried', existing_type=_one_of('tried', *TRIED), type_=_one_of('tried', *TRIED, 'live'),
            existing_nullable=False,
        )


def _live_sessions() -> None:
    op.create_table('live_session',
    _id('id'),
    _id('organisation_id'),
    _id('started_by_id'),
    sa.Column('code', sa.String(length=6), nullable=False),
    _moment('created_at'),
    _moment('expires_at'),
    _moment('ended_at', nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['started_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    op.create_index('ix_live_session_organisation_id', 'live_session', ['organisation_id'])
    op.create_index('ix_live_session_started_by_id', 'live_session', ['started_by_id'])
    op.create_table('live_line',
    _id('id'),
    _id('live_id'),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('exercise', sa.String(length=80), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    _moment('shown_at', nullable=True),
    sa.Column('models_shown', sa.Boolean(), nullable=False),
    _id('picked_id', nullable=True),
    sa.ForeignKeyConstraint(['live_id'], ['live_session.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('live_id', 'number')
    )
    op.create_index('ix_live_line_live_id', 'live_line', ['live_id'])
    op.create_table('live_answer',
    _id('id'),
    _id('line_id'),
    sa.Column('phone_hash', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', _one_of('answerstate', *STATES), nullable=False),
    sa.Column('hidden', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['line_id'], ['live_line.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('line_id', 'phone_hash')
    )
    op.create_index('ix_live_answer_line_id', 'live_answer', ['line_id'])


def _pathways() -> None:
    op.create_table('pathway',
    _id('id'),
    _id('organisation_id'),
    sa.Column('name', sa.String(length=120), nullable=False),
    _id('made_by_id'),
    _moment('made_at'),
    _moment('put_away_at', nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_pathway_organisation_id', 'pathway', ['organisation_id'])
    op.create_table('pathway_module',
    _id('id'),
    _id('pathway_id'),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('due_days', sa.Integer(), nullable=True),
    sa.CheckConstraint('due_days IS NULL OR due_days BETWEEN 1 AND 730', name='due_within_two_years'),
    sa.ForeignKeyConstraint(['pathway_id'], ['pathway.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('pathway_id', 'module'),
    sa.UniqueConstraint('pathway_id', 'position')
    )
    op.create_index('ix_pathway_module_pathway_id', 'pathway_module', ['pathway_id'])
    op.create_table('cohort',
    _id('id'),
    _id('organisation_id'),
    _id('pathway_id'),
    _id('team_id'),
    _id('given_by_id'),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= starts_on', name='cohort_ends_after_start'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['pathway_id'], ['pathway.id'], ),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.ForeignKeyConstraint(['given_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    for name in ('organisation_id', 'pathway_id', 'team_id'):
        op.create_index(f'ix_cohort_{name}', 'cohort', [name])
    op.create_table('pathway_reminder',
    _id('person_id'),
    _id('cohort_id'),
    _moment('at'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], ),
    sa.PrimaryKeyConstraint('person_id')
    )


def downgrade() -> None:
    op.execute("DELETE FROM counted_try WHERE tried = 'live'")
    with op.batch_alter_table('counted_try') as table:
        table.alter_column(
            'tried', existing_type=_one_of('tried', *TRIED, 'live'), type_=_one_of('tried', *TRIED),
            existing_nullable=False,
        )
    for name in (
        'pathway_reminder', 'cohort', 'pathway_module', 'pathway', 'live_answer', 'live_line', 'live_session',
    ):
        op.drop_table(name)
