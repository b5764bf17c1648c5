"""Exercises that people did, their drafts, and answers whose score they find unfair"""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0031'
branch_labels = None
depends_on = None


def _when(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table('exercise_attempt',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('edition', sa.String(length=40), nullable=False),
    sa.Column('exercise', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('skill', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('scored', sa.String(length=32), nullable=False),
    sa.Column('outcome', sa.Enum('met', 'partly', 'not_yet', 'unsure', 'not_scored', name='outcome',
                                 native_enum=False, length=32, create_constraint=True), nullable=False),
    sa.Column('odd', sa.String(length=32), nullable=True),
    sa.Column('met_share', sa.Float(), nullable=True),
    sa.Column('coder', sa.String(length=100), nullable=True),
    sa.Column('choice', sa.String(length=80), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('seconds', sa.Integer(), nullable=True),
    _when('at'),
    sa.CheckConstraint('number > 0', name='attempts_count_from_one'),
    sa.CheckConstraint('seconds IS NULL OR seconds >= 0', name='attempt_takes_time'),
    sa.CheckConstraint('met_share IS NULL OR met_share BETWEEN 0 AND 1', name='met_share_is_a_share'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('person_id', 'client_id'),
    sa.UniqueConstraint('person_id', 'exercise', 'number')
    )
    op.create_index('ix_exercise_attempt_person_id', 'exercise_attempt', ['person_id'])
    op.create_index('ix_exercise_attempt_at', 'exercise_attempt', ['at'])
    op.create_index('ix_exercise_attempt_organisation', 'exercise_attempt', ['organisation_id', 'exercise'])
    op.create_table('exercise_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('exercise', sa.String(length=80), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    _when('at'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('person_id', 'exercise')
    )
    op.create_index('ix_exercise_draft_person_id', 'exercise_draft', ['person_id'])
    op.create_table('exercise_objection',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    _when('asked_at'),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    _when('decided_at', nullable=True),
    sa.Column('outcome', sa.Enum('kept', 'upheld', name='objectionoutcome', native_enum=False, length=32,
                                 create_constraint=True), nullable=True),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint(
        '(decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (outcome IS NULL)',
        name='objection_decided_by_whom',
    ),
    sa.ForeignKeyConstraint(['attempt_id'], ['exercise_attempt.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('attempt_id')
    )
    op.create_index('ix_exercise_objection_person_id', 'exercise_objection', ['person_id'])
    op.create_index('ix_exercise_objection_organisation_id', 'exercise_objection', ['organisation_id'])
    op.create_index('ix_exercise_objection_decided_at', 'exercise_objection', ['decided_at'])


def downgrade() -> None:
    op.drop_table('exercise_objection')
    op.drop_table('exercise_draft')
    op.drop_table('exercise_attempt')
