"""Retention periods, what went by them, legal holds, and figures that are kept without a person"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0020'
branch_labels = None
depends_on = None

DISCIPLINES = (
    "children's social worker", "children's practitioner", 'recovery worker', 'adult mental health practitioner',
    'domestic abuse practitioner', 'perpetrator worker', 'probation officer', 'manager', 'trainer', 'other',
)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _kind() -> sa.Enum:
    return _one_of('sessionkind', 'role_play', 'simulated', 'real_practice')


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('retention_periods',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', _kind(), nullable=False),
    sa.Column('recording_days', sa.Integer(), nullable=False),
    sa.Column('transcript_months', sa.Integer(), nullable=False),
    sa.Column('score_months', sa.Integer(), nullable=False),
    sa.Column('set_by_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('recording_days >= 1 AND transcript_months >= 1', name='at_least_one'),
    sa.CheckConstraint('recording_days <= transcript_months * 31', name='words_outlast_recordings'),
    sa.CheckConstraint('transcript_months <= score_months', name='scores_outlast_words'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['set_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_retention_periods_newest', 'retention_periods', ['organisation_id', 'kind', 'created_at'])
    op.create_table('session_hold',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('placed_by_id', sa.Uuid(), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifted_by_id', sa.Uuid(), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(lifted_at IS NULL) = (lifted_by_id IS NULL)', name='lifted_says_by_whom'),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['placed_by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_session_hold_open', 'session_hold', ['lifted_at', 'session_id'])
    op.create_index('ix_session_hold_session_id', 'session_hold', ['session_id'])
    op.create_table('retention_step',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('kind', _kind(), nullable=False),
    sa.Column('part', _one_of('part', 'recording', 'words', 'scores'), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('since_coded', sa.Boolean(), nullable=False),
    sa.Column('period', sa.String(length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('files', _json(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('session_id', 'part')
    )
    op.create_index('ix_retention_step_list', 'retention_step', ['organisation_id', 'at'])
    op.create_table('kept_figures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('discipline', _one_of('discipline', *DISCIPLINES), nullable=True),
    sa.Column('kind', _kind(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('coded_by', _one_of('codedby', 'machine', 'person'), nullable=False),
    sa.Column('model_version', sa.String(length=100), nullable=True),
    sa.Column('scores', _json(), nullable=False),
    sa.Column('globals', _json(), nullable=False),
    sa.Column('counts', _json(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_kept_figures_organisation_id', 'kept_figures', ['organisation_id'])
    op.create_index('ix_kept_figures_team_id', 'kept_figures', ['team_id'])


def downgrade() -> None:
    for name in ('kept_figures', 'retention_step', 'session_hold', 'retention_periods'):
        op.drop_table(name)
