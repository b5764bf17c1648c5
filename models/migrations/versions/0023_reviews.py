"""Reviews of a coding by a person"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

RATED = (
    'cultivating_change_talk', 'softening_sustain_talk', 'partnership', 'empathy', 'purposefulness',
    'clarity_about_concerns', 'child_focus',
)


def upgrade() -> None:
    op.create_table('review',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('transcript_id', sa.Uuid(), nullable=False),
    sa.Column('coding_id', sa.Uuid(), nullable=False),
    sa.Column('reviewer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('open', 'signed_off', 'put_away', name='reviewstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('begun', sa.LargeBinary(), nullable=True),
    sa.Column('snapshot', sa.LargeBinary(), nullable=True),
    sa.Column('snapshot_at', sa.Integer(), nullable=False),
    sa.Column('steps', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_transcript_id', sa.Uuid(), nullable=True),
    sa.Column('made_coding_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name='closed_review_says_when'),
    sa.CheckConstraint("(state = 'signed_off') = (made_coding_id IS NOT NULL)", name='signed_review_made_a_coding'),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['transcript_id'], ['transcript_version.id'], ),
    sa.ForeignKeyConstraint(['coding_id'], ['coding.id'], ),
    sa.ForeignKeyConstraint(['reviewer_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['made_transcript_id'], ['transcript_version.id'], ),
    sa.ForeignKeyConstraint(['made_coding_id'], ['coding.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('made_coding_id')
    )
    op.create_index('ix_review_session_id', 'review', ['session_id'])
    op.create_index('ix_review_reviewer_id', 'review', ['reviewer_id'])
    still_open = sa.text("state = 'open'")
    op.create_index(
        'ix_review_one_open', 'review', ['session_id', 'reviewer_id'], unique=True, sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table('review_step',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('undone', sa.Boolean(), nullable=False),
    sa.Column('dropped', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('number >= 1', name='steps_count_from_one'),
    sa.CheckConstraint('undone OR NOT dropped', name='only_undone_steps_are_dropped'),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('review_id', 'number'),
    sa.UniqueConstraint('review_id', 'client_id')
    )
    op.create_table('rating',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('coding_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint(f"name IN ({', '.join(repr(one) for one in RATED)})", name='rating_known'),
    sa.CheckConstraint('value BETWEEN 1 AND 5', name='rating_from_1_to_5'),
    sa.ForeignKeyConstraint(['coding_id'], ['coding.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('coding_id', 'name')
    )


def downgrade() -> None:
    op.drop_table('rating')
    op.drop_table('review_step')
    op.drop_table('review')
