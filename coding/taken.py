"""Sharing sessions out: a coach takes one to review, gives it to another coach of the team, or hands it back."""

from uuid import UUID

from sqlmodel import Session, col, select

from coding.review.sign_off import signed_off
from models.audit import record_audit
from models.errors import EvokeError
from models.organisation import Organisation
from models.permissions import Actor, Permission, require
from models.practice import PracticeSession
from models.session_permissions import require_session
from models.taken_session import TakenSession
from models.who_may import who_may

DAYS = range(1, 366)


class CannotTake(EvokeError):
    status = 409
    code = "cannot_take"


class DaysWrong(EvokeError):
    code = "days_wrong"

    def __init__(self) -> None:
        super().__init__(f"Enter a whole number of days from {DAYS.start} to {DAYS.stop - 1}.")
        self.fields = {"days": self.message}


def take_session(session: Session, *, practice: PracticeSession, coach_id: UUID, by: Actor) -> None:
    """For `coach_id`, who reviews it next; whoever had it before has it no longer. The same again changes nothing.

    Raises NotFound, NotAllowed, CannotTake.
    """
    require_session(by, Permission.REVIEW_SESSION, practice)
    session.refresh(practice, with_for_update=True)  # two who take it at once do so one after the other
    if signed_off(session, practice.id) is not None:
        raise CannotTake("This session is signed off already, so it does not wait any more.")
    if coach_id not in {one.id for one in who_may(session, Permission.REVIEW_SESSION, practice)}:
        raise CannotTake("Choose a coach of the team whose own session it is not.")
    row = taken_of(session, practice.id)
    if row is not None and row.coach_id == coach_id:
        return
    if row is not None and coach_id == by.person_id:
        raise CannotTake("Another coach has taken this session meanwhile. Choose another one, or ask them for it.")
    row = row or TakenSession(session_id=practice.id, coach_id=coach_id, by_id=by.person_id)
    row.coach_id, row.by_id = coach_id, by.person_id
    session.add(row)
    session.flush()
    action = "session_taken" if coach_id == by.person_id else "session_given"
    _record(session, action, practice, by, coach_id=str(coach_id))


def hand_back(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """To the queue, where any coach of the team may take it. One that nobody has changes nothing.

    Raises NotFound, NotAllowed.
    """
    require_session(by, Permission.REVIEW_SESSION, practice)
    row = taken_of(session, practice.id)
    if row is not None:
        session.delete(row)
        session.flush()
        _record(session, "session_handed_back", practice, by)


def taken_of(session: Session, session_id: UUID) -> TakenSession | None:
    return session.exec(select(TakenSession).where(col(TakenSession.session_id) == session_id)).first()


def set_review_days(session: Session, *, days: str, by: Actor) -> None:
    """How many days after a session was added its review is due. Raises NotFound, DaysWrong."""
    require(by, Permission.MANAGE_SETTINGS)
    if not days.strip().isascii() or not days.strip().isdigit() or int(days.strip()[:6]) not in DAYS:
        raise DaysWrong
    organisation = session.get_one(Organisation, by.organisation_id)
    if organisation.review_days != int(days):
        organisation.review_days = int(days)
        session.add(organisation)
        record_audit(
            session, action="review_days_set", subject=organisation, organisation_id=organisation.id, by=by.person_id,
            days=str(int(days)),
        )  # fmt: skip


def _record(session: Session, action: str, practice: PracticeSession, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=practice, organisation_id=practice.organisation_id, by=by.person_id, **details
    )
