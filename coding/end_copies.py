"""Copies of what is held about a person end: after their days, when somebody says so, and when words in them go."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, or_, select

from models.audit import record_audit
from models.columns import utc_now
from models.consent import Participant
from models.data_copy import KEPT, DataCopy
from models.keys import forget_key
from models.practice import PracticeSession


def end_copies_about(session: Session, practice: PracticeSession, *, by: UUID | None) -> int:
    """Those that hold, or are about to hold, words of the session: its practitioner's and its participants'. How many.
    Whoever is making one finds its row gone."""
    participants = select(Participant.id).where(col(Participant.session_id) == practice.id)
    about = or_(
        col(DataCopy.person_id) == practice.practitioner_id, col(DataCopy.participant_id).in_(participants)
    )  # fmt: skip
    return end_copies(session, session.exec(select(DataCopy).where(about)).all(), by=by)


def end_old_copies(session: Session) -> int:
    """Those whose days are over, and those that nobody could make for as long; how many."""
    now = utc_now()
    stopped = col(DataCopy.problem).is_not(None) & (col(DataCopy.asked_at) <= now - KEPT)
    old = select(DataCopy).where(or_(col(DataCopy.expires_at) <= now, stopped))
    return end_copies(session, session.exec(old).all(), by=None)


def end_copies(session: Session, copies: Iterable[DataCopy], *, by: UUID | None) -> int:
    """With their files and their keys."""
    ended = 0
    for copy in copies:
        one = session.get(DataCopy, copy.id, with_for_update=True, populate_existing=True)
        if one is None:  # somebody else ended it at this moment
            continue
        session.delete(one)
        session.flush()
        forget_key(session, one.id)
        record_audit(session, action="data_copy_ended", subject=one, organisation_id=one.organisation_id, by=by)
        ended += 1
    return ended
