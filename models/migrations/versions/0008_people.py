"""Evaluation centres, dated roles, invitations, teams that close"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None

ROLES = ('trainee', 'coach', 'lead', 'administrator')
DISCIPLINES = (
    "children's social worker", "children's practitioner", 'recovery worker', 'adult mental health practitioner',
    'domestic abuse practitioner', 'perpetrator worker', 'probation officer', 'manager', 'trainer',
)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    kind = _enum('organisationkind', 'authority', 'evaluation')
    with op.batch_alter_table('organisation') as table:
        table.add_column(sa.Column('kind', kind, nullable=False, server_default='authority'))
        table.add_column(sa.Column('evaluation_opt_in', sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint('only_authorities_opt_in', "kind = 'authority' OR NOT evaluation_opt_in")
    with op.batch_alter_table('team') as table:
        table.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('person') as table:
        table.add_column(sa.Column('invited_at', sa.DateTime(timezone=True), nullable=True))
        table.alter_column(
            'discipline', existing_type=_enum('discipline', *DISCIPLINES),
            type_=_enum('discipline', *DISCIPLINES, 'other'), existing_nullable=True,
        )
    _date_the_roles()
    op.create_table('invitation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index('ix_invitation_person_id', 'invitation', ['person_id'], unique=False)


def _date_the_roles() -> None:
    with op.batch_alter_table('role_grant') as table:
        table.add_column(sa.Column('started_at', sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        'UPDATE role_grant SET started_at = (SELECT created_at FROM person WHERE person.id = role_grant.person_id)'
    )
    unnamed = {'uq': 'uq_%(table_name)s_%(column_0_name)s'}  # SQLite gave it no name
    with op.batch_alter_table('role_grant', naming_convention=unnamed) as table:
        table.drop_constraint(_unique_name(), type_='unique')
        table.alter_column('started_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        table.alter_column(
            'role', existing_type=_enum('role', *ROLES), type_=_enum('role', *ROLES, 'evaluator', 'api_client'),
            existing_nullable=False,
        )
        table.create_check_constraint('role_ends_after_start', 'ended_at IS NULL OR ended_at >= started_at')
    op.create_index('ix_role_grant_held', 'role_grant', ['person_id', 'ended_at'], unique=False)


def _unique_name() -> str:
    sqlite = op.get_bind().dialect.name == 'sqlite'
    return 'uq_role_grant_person_id' if sqlite else 'role_grant_person_id_role_team_id_key'


def downgrade() -> None:
    op.drop_table('invitation')
    op.execute("DELETE FROM role_grant WHERE role IN ('evaluator', 'api_client') OR ended_at IS NOT NULL")
    op.drop_index('ix_role_grant_held', table_name='role_grant')
    with op.batch_alter_table('role_grant') as table:
        table.drop_constraint('role_ends_after_start', type_='check')
        table.alter_column(
            'role', existing_type=_enum('role', *ROLES, 'evaluator', 'api_client'), type_=_enum('role', *ROLES),
            existing_nullable=False,
        )
        table.drop_column('ended_at')
        table.drop_column('started_at')
        table.create_unique_constraint(_unique_name(), ['person_id', 'role', 'team_id'])
    op.execute("UPDATE person SET discipline = NULL WHERE discipline = 'other'")
    with op.batch_alter_table('person') as table:
        table.alter_column(
            'discipline', existing_type=_enum('discipline', *DISCIPLINES, 'other'),
            type_=_enum('discipline', *DISCIPLINES), existing_nullable=True,
        )
        table.drop_column('invited_at')
    with op.batch_alter_table('team') as table:
        table.drop_column('closed_at')
    with op.batch_alter_table('organisation') as table:
        table.drop_constraint('only_authorities_opt_in', type_='check')
        table.drop_constraint('organisationkind', type_='check')
        table.drop_column('evaluation_opt_in')
        table.drop_column('kind')
