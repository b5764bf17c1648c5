"""Withdrawal, proofs of deletion, and a role for who looks after data protection"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0007'
branch_labels = None
depends_on = None

ROLES = ('trainee', 'coach', 'lead', 'administrator', 'evaluator', 'api_client')


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.add_column('practice_session', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('withdrawal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('why', _one_of('why', 'asked', 'mistake', 'agreement_ended', 'retention'), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('files', _json(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('session_id')
    )
    op.create_index('ix_withdrawal_list', 'withdrawal', ['organisation_id', 'at'])
    op.create_table('deletion_proof',
    sa.Column('withdrawal_id', sa.Uuid(), nullable=False),
    sa.Column('document', _json(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['withdrawal_id'], ['withdrawal.id'], ),
    sa.PrimaryKeyConstraint('withdrawal_id')
    )
    op.create_table('proof_key',
    sa.Column('public_key', sa.String(length=64), nullable=False),
    sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('public_key')
    )
    with op.batch_alter_table('role_grant') as table:
        table.alter_column(
            'role', existing_type=_one_of('role', *ROLES), type_=_one_of('role', *ROLES, 'data_protection'),
            existing_nullable=False,
        )


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE role = 'data_protection'")
    with op.batch_alter_table('role_grant') as table:
        table.alter_column(
            'role', existing_type=_one_of('role', *ROLES, 'data_protection'), type_=_one_of('role', *ROLES),
            existing_nullable=False,
        )
    op.drop_table('proof_key')
    op.drop_table('deletion_proof')
    op.drop_table('withdrawal')
    op.drop_column('practice_session', 'withdrawn_at')
