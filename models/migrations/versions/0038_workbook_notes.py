"""Notes for the family's workbook, and whether a conversation may be quoted in them"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0036'
branch_labels = None
depends_on = None

SCOPES = ('supervision', 'team_learning', 'improving', 'research')


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('workbook_note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('session_id')
    )
    op.create_index('ix_workbook_note_by_id', 'workbook_note', ['by_id'])
    with op.batch_alter_table('agreement') as table:
        table.alter_column(
            'scope', existing_type=_one_of('scope', *SCOPES), type_=_one_of('scope', *SCOPES, 'quoting'),
            existing_nullable=False,
        )


def downgrade() -> None:
    op.execute("DELETE FROM agreement WHERE scope = 'quoting'")
    with op.batch_alter_table('agreement') as table:
        table.alter_column(
            'scope', existing_type=_one_of('scope', *SCOPES, 'quoting'), type_=_one_of('scope', *SCOPES),
            existing_nullable=False,
        )
    op.drop_table('workbook_note')
