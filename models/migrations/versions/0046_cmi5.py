"""Modules launched by learning systems that know cmi5"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0046'
down_revision = '0050'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('cmi5_system',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('endpoint', sa.String(length=500), nullable=False),
    sa.Column('origin', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id', 'endpoint')
    )
    op.create_table('cmi5_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('system_id', sa.Uuid(), nullable=False),
    sa.Column('home_page', sa.String(length=300), nullable=False),
    sa.Column('account', sa.String(length=255), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['system_id'], ['cmi5_system.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('system_id', 'home_page', 'account'),
    sa.UniqueConstraint('system_id', 'person_id')
    )
    op.create_index('ix_cmi5_link_person_id', 'cmi5_link', ['person_id'], unique=False)
    op.create_table('cmi5_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('system_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=True),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('registration', sa.String(length=36), nullable=False),
    sa.Column('activity_id', sa.String(length=500), nullable=False),
    sa.Column('fetch_hash', sa.String(length=64), nullable=False),
    sa.Column('state', _enum('cmi5state', 'opening', 'open', 'over', 'refused'), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('mode', _enum('cmi5mode', 'Normal', 'Browse', 'Review'), nullable=False),
    sa.Column('template', JSON, nullable=False),
    sa.Column('mastery_score', sa.Float(), nullable=True),
    sa.Column('return_url', sa.String(length=1000), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended', _enum('cmi5end', 'finished', 'idle', 'replaced', 'closed'), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['cmi5_link.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['system_id'], ['cmi5_system.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('fetch_hash')
    )
    op.create_index('ix_cmi5_session_link_id', 'cmi5_session', ['link_id'], unique=False)
    op.create_index('ix_cmi5_session_person_id', 'cmi5_session', ['person_id'], unique=False)
    op.create_index('ix_cmi5_session_registration', 'cmi5_session', ['system_id', 'registration'], unique=False)
    op.create_table('cmi5_statement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('launch_id', sa.Uuid(), nullable=False),
    sa.Column('verb', _enum('cmi5verb', 'initialized', 'completed', 'passed', 'terminated'), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('statement', JSON, nullable=True),
    sa.Column('state', _enum('cmi5sending', 'waiting', 'sent', 'refused', 'lost'), nullable=False),
    sa.Column('problem', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['cmi5_session.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_cmi5_statement_launch_id', 'cmi5_statement', ['launch_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_cmi5_statement_launch_id', table_name='cmi5_statement')
    op.drop_table('cmi5_statement')
    op.drop_index('ix_cmi5_session_registration', table_name='cmi5_session')
    op.drop_index('ix_cmi5_session_person_id', table_name='cmi5_session')
    op.drop_index('ix_cmi5_session_link_id', table_name='cmi5_session')
    op.drop_table('cmi5_session')
    op.drop_index('ix_cmi5_link_person_id', table_name='cmi5_link')
    op.drop_table('cmi5_link')
    op.drop_table('cmi5_system')
