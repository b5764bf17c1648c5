"""What participants are called lies sealed under the session's key, and nowhere else"""

import json
from uuid import UUID

import sqlalchemy as sa
from alembic import context, op

from models.cipher import derived_key, open_sealed, seal

revision = '0022'
down_revision = '0018'
branch_labels = None
depends_on = None

DELETED = 'name deleted'
PARTICIPANT = sa.table(
    'participant', sa.column('id', sa.Uuid()), sa.column('session_id', sa.Uuid()), sa.column('position', sa.Integer()),
    sa.column('label', sa.String()), sa.column('sealed_label', sa.LargeBinary()),
)  # fmt: skip
PRACTICE = sa.table(
    'practice_session', sa.column('id', sa.Uuid()), sa.column('problem_code', sa.String()), sa.column('problem', sa.Text())
)
SESSION_KEY = sa.table(
    'session_key', sa.column('session_id', sa.Uuid()), sa.column('organisation_id', sa.Uuid()),
    sa.column('organisation_key_id', sa.Uuid()), sa.column('wrapped', sa.LargeBinary()),
)
ORGANISATION_KEY = sa.table('organisation_key', sa.column('id', sa.Uuid()), sa.column('wrapped', sa.LargeBinary()))


def upgrade() -> None:
    op.add_column('participant', sa.Column('sealed_label', sa.LargeBinary(), nullable=True))
    _seal_all()
    with op.batch_alter_table('participant') as table:
        table.drop_column('label')
    with op.batch_alter_table('participant') as table:
        table.alter_column(
            'sealed_label', existing_type=sa.LargeBinary(), nullable=False, new_column_name='label'
        )


def downgrade() -> None:
    with op.batch_alter_table('participant') as table:
        table.alter_column(
            'label', existing_type=sa.LargeBinary(), nullable=False, new_column_name='sealed_label'
        )
    op.add_column('participant', sa.Column('label', sa.String(length=60), nullable=False, server_default=DELETED))
    _open_all()
    with op.batch_alter_table('participant') as table:
        table.drop_column('sealed_label')
        table.alter_column('label', existing_type=sa.String(length=60), server_default=None)


def _seal_all() -> None:
    """Of a session whose key is destroyed nothing can be sealed: its names go. What held a session back named people
    too; from now on it numbers them."""
    bind, keys = op.get_bind(), _Keys()
    for row in list(bind.execute(sa.select(PARTICIPANT))):
        key = keys.of(row.session_id)
        sealed = seal(key, json.dumps(row.label, ensure_ascii=False).encode(), _about(row.id)) if key else b''
        bind.execute(sa.update(PARTICIPANT).where(PARTICIPANT.c.id == row.id).values(sealed_label=sealed))
        held = sa.select(PRACTICE).where(PRACTICE.c.id == row.session_id, PRACTICE.c.problem_code == 'agreement_missing')
        for practice in list(bind.execute(held)):
            problem = (practice.problem or '').replace(f'“{row.label}”', f'“Person {row.position}”')
            bind.execute(sa.update(PRACTICE).where(PRACTICE.c.id == practice.id).values(problem=problem))


def _open_all() -> None:
    bind, keys = op.get_bind(), _Keys()
    for row in list(bind.execute(sa.select(PARTICIPANT))):
        key = keys.of(row.session_id)
        label = json.loads(open_sealed(key, row.sealed_label, _about(row.id))) if key and row.sealed_label else ''
        bind.execute(sa.update(PARTICIPANT).where(PARTICIPANT.c.id == row.id).values(label=label or DELETED))


def _about(row_id: UUID) -> bytes:
    return f'participant.label {row_id}'.encode()


class _Keys:
    """Those that the words of sessions are sealed with."""

    def __init__(self) -> None:
        self.opened: dict[UUID, bytes | None] = {}
        self.wrapping = {row.id: row.wrapped for row in op.get_bind().execute(sa.select(ORGANISATION_KEY))}

    def of(self, session_id: UUID) -> bytes | None:
        if session_id not in self.opened:
            found = op.get_bind().execute(sa.select(SESSION_KEY).where(SESSION_KEY.c.session_id == session_id)).first()
            self.opened[session_id] = self._open(found) if found and found.wrapped else None
        return self.opened[session_id]

    def _open(self, row: sa.Row) -> bytes:
        masters = context.config.attributes['masters']
        wraps = masters.unwrap(self.wrapping[row.organisation_key_id], row.organisation_id.bytes)
        return derived_key(open_sealed(wraps, row.wrapped, row.session_id.bytes), purpose='words', record_id=row.session_id)
