"""API clients, whose tokens end and may do less"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0017'
branch_labels = None
depends_on = None

TRIED = ('password', 'network', 'code', 'reset')


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('api_client',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('scopes', sa.String(length=300), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_api_client_organisation_id', 'api_client', ['organisation_id'])
    op.add_column('api_token', sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('api_token', sa.Column('scopes', sa.String(length=300), nullable=True))
    with op.batch_alter_table('counted_try') as table:
        table.alter_column(
            'tried', existing_type=_one_of('tried', *TRIED), type_=_one_of('tried', *TRIED, 'client'),
            existing_nullable=False,
        )


def downgrade() -> None:
    op.execute("DELETE FROM counted_try WHERE tried = 'client'")
    with op.batch_alter_table('counted_try') as table:
        table.alter_column(
            'tried', existing_type=_one_of('tried', *TRIED, 'client'), type_=_one_of('tried', *TRIED),
            existing_nullable=False,
        )
    # What is left of a client is a person who has left: sessions that it brought name it.
    op.execute("UPDATE person SET left_at = CURRENT_TIMESTAMP WHERE left_at IS NULL AND id IN (SELECT id FROM api_client)")
    op.execute("DELETE FROM api_token WHERE expires_at IS NOT NULL")
    op.drop_column('api_token', 'scopes')
    op.drop_column('api_token', 'expires_at')
    op.drop_table('api_client')
