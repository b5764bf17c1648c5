"""Copies of what is held about a person"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_copy',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('participant_id', sa.Uuid(), nullable=True),
    sa.Column('labels', sa.LargeBinary(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(person_id IS NULL) = (participant_id IS NOT NULL)', name='copy_is_of_somebody'),
    sa.CheckConstraint('progress BETWEEN 0 AND 100', name='copy_progress_percent'),
    sa.CheckConstraint('(made_at IS NULL) = (expires_at IS NULL)', name='copy_made_expires'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['participant_id'], ['participant.id'], ),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('person_id'),
    sa.UniqueConstraint('participant_id')
    )
    op.create_index('ix_data_copy_organisation_id', 'data_copy', ['organisation_id'])
    op.create_index('ix_data_copy_expires_at', 'data_copy', ['expires_at'])
    op.create_table('data_copy_file',
    sa.Column('copy_id', sa.Uuid(), nullable=False),
    sa.Column('form', sa.String(length=8), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['copy_id'], ['data_copy.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('copy_id', 'form')
    )


def downgrade() -> None:
    op.drop_table('data_copy_file')
    op.drop_table('data_copy')
