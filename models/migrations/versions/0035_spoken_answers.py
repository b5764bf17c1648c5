"""Answers that somebody speaks instead of typing them"""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spoken_answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'heard', 'not_heard', name='spokenstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('problem', sa.String(length=300), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'heard') = (sealed IS NOT NULL)", name='heard_has_words'),
    sa.CheckConstraint("(state = 'not_heard') = (problem IS NOT NULL)", name='not_heard_says_why'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_spoken_answer_person_id', 'spoken_answer', ['person_id'])
    op.create_index('ix_spoken_answer_made_at', 'spoken_answer', ['made_at'])


def downgrade() -> None:
    op.drop_table('spoken_answer')
