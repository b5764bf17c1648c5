"""People and teams kept by an identity provider (SCIM 2.0)"""

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0042'
branch_labels = None
depends_on = None

ROLES = ('trainee', 'coach', 'lead', 'administrator', 'evaluator', 'api_client', 'data_protection')


def upgrade() -> None:
    op.create_table('scim_connection',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['api_client.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('organisation_id'),
    sa.UniqueConstraint('client_id')
    )
    op.create_table('scim_person',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('user_name', sa.String(length=320), nullable=False),
    sa.Column('user_name_key', sa.String(length=640), nullable=False),
    sa.Column('external_id', sa.String(length=255), nullable=True),
    sa.Column('given_name', sa.String(length=200), nullable=False),
    sa.Column('family_name', sa.String(length=200), nullable=False),
    sa.Column('formatted_name', sa.String(length=200), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('person_id'),
    sa.UniqueConstraint('organisation_id', 'user_name_key', name='scim_user_name_once')
    )
    op.create_index('ix_scim_person_external', 'scim_person', ['organisation_id', 'external_id'])
    op.create_table('scim_team',
    sa.Column('team_id', sa.Uuid(), nullable=False),
    sa.Column('external_id', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('team_id')
    )
    op.create_table('scim_role_group',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_key', sa.String(length=400), nullable=False),
    sa.Column('role', sa.Enum(*ROLES, name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('external_id', sa.String(length=255), nullable=True),
    sa.Column('pushed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(role = 'coach') = (team_id IS NOT NULL)", name='scim_coach_of_a_team'),
    sa.CheckConstraint("role IN ('coach', 'lead', 'data_protection')", name='scim_role_that_may_be_mapped'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id', 'name_key', name='scim_role_group_once')
    )
    op.create_table('scim_role_member',
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('gave', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['scim_role_group.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('group_id', 'person_id')
    )


def downgrade() -> None:
    op.drop_table('scim_role_member')
    op.drop_table('scim_role_group')
    op.drop_table('scim_team')
    op.drop_index('ix_scim_person_external', table_name='scim_person')
    op.drop_table('scim_person')
    op.drop_table('scim_connection')
