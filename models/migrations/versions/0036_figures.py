"""Rows of counts that dashboards are made of, finished tables, how a session was picked, and where a team works"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

COUNTS = ('gi', 'persuade', 'pwp', 'q', 'sr', 'cr', 'af', 'seek', 'emphasize', 'confront', 'ct', 'st', 'fn', 'open_questions', 'closed_questions')
RATED = ('cultivating_change_talk', 'softening_sustain_talk', 'partnership', 'empathy', 'purposefulness', 'clarity_about_concerns', 'child_focus')


def picked(name: str) -> sa.Enum:
    return sa.Enum('chosen', 'drawn', name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('team') as batch:
        batch.add_column(sa.Column('site', sa.String(length=100), nullable=False, server_default=''))
    with op.batch_alter_table('practice_session') as batch:
        batch.add_column(sa.Column('picked', picked('picked'), nullable=False, server_default='chosen'))
    op.create_table('session_figure',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('coded_by', sa.Enum('machine', 'person', name='codedby', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('coding_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('practitioner_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('role_play', 'simulated', 'real_practice', name='sessionkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('picked', picked('picked'), nullable=False),
    sa.Column('model_version', sa.String(length=100), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
    *(sa.Column(name, sa.Integer(), nullable=True) for name in RATED),
    sa.CheckConstraint("coded_by = 'person' OR (partnership IS NULL AND empathy IS NULL)", name='only_people_rate'),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['coding_id'], ['coding.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.ForeignKeyConstraint(['practitioner_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('session_id', 'coded_by')
    )
    op.create_index('ix_session_figure_coding_id', 'session_figure', ['coding_id'])
    op.create_index('ix_session_figure_counted', 'session_figure', ['organisation_id', 'counted_on'])
    op.create_index('ix_session_figure_team', 'session_figure', ['team_id', 'counted_on'])
    op.create_index('ix_session_figure_person', 'session_figure', ['practitioner_id', 'counted_on'])
    op.create_table('figure_snapshot',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('organisation_id', 'name')
    )


def downgrade() -> None:
    op.drop_table('figure_snapshot')
    op.drop_table('session_figure')
    with op.batch_alter_table('practice_session') as batch:
        batch.drop_constraint('picked', type_='check')
        batch.drop_column('picked')
    with op.batch_alter_table('team') as batch:
        batch.drop_column('site')
