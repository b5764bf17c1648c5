"""The audit trail as a chain that the database does not let anybody change"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.audit_hash import NOTHING_BEFORE, SYSTEM, hash_of
from models.audit_triggers import guard, unguard
from models.columns import UtcDateTime

revision = '0010'
down_revision = '0008'
branch_labels = None
depends_on = None

CHANNEL = sa.Enum('page', 'api_token', 'command', 'worker', 'not_known', name='channel', native_enum=False, create_constraint=True, length=32)
EVENTS = sa.table('audit_event',
    sa.column('id', sa.Uuid()), sa.column('at', UtcDateTime()), sa.column('organisation_id', sa.Uuid()),
    sa.column('actor_id', sa.Uuid()), sa.column('action', sa.String()), sa.column('subject_type', sa.String()),
    sa.column('subject_id', sa.Uuid()), sa.column('details', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')),
    sa.column('channel', sa.String()), sa.column('address', sa.String()), sa.column('chain', sa.Uuid()),
    sa.column('sequence', sa.Integer()), sa.column('previous_hash', sa.String()), sa.column('hash', sa.String()),
)
HEADS = sa.table('audit_head', sa.column('chain', sa.Uuid()), sa.column('sequence', sa.Integer()), sa.column('hash', sa.String()))


def upgrade() -> None:
    with op.batch_alter_table('audit_event') as table:
        table.add_column(sa.Column('channel', CHANNEL, nullable=False, server_default='not_known'))
        table.add_column(sa.Column('address', sa.String(length=64), nullable=False, server_default=''))
        table.add_column(sa.Column('chain', sa.Uuid(), nullable=True))
        table.add_column(sa.Column('sequence', sa.Integer(), nullable=True))
        table.add_column(sa.Column('previous_hash', sa.String(length=64), nullable=True))
        table.add_column(sa.Column('hash', sa.String(length=64), nullable=True))
    op.create_table('audit_head',
    sa.Column('chain', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('chain')
    )
    chain_what_there_is(op.get_bind())
    with op.batch_alter_table('audit_event') as table:
        for name, kind in (('chain', sa.Uuid()), ('sequence', sa.Integer()), ('previous_hash', sa.String(length=64)), ('hash', sa.String(length=64))):
            table.alter_column(name, existing_type=kind, nullable=False)
        table.alter_column('channel', existing_type=CHANNEL, server_default=None)
        table.alter_column('address', existing_type=sa.String(length=64), server_default=None)
        table.create_unique_constraint('audit_event_chain_sequence', ['chain', 'sequence'])
    guard(op.get_bind())


def chain_what_there_is(connection: sa.Connection) -> None:
    """In the order of their times; where two are of one moment, of their ids."""
    ends: dict[object, tuple[int, str]] = {}
    ids = connection.execute(sa.select(EVENTS.c.id).order_by(EVENTS.c.at, EVENTS.c.id)).scalars().all()
    for one in ids:
        row = dict(connection.execute(sa.select(EVENTS).where(EVENTS.c.id == one)).mappings().one())
        chain = row['organisation_id'] or SYSTEM
        sequence, previous = ends.get(chain, (0, NOTHING_BEFORE))
        row |= {'chain': chain, 'sequence': sequence + 1, 'previous_hash': previous}
        changed = {name: row[name] for name in ('chain', 'sequence', 'previous_hash')} | {'hash': hash_of(row)}
        connection.execute(sa.update(EVENTS).where(EVENTS.c.id == one).values(**changed))
        ends[chain] = (sequence + 1, changed['hash'])
    for chain, (sequence, last) in ends.items():
        connection.execute(sa.insert(HEADS).values(chain=chain, sequence=sequence, hash=last))


def downgrade() -> None:
    unguard(op.get_bind())
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_event') as table:
        table.drop_constraint('audit_event_chain_sequence', type_='unique')
        table.drop_constraint('channel', type_='check')
        for name in ('channel', 'address', 'chain', 'sequence', 'previous_hash', 'hash'):
            table.drop_column(name)
