"""Who took part, what each agreed to, the lawful basis, and whether real practice is let in"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from models.columns import new_id

revision = '0009'
down_revision = '0010'
branch_labels = None
depends_on = None

OTHER = {'role_play': ('staff', 'Colleague'), 'simulated': ('actor', 'Actor'), 'real_practice': ('family_member', 'Family member')}


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('participant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('who', _one_of('who', 'staff', 'actor', 'family_member'), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('position >= 1', name='position_from_one'),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('session_id', 'position')
    )
    op.create_index('ix_participant_session_id', 'participant', ['session_id'])
    op.create_table('agreement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('participant_id', sa.Uuid(), nullable=False),
    sa.Column('scope', _one_of('scope', 'supervision', 'team_learning', 'improving', 'research'), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('how', _one_of('howgiven', 'form', 'recorded', 'said'), nullable=False),
    sa.Column('heard_at', sa.Float(), nullable=True),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("heard_at IS NULL OR (how = 'recorded' AND heard_at >= 0)", name='heard_in_the_recording'),
    sa.CheckConstraint('expires_on IS NULL OR expires_on >= given_on', name='expires_after_given'),
    sa.CheckConstraint('withdrawn_at IS NULL OR NOT given', name='withdrawn_is_not_given'),
    sa.ForeignKeyConstraint(['participant_id'], ['participant.id'], ),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_agreement_newest', 'agreement', ['participant_id', 'scope', 'created_at'])
    op.create_table('session_basis',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('basis', _one_of('lawfulbasis', 'public_task', 'consent', 'legitimate_interests', 'legal_obligation'), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_session_basis_session_id', 'session_basis', ['session_id'])
    op.create_table('real_practice_switch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('switched_by_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['switched_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_real_practice_switch_organisation_id', 'real_practice_switch', ['organisation_id'])
    _what_was_confirmed()


def _what_was_confirmed() -> None:
    """Sessions from before have the tick of the person who added them: that everybody agreed, said and noted."""
    session = sa.table('practice_session', sa.column('id', sa.Uuid()), sa.column('kind'), sa.column('added_by_id', sa.Uuid()),
        sa.column('created_at', sa.DateTime(timezone=True)), sa.column('agreement_confirmed', sa.Boolean()))
    participant = sa.table('participant', sa.column('id', sa.Uuid()), sa.column('session_id', sa.Uuid()), sa.column('position'),
        sa.column('who'), sa.column('label'), sa.column('created_at', sa.DateTime(timezone=True)))
    agreement = sa.table('agreement', sa.column('id', sa.Uuid()), sa.column('participant_id', sa.Uuid()), sa.column('scope'),
        sa.column('given', sa.Boolean()), sa.column('how'), sa.column('given_on', sa.Date()), sa.column('recorded_by_id', sa.Uuid()),
        sa.column('created_at', sa.DateTime(timezone=True)))
    confirmed = sa.select(session.c.id, session.c.kind, session.c.added_by_id, session.c.created_at)
    people, agreed = [], []
    now = datetime.now(UTC)
    for session_id, kind, by, created in op.get_bind().execute(confirmed.where(session.c.agreement_confirmed)).all():
        for position, (who, label) in enumerate((('staff', 'Practitioner'), OTHER[kind]), 1):
            people.append({'id': new_id(), 'session_id': session_id, 'position': position, 'who': who, 'label': label, 'created_at': now})
            agreed.append({
                'id': new_id(), 'participant_id': people[-1]['id'], 'scope': 'supervision', 'given': True, 'how': 'said',
                'given_on': created.date(), 'recorded_by_id': by, 'created_at': now,
            })
    if people:
        op.get_bind().execute(participant.insert(), people)
        op.get_bind().execute(agreement.insert(), agreed)


def downgrade() -> None:
    op.drop_table('real_practice_switch')
    op.drop_table('session_basis')
    op.drop_table('agreement')
    op.drop_table('participant')
