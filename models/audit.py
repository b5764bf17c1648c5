"""Who did, saw or exported what, when and from where. A row outlives its subject: it names it by id, without a key.

The rows of an organisation form a chain, and so do the system's own: each holds the hash of the one before it (see
models.audit_chain), and the database refuses to change or delete one.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, event
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Field, Session, SQLModel

from models.audit_hash import FIELDS, NOTHING_BEFORE, SYSTEM, hash_of, plain
from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now
from models.ledger_actions import NOTED
from models.lock import hold_lock
from models.origin import LONGEST_ADDRESS, Channel, current_origin

_WAITING = "audit rows of this transaction"
_COMMITTING = "audit rows that this commit writes"


class AuditEvent(SQLModel, table=True):
    """`actor_id` is empty for the system itself. `details` never holds what people said. `chain` is the organisation's
    id or SYSTEM; `sequence` counts from 1 in it."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("chain", "sequence", name="audit_event_chain_sequence"),
        Index("ix_audit_subject", "subject_type", "subject_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    organisation_id: UUID | None = Field(default=None, index=True)
    actor_id: UUID | None = None
    action: str = Field(max_length=64)
    subject_type: str = Field(max_length=40)
    subject_id: UUID
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    channel: Channel = Field(default=Channel.NOT_KNOWN, sa_type=enum_type(Channel))
    address: str = Field(default="", max_length=LONGEST_ADDRESS)
    chain: UUID
    sequence: int
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)

    def as_values(self) -> dict[str, Any]:
        """As plain JSON values, in the order in which they are exported."""
        return {name: plain(getattr(self, name)) for name in (*FIELDS, "hash")}


class AuditHead(SQLModel, table=True):
    """The last row of a chain, so that a chain whose end was cut off does not look whole. It only moves forward."""

    __tablename__ = "audit_head"

    chain: UUID = Field(primary_key=True)
    sequence: int
    hash: str = Field(max_length=64)


def record_audit(
    session: Session, *, action: str, subject: SQLModel, organisation_id: UUID | None, by: UUID | None, **details: str
) -> None:
    """Writes the row in the caller's transaction, so that the change and its audit stand or fall together.

    It is chained and written just before the commit: the chain is then held for a moment only, and as a transaction's
    last lock, so that two that audit never wait for each other in a circle.
    """
    subject_id: UUID = subject.id  # type: ignore[attr-defined]
    _note(session, action, type(subject).__name__, subject_id, organisation_id, by, details)


def record_check_of_trail(session: Session, *, whole: bool) -> None:
    """That somebody looked whether every chain is whole, and what came out. It is a row of the system's own chain."""
    _note(session, "audit_checked", "AuditHead", SYSTEM, None, None, {"whole": "yes" if whole else "no"})


def _note(
    session: Session, action: str, subject_type: str, subject_id: UUID, organisation_id: UUID | None, by: UUID | None,
    details: dict[str, str],
) -> None:  # fmt: skip
    session.flush()
    origin = current_origin()
    row = AuditEvent(
        organisation_id=organisation_id, actor_id=by, action=action, subject_type=subject_type, subject_id=subject_id,
        details=details,
        channel=origin.channel, address=origin.address,
        chain=organisation_id or SYSTEM, sequence=0, previous_hash="", hash="",
    )  # fmt: skip
    session.info.setdefault(_WAITING, []).append((row, tuple(_savepoints(session))))


def _savepoints(session: Session) -> Iterator[SessionTransaction]:
    transaction = session.get_nested_transaction()
    while transaction is not None:
        if transaction.nested:
            yield transaction
        transaction = transaction.parent


@event.listens_for(Session, "before_commit")
def _write_waiting(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint; the transaction itself is not over
    waiting: list[tuple[AuditEvent, Any]] = session.info.pop(_WAITING, [])
    by_chain: dict[UUID, list[AuditEvent]] = {}
    for row, _ in waiting:
        by_chain.setdefault(row.chain, []).append(row)
    for chain in sorted(by_chain):  # always in the same order
        _append(session, chain, by_chain[chain])
    session.info[_COMMITTING] = [row.as_values() for row, _ in waiting if row.action in NOTED]


@event.listens_for(Session, "after_commit")
def _note_outside(session: Session) -> None:
    if rows := session.info.pop(_COMMITTING, None):
        from models.deletion_ledger import note_rows  # it reads what is written here

        note_rows(session, rows)


@event.listens_for(Session, "after_soft_rollback")
def _forget_undone(session: Session, undone: SessionTransaction) -> None:
    """What a savepoint's end undid was not done, and is not audited."""
    waiting = session.info.get(_WAITING, [])
    session.info[_WAITING] = [one for one in waiting if undone.nested and undone not in one[1]]
    if not undone.nested:
        session.info.pop(_COMMITTING, None)


def _append(session: Session, chain: UUID, rows: list[AuditEvent]) -> None:
    hold_lock(session, f"audit chain {chain}")
    session.flush()
    head = session.get(AuditHead, chain, populate_existing=True)
    if head is None:
        head = AuditHead(chain=chain, sequence=0, hash=NOTHING_BEFORE)
    for row in rows:
        row.sequence, row.previous_hash = head.sequence + 1, head.hash
        row.hash = hash_of(row.as_values())
        head.sequence, head.hash = row.sequence, row.hash
        session.add(row)
    session.add(head)
    session.flush()
