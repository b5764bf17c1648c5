"""Legal holds: as long as one lasts, nothing of a session is deleted, whatever else says so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.keys import WordsGone
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.queue import enqueue
from models.retention import SessionHold
from models.sealed import open_from, seal_into
from models.session_permissions import may_on, require_record
from models.withdrawal import Withdrawal

SHORTEST, LONGEST = 5, 500
"""Characters of a reason."""


class HoldWrong(EvokeError):
    code = "hold_wrong"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.fields = {"reason": sentence}


class HeldAlready(EvokeError):
    status = 409
    code = "held_already"


class NotHeld(EvokeError):
    status = 409
    code = "not_held"


class UnderHold(EvokeError):
    status = 409
    code = "under_hold"

    def __init__(self) -> None:
        super().__init__(
            "This session is under a legal hold, and until it is lifted nothing of it may be changed for good. Names "
            "can be checked and covered after that; ask your data protection officer when it will be."
        )
        self.fields = {"more": self.message}


@dataclass(frozen=True)
class HoldView:
    """`lifted_at` is None while it lasts. For those who may place and lift holds."""

    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None


def place_hold(session: Session, *, practice: PracticeSession, reason: str, by: Actor) -> SessionHold:
    """From the commit on nothing more of it is deleted; a recording that is just being deleted goes nevertheless.

    Raises NotFound, HoldWrong, HeldAlready.
    """
    session.refresh(practice, with_for_update=True)  # no deletion begins meanwhile
    require_record(by, Permission.HOLD_SESSION, practice)
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        raise HoldWrong(f"Say why it is held, in {SHORTEST} to {LONGEST} characters. Leave out names of a family.")
    if is_held(session, practice.id):
        raise HeldAlready("This session is under a legal hold already.")
    hold = SessionHold(session_id=practice.id, sealed=b"", placed_by_id=by.person_id)
    seal_into(session, hold, reason, session_id=practice.id)
    session.add(hold)
    _audit(session, "hold_placed", practice, by)
    return hold


def lift_hold(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """A deletion that waited for it begins now; periods that are over are seen to in the next night.

    Raises NotFound, NotHeld.
    """
    require_holdable(session, practice, by=by)
    session.refresh(practice, with_for_update=True)
    hold = _open_hold(session, practice.id)
    if hold is None:
        raise NotHeld("This session is not under a legal hold.")
    hold.lifted_at, hold.lifted_by_id = utc_now(), by.person_id
    session.add(hold)
    session.flush()
    waits = select(Withdrawal).where(col(Withdrawal.session_id) == practice.id, col(Withdrawal.done_at).is_(None))
    withdrawal = session.exec(waits).first()
    if withdrawal is not None:
        enqueue(session, "delete_session", organisation_id=practice.organisation_id, withdrawal_id=withdrawal.id)
    _audit(session, "hold_lifted", practice, by)


def require_holdable(session: Session, practice: PracticeSession | None, *, by: Actor) -> PracticeSession:
    """The record of a session for who may hold it; a withdrawn one only as long as a hold keeps it. Raises NotFound."""
    if practice is not None and practice.withdrawn_at is not None and is_held(session, practice.id):
        if may_on(by, Permission.HOLD_SESSION, practice):
            return practice
        raise NotFound("There is no such session, or it is not yours to see.")
    return require_record(by, Permission.HOLD_SESSION, practice)


def is_held(session: Session, session_id: UUID) -> bool:
    return _open_hold(session, session_id) is not None


def require_not_held(session: Session, practice: PracticeSession) -> None:
    """For what takes words or sound away; the caller has locked the session. Raises UnderHold."""
    if is_held(session, practice.id):
        raise UnderHold


def held_since(session: Session, session_id: UUID) -> datetime | None:
    hold = _open_hold(session, session_id)
    return hold.placed_at if hold else None


def holds_of(session: Session, practice: PracticeSession) -> list[HoldView]:
    """The newest first."""
    rows = select(SessionHold).where(col(SessionHold.session_id) == practice.id)
    return [hold_view(session, row) for row in session.exec(rows.order_by(col(SessionHold.placed_at).desc()))]


def hold_view(session: Session, row: SessionHold) -> HoldView:
    return HoldView(
        _reason(session, row), _name(session, row.placed_by_id), row.placed_at, _name(session, row.lifted_by_id),
        row.lifted_at,
    )  # fmt: skip


def _reason(session: Session, row: SessionHold) -> str:
    try:
        return str(open_from(session, row, session_id=row.session_id))
    except WordsGone:
        return "(cannot be read any more: the organisation’s keys are destroyed)"


def _name(session: Session, person_id: UUID | None) -> str:
    return session.get_one(Person, person_id).name if person_id else ""


def _open_hold(session: Session, session_id: UUID) -> SessionHold | None:
    open_one = select(SessionHold).where(
        col(SessionHold.session_id) == session_id, col(SessionHold.lifted_at).is_(None)
    )
    return session.exec(open_one).first()


def _audit(session: Session, action: str, practice: PracticeSession, by: Actor) -> None:
    """Without the reason, which could name somebody: the trail outlives the session."""
    organisation_id = practice.organisation_id
    record_audit(session, action=action, subject=practice, organisation_id=organisation_id, by=by.person_id)
