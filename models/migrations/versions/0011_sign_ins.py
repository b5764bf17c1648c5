"""Sign-ins with a secret that changes, last use, counted tries, links for a new password"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0009'
branch_labels = None
depends_on = None

LONG_AGO = '2000-01-01 00:00:00'


def upgrade() -> None:
    # Who is signed in signs in once more: it is not known when those sign-ins were last used, and from where.
    op.execute('DELETE FROM sign_in')
    with op.batch_alter_table('sign_in') as table:
        table.add_column(sa.Column('previous_hash', sa.String(length=64), nullable=True))
        table.add_column(sa.Column('renewed_at', sa.DateTime(timezone=True), nullable=False, server_default=LONG_AGO))
        table.add_column(sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False, server_default=LONG_AGO))
        table.add_column(sa.Column('browser', sa.String(length=80), nullable=False, server_default=''))
        table.add_column(sa.Column('address', sa.String(length=64), nullable=False, server_default=''))
        table.create_unique_constraint('sign_in_previous_hash_key', ['previous_hash'])
    with op.batch_alter_table('api_token') as table:
        table.add_column(sa.Column('used_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_index('ix_failed_sign_in_email', 'failed_sign_in')
    op.drop_table('failed_sign_in')
    op.create_table('counted_try',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tried', sa.Enum('password', 'network', 'code', 'reset', name='tried', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_counted_try_key', 'counted_try', ['tried', 'key_hash', 'at'])
    op.create_index('ix_counted_try_at', 'counted_try', ['at'])
    op.create_table('password_reset',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index('ix_password_reset_person_id', 'password_reset', ['person_id'])


def downgrade() -> None:
    op.drop_table('password_reset')
    op.drop_table('counted_try')
    op.create_table('failed_sign_in',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_failed_sign_in_email', 'failed_sign_in', ['email'])
    with op.batch_alter_table('api_token') as table:
        table.drop_column('used_at')
    with op.batch_alter_table('sign_in') as table:
        table.drop_constraint('sign_in_previous_hash_key', type_='unique')
        for name in ('address', 'browser', 'seen_at', 'taken_at', 'renewed_at', 'previous_hash'):
            table.drop_column(name)
