"""The practice plan: choices, reminders, mails"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0029'
branch_labels = None
depends_on = None

ZONED = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('plan_choice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('chosen_by', sa.Enum('evoke', 'trainee', 'coach', name='chosenby', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('skill', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', ZONED, nullable=False),
    sa.Column('ended_at', ZONED, nullable=True),
    sa.CheckConstraint("(chosen_by = 'evoke') = (by_id IS NULL)", name='a_persons_choice_says_whose'),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= made_at', name='choice_ends_after_it_was_made'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_plan_choice_person_id', 'plan_choice', ['person_id'])
    op.create_table('plan_source',
    sa.Column('choice_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['choice_id'], ['plan_choice.id'], ),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.PrimaryKeyConstraint('choice_id', 'session_id')
    )
    op.create_index('ix_plan_source_session_id', 'plan_source', ['session_id'])
    op.create_table('plan_setting',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('reminders', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('nudges', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('paused_at', ZONED, nullable=True),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('days BETWEEN 1 AND 127', name='reminded_on_some_day'),
    sa.CheckConstraint('hour BETWEEN 0 AND 23', name='reminded_at_an_hour'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('person_id')
    )
    op.create_table('plan_mail',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('reminder', 'nudge', 'coach_nudge', name='planmailkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('made_at', ZONED, nullable=False),
    sa.Column('sent_at', ZONED, nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('person_id', 'kind', 'on_day')
    )
    op.create_index('ix_plan_mail_person_id', 'plan_mail', ['person_id'])
    op.create_table('plan_rule',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('feedback_days', sa.Integer(), nullable=False),
    sa.Column('nudge_gap_days', sa.Integer(), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.CheckConstraint('feedback_days BETWEEN 14 AND 180', name='feedback_within_months'),
    sa.CheckConstraint('nudge_gap_days BETWEEN 7 AND 90', name='nudges_are_seldom'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id')
    )


def downgrade() -> None:
    op.drop_table('plan_rule')
    op.drop_table('plan_mail')
    op.drop_table('plan_setting')
    op.drop_table('plan_source')
    op.drop_table('plan_choice')
