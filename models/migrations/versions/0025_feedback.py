"""Feedback on signed-off sessions, its thread, and contested codes"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('review') as table:
        table.add_column(sa.Column('follows_id', sa.Uuid(), nullable=True))
        table.create_foreign_key('fk_review_follows', 'review', ['follows_id'], ['id'])
    op.create_table('feedback',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('read_at IS NULL OR sent_at IS NOT NULL', name='only_sent_feedback_is_read'),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('review_id')
    )
    op.create_index('ix_feedback_session_id', 'feedback', ['session_id'])
    op.create_index('ix_feedback_by_id', 'feedback', ['by_id'])
    op.create_table('feedback_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('session_id', 'client_id')
    )
    op.create_index('ix_feedback_message_session_id', 'feedback_message', ['session_id'])
    op.create_index('ix_feedback_message_by_id', 'feedback_message', ['by_id'])
    op.create_table('code_contest',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Enum('kept', 'changed', name='contestoutcome', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('made_review_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('(decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (outcome IS NULL) AND (decided_at IS NULL) = (answer IS NULL)', name='decided_says_by_whom_and_what'),
    sa.CheckConstraint("made_review_id IS NULL OR outcome = 'changed'", name='only_a_change_makes_a_review'),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], ),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['made_review_id'], ['review.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_code_contest_session_id', 'code_contest', ['session_id'])
    op.create_index('ix_code_contest_asked_by_id', 'code_contest', ['asked_by_id'])
    op.create_index('ix_code_contest_decided_at', 'code_contest', ['decided_at'])


def downgrade() -> None:
    op.drop_table('code_contest')
    op.drop_table('feedback_message')
    op.drop_table('feedback')
    with op.batch_alter_table('review') as table:
        table.drop_constraint('fk_review_follows', type_='foreignkey')
        table.drop_column('follows_id')
