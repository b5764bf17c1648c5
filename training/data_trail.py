"""Rows of the audit trail that are about one person: what they did, and what others did to what is theirs."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, or_, select

from models.audit import AuditEvent
from models.audit_hash import plain
from models.consent import Participant
from models.person import Person
from models.session_request import SessionRequest
from training.audit_list import CHANNELS, action_shown

OWN = "you"
COPIES = ("data_copy_asked", "exported")
"""Whose copy it was is their affair alone."""


def trail_about(
    session: Session, subjects: Collection[UUID], *, reader: Person | Participant, organisation_id: UUID
) -> list[dict[str, object]]:
    """The oldest first, of the organisation's trail.

    Of what somebody else did it says what and when, not who nor from where; of what the reader did to something that is
    nobody's or another's, not to what. What a practitioner contests is not a participant's, and nobody learns that
    another had a copy made.
    """
    theirs = {*subjects}
    if isinstance(reader, Person):
        theirs |= {*session.exec(select(SessionRequest.id).where(col(SessionRequest.session_id).in_(subjects)))}
    about = or_(col(AuditEvent.subject_id).in_(theirs), col(AuditEvent.actor_id) == reader.id)
    rows = select(AuditEvent).where(col(AuditEvent.chain) == organisation_id, about)
    found = session.exec(rows.order_by(col(AuditEvent.sequence)))
    return [_shown(row, theirs, reader) for row in found if not _of_another(row, reader)]


def _of_another(row: AuditEvent, reader: Person | Participant) -> bool:
    if row.action not in COPIES:
        return False
    if isinstance(reader, Person):
        return reader.id not in (row.actor_id, row.subject_id)
    return row.details.get("participant") != str(reader.position)


def _shown(row: AuditEvent, theirs: Collection[UUID], reader: Person | Participant) -> dict[str, object]:
    own = row.actor_id == reader.id
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
