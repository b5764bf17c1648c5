"""Webhooks, and what they are told"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import models.columns

revision = '0042'
down_revision = '0040'
branch_labels = None
depends_on = None

EVENTS = (
    'session.added', 'session.ready', 'session.stopped', 'session.reviewed', 'session.deleted', 'feedback.sent',
    'contest.answered', 'module.completed', 'test',
)
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table(
        'webhook',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('address', sa.String(length=500), nullable=False),
        sa.Column('events', JSON, nullable=False),
        sa.Column('sealed_secret', sa.LargeBinary(), nullable=False),
        sa.Column('sealed_old_secret', sa.LargeBinary(), nullable=False),
        sa.Column('old_secret_until', models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column('state', sa.Enum('active', 'paused', 'failing', name='webhookstate', native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column('failing_since', models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column('worked_at', models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column('created_at', models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_webhook_organisation_id', 'webhook', ['organisation_id'])
    op.create_table(
        'webhook_delivery',
        sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('webhook_id', sa.Uuid(), nullable=False),
        sa.Column('event_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Enum(*EVENTS, name='happened', native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column('data', JSON, nullable=False),
        sa.Column('happened_at', models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column('state', sa.Enum('waiting', 'delivered', 'given_up', name='deliverystate', native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_at', models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column('tried_at', models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column('answered', sa.Integer(), nullable=True),
        sa.Column('why', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['webhook_id'], ['webhook.id']),
        sa.PrimaryKeyConstraint('number'),
        sqlite_autoincrement=True,
    )
    op.create_index('ix_webhook_delivery_due', 'webhook_delivery', ['webhook_id', 'state', 'next_at'])
    op.create_index('ix_webhook_delivery_event', 'webhook_delivery', ['event_id'])
    op.create_index('ix_webhook_delivery_happened_at', 'webhook_delivery', ['happened_at'])


def downgrade() -> None:
    op.drop_table('webhook_delivery')
    op.drop_table('webhook')
