"""One job at a time sends to a record store; platforms are unique within an authority; leavers leave their groups."""

import sqlalchemy as sa
from alembic import op

revision = '0048'
down_revision = '0046'
branch_labels = None
depends_on = None
UNNAMED = {'uq': 'uq_%(table_name)s_%(column_0_name)s'}  # SQLite gave it no name


def _unique_name() -> str:
    sqlite = op.get_bind().dialect.name == 'sqlite'
    return 'uq_lti_platform_issuer' if sqlite else 'lti_platform_issuer_client_id_key'


def upgrade() -> None:
    with op.batch_alter_table('xapi_connection') as table:
        table.add_column(sa.Column('sender_id', sa.Uuid(), nullable=True))
        table.add_column(sa.Column('sender_until', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('lti_platform', naming_convention=UNNAMED) as table:
        table.add_column(sa.Column('general_login', sa.Boolean(), server_default=sa.false(), nullable=False))
        table.drop_constraint(_unique_name(), type_='unique')
        table.create_unique_constraint('lti_platform_once', ['organisation_id', 'issuer', 'client_id'])
    op.execute(sa.text('UPDATE lti_platform SET general_login = true'))
    op.execute(
        sa.text('DELETE FROM scim_role_member WHERE person_id IN (SELECT id FROM person WHERE left_at IS NOT NULL)')
    )


def downgrade() -> None:
    """Raises where two authorities have the same platform by now."""
    with op.batch_alter_table('lti_platform') as table:
        table.drop_constraint('lti_platform_once', type_='unique')
        table.create_unique_constraint(_unique_name(), ['issuer', 'client_id'])
        table.drop_column('general_login')
    with op.batch_alter_table('xapi_connection') as table:
        table.drop_column('sender_until')
        table.drop_column('sender_id')
