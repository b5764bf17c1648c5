"""Rows of the audit trail that are about one person: what they did, and what others did to what is theirs."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from models.audit import AuditEvent
from models.audit_hash import plain
from models.person import Person
from models.session_request import SessionRequest
from training.audit_list import CHANNELS, action_shown

OWN = "you"


def trail_about(
    session: Session, subjects: Collection[UUID], *, reader: Person | None, organisation_id: UUID | None = None
) -> list[dict[str, object]]:
    """The oldest first, of the trail of the reader's organisation or of `organisation_id`.

    Of what somebody else did it says what and when, not who nor from where; of what the reader did to something that is
    nobody's or another's, not to what.
    """
    asked = select(SessionRequest.id).where(col(SessionRequest.session_id).in_(subjects))
    theirs = {*subjects, *session.exec(asked)}
    about: ColumnElement[bool] = col(AuditEvent.subject_id).in_(theirs)
    if reader is not None:
        about = or_(about, col(AuditEvent.actor_id) == reader.id)
        organisation_id = reader.organisation_id
    rows = select(AuditEvent).where(col(AuditEvent.chain) == organisation_id, about)
    return [_shown(row, theirs, reader) for row in session.exec(rows.order_by(col(AuditEvent.sequence)))]


def _shown(row: AuditEvent, theirs: Collection[UUID], reader: Person | None) -> dict[str, object]:
    own = reader is not None and row.actor_id == reader.id
    shown: dict[str, object] = {
        "at": plain(row.at),
        "action": row.action,
        "meaning": action_shown(row.action),
        "by": OWN if own else "somebody else" if row.actor_id else "Evoke",
        "about": str(row.subject_id) if row.subject_id in theirs else None,
        "from": f"{CHANNELS[row.channel]} {row.address}".strip() if own else None,
    }
    if row.subject_id in theirs:
        shown["details"] = dict(row.details)
    return shown
