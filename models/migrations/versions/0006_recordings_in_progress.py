"""Recordings in progress"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('recording_in_progress',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=False),
    sa.Column('details', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('microphones', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'sent', 'thrown_away', name='recordingstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('chunks', sa.Integer(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('microphones IN (1, 2)', name='one_microphone_or_two'),
    sa.CheckConstraint("(state = 'sent') = (session_id IS NOT NULL)", name='sent_names_its_session'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['practitioner_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_recording_in_progress_changed_at', 'recording_in_progress', ['changed_at'])
    op.create_index('ix_recording_in_progress_list', 'recording_in_progress', ['person_id', 'state'])
    op.create_index('ix_recording_in_progress_organisation_id', 'recording_in_progress', ['organisation_id'])
    op.create_table('recorded_chunk',
    sa.Column('recording_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['recording_id'], ['recording_in_progress.id'], ),
    sa.PrimaryKeyConstraint('recording_id', 'number')
    )


def downgrade() -> None:
    op.drop_table('recorded_chunk')
    op.drop_table('recording_in_progress')
