"""Learning platforms that open Evoke (LTI 1.3)"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0043'
down_revision = '0041'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('lti_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('public', JSON, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('signs_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_lti_key_organisation_id', 'lti_key', ['organisation_id'])
    op.create_table('lti_platform',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('client_id', sa.String(length=255), nullable=False),
    sa.Column('authorization_endpoint', sa.String(length=500), nullable=False),
    sa.Column('token_endpoint', sa.String(length=500), nullable=False),
    sa.Column('jwks_uri', sa.String(length=500), nullable=False),
    sa.Column('token_audience', sa.String(length=500), nullable=False),
    sa.Column('deployments', JSON, nullable=False),
    sa.Column('match', sa.Enum('email', 'sign_in', name='ltimatch', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('domains', JSON, nullable=False),
    sa.Column('scores', sa.Enum('completion', 'signed', name='ltiscores', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('issuer', 'client_id')
    )
    op.create_index('ix_lti_platform_organisation_id', 'lti_platform', ['organisation_id'])
    op.create_table('lti_course',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('platform_id', sa.Uuid(), nullable=False),
    sa.Column('context', sa.String(length=255), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('memberships', sa.String(length=500), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('platform_id', 'context')
    )
    op.create_table('lti_invitation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('secret_hash')
    )
    op.create_index('ix_lti_invitation_organisation_id', 'lti_invitation', ['organisation_id'])
    op.create_table('lti_launch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('platform_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Enum('opened', 'to_link', 'chose', 'refused', name='ltioutcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('target', sa.String(length=300), nullable=False),
    sa.Column('deployment', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_lti_launch_platform_id', 'lti_launch', ['platform_id'])
    op.create_table('lti_line_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('platform_id', sa.Uuid(), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('target', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('platform_id', 'address')
    )
    op.create_index('ix_lti_line_item_target', 'lti_line_item', ['target'])
    op.create_table('lti_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('platform_id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('how', sa.Enum('email', 'sign_in', name='ltimatch', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('platform_id', 'person_id'),
    sa.UniqueConstraint('platform_id', 'subject')
    )
    op.create_index('ix_lti_link_person_id', 'lti_link', ['person_id'])
    op.create_table('lti_login',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('platform_id', sa.Uuid(), nullable=False),
    sa.Column('state_hash', sa.String(length=64), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('stored', sa.String(length=100), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('state_hash')
    )
    op.create_index('ix_lti_login_expires_at', 'lti_login', ['expires_at'])
    op.create_index('ix_lti_login_platform_id', 'lti_login', ['platform_id'])
    op.create_table('lti_ticket',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('platform_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('who', sa.String(length=200), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('target', sa.String(length=300), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('deployment', sa.String(length=255), nullable=False),
    sa.Column('line_item', sa.String(length=500), nullable=False),
    sa.Column('deep_link', JSON, nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('secret_hash')
    )
    op.create_index('ix_lti_ticket_expires_at', 'lti_ticket', ['expires_at'])
    op.create_index('ix_lti_ticket_platform_id', 'lti_ticket', ['platform_id'])
    op.create_table('lti_grade',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('line_item_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('launched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('open', 'to_send', 'sent', 'given_up', name='gradestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('activity', sa.String(length=20), nullable=False),
    sa.Column('grading', sa.String(length=20), nullable=False),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['line_item_id'], ['lti_line_item.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('line_item_id', 'person_id')
    )
    op.create_index('ix_lti_grade_person_id', 'lti_grade', ['person_id'])
    op.create_index('ix_lti_grade_session_id', 'lti_grade', ['session_id'])


def downgrade() -> None:
    op.drop_index('ix_lti_grade_session_id', table_name='lti_grade')
    op.drop_index('ix_lti_grade_person_id', table_name='lti_grade')
    op.drop_table('lti_grade')
    op.drop_index('ix_lti_ticket_platform_id', table_name='lti_ticket')
    op.drop_index('ix_lti_ticket_expires_at', table_name='lti_ticket')
    op.drop_table('lti_ticket')
    op.drop_index('ix_lti_login_platform_id', table_name='lti_login')
    op.drop_index('ix_lti_login_expires_at', table_name='lti_login')
    op.drop_table('lti_login')
    op.drop_index('ix_lti_link_person_id', table_name='lti_link')
    op.drop_table('lti_link')
    op.drop_index('ix_lti_line_item_target', table_name='lti_line_item')
    op.drop_table('lti_line_item')
    op.drop_index('ix_lti_launch_platform_id', table_name='lti_launch')
    op.drop_table('lti_launch')
    op.drop_index('ix_lti_invitation_organisation_id', table_name='lti_invitation')
    op.drop_table('lti_invitation')
    op.drop_table('lti_course')
    op.drop_index('ix_lti_platform_organisation_id', table_name='lti_platform')
    op.drop_table('lti_platform')
    op.drop_index('ix_lti_key_organisation_id', table_name='lti_key')
    op.drop_table('lti_key')
