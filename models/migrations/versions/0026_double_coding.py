"""Blind double coding: what is drawn, what two coaches agree on, figures of agreement, and calibration"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

CODES = (
    'GI', 'Persuade', 'PWP', 'Q', 'SR', 'CR', 'AF', 'Seek', 'Emphasize', 'Confront', 'NC', 'CT', 'ST', 'FN',
)


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column('review', sa.Column('blind', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('double_coding_rule',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('shows_machine', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('seed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('percent BETWEEN 0 AND 100', name='drawn_share_is_a_percentage'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id')
    )
    op.create_table('double_coding',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('first_review_id', sa.Uuid(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Uuid(), nullable=True),
    sa.Column('second_review_id', sa.Uuid(), nullable=True),
    sa.Column('saw_machine', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('compared', _json(), nullable=True),
    sa.Column('compared_machine', _json(), nullable=True),
    sa.Column('lines', sa.Integer(), nullable=True),
    sa.Column('differ', sa.Integer(), nullable=True),
    _moment('created_at'),
    _moment('signed_at', nullable=True),
    _moment('agreed_at', nullable=True),
    sa.CheckConstraint('(lines IS NULL) = (differ IS NULL)', name='differences_are_of_lines'),
    sa.CheckConstraint('lines IS NULL OR (0 <= differ AND differ <= lines)', name='no_more_differ_than_there_are'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['first_review_id'], ['review.id'], ),
    sa.ForeignKeyConstraint(['second_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['second_review_id'], ['review.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('session_id'),
    sa.UniqueConstraint('first_review_id'),
    sa.UniqueConstraint('second_review_id')
    )
    op.create_index('ix_double_coding_organisation_id', 'double_coding', ['organisation_id'])
    op.create_index('ix_double_coding_second_id', 'double_coding', ['second_id'])
    op.create_table('agreed_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('double_coding_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.String(length=12), nullable=False),
    sa.Column('choice', sa.Enum('first', 'second', 'code', name='choice', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    _moment('at'),
    sa.CheckConstraint("(choice = 'code') = (code IS NOT NULL)", name='a_code_of_its_own_is_named'),
    sa.CheckConstraint(f"code IS NULL OR code IN ({', '.join(repr(one) for one in CODES)})", name='agreed_code_known'),
    sa.ForeignKeyConstraint(['double_coding_id'], ['double_coding.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_agreed_line_double_coding_id', 'agreed_line', ['double_coding_id'])
    op.create_table('agreement_figures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('sessions', sa.Integer(), nullable=False),
    sa.Column('figures', _json(), nullable=False),
    _moment('made_at'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id')
    )
    op.create_table('calibration_try',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('conversation', sa.String(length=40), nullable=False),
    sa.Column('codes', _json(), nullable=False),
    _moment('created_at'),
    _moment('finished_at', nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_calibration_try_person_id', 'calibration_try', ['person_id'])


def downgrade() -> None:
    op.drop_table('calibration_try')
    op.drop_table('agreement_figures')
    op.drop_table('agreed_line')
    op.drop_table('double_coding')
    op.drop_table('double_coding_rule')
    with op.batch_alter_table('review') as table:
        table.drop_column('blind')
