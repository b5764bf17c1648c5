"""Requests of programs that are not to be done twice, and two secrets of an API client while it changes over"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0041'
down_revision = '0044'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'idempotent_request',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('key_hash', sa.String(length=64), nullable=False),
        sa.Column('fingerprint', sa.String(length=64), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('answer', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('person_id', 'key_hash'),
    )
    op.create_index('ix_idempotent_request_begun_at', 'idempotent_request', ['begun_at'])
    with op.batch_alter_table('api_client') as batch:
        batch.add_column(sa.Column('old_secret_hash', sa.String(length=64), nullable=True))
        batch.add_column(sa.Column('old_secret_until', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('api_client') as batch:
        batch.drop_column('old_secret_until')
        batch.drop_column('old_secret_hash')
    op.drop_table('idempotent_request')
