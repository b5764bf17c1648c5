"""Large recordings that come in pieces"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0048'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('resumable_upload',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('size_bytes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('offset_bytes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Enum('open', 'finished', 'thrown_away', name='uploadstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('offset_bytes BETWEEN 0 AND size_bytes', name='offset_within_size'),
    sa.CheckConstraint("(state = 'finished') = (session_id IS NOT NULL)", name='finished_names_its_session'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['practitioner_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_resumable_upload_changed_at', 'resumable_upload', ['changed_at'])
    op.create_index('ix_resumable_upload_list', 'resumable_upload', ['person_id', 'state'])
    op.create_index('ix_resumable_upload_organisation_id', 'resumable_upload', ['organisation_id'])
    op.create_table('upload_piece',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('upload_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['upload_id'], ['resumable_upload.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_upload_piece_upload_id', 'upload_piece', ['upload_id'])


def downgrade() -> None:
    op.drop_table('upload_piece')
    op.drop_table('resumable_upload')
