"""What somebody wrote in their record of learning, sealed under one key of theirs, and how it ends."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlmodel import Session, col, delete, select

from models.certificate import LearningEntry, LearningPaper
from models.columns import utc_now
from models.keys import SessionKey, forget_key, make_session_key
from models.lock import hold_lock
from models.person import Person

PAPER_KEPT = timedelta(days=7)


def record_key(person_id: UUID) -> UUID:
    """The id under which the key of a person's record is kept, beside those of sessions."""
    return uuid5(person_id, "a record of learning")


def make_record_key(session: Session, *, person_id: UUID, organisation_id: UUID) -> UUID:
    """Its id, made where there is none yet. Raises OrganisationGone."""
    key_id = record_key(person_id)
    hold_lock(session, f"record of {person_id}")
    if session.get(SessionKey, key_id) is None:
        make_session_key(session, organisation_id=organisation_id, session_id=key_id)
    return key_id


def record_keys(session: Session) -> set[UUID]:
    """Of everybody who has a record."""
    people = {*session.exec(select(LearningEntry.person_id)), *session.exec(select(LearningPaper.person_id))}
    return {record_key(one) for one in people}


def forget_records_of_leavers(session: Session, *, before: datetime) -> int:
    """Of those who left before that moment; how many people had one."""
    gone = select(Person.id).where(col(Person.left_at) < before)
    people = {
        *session.exec(select(LearningEntry.person_id).where(col(LearningEntry.person_id).in_(gone))),
        *session.exec(select(LearningPaper.person_id).where(col(LearningPaper.person_id).in_(gone))),
    }
    for person_id in people:
        session.exec(delete(LearningEntry).where(col(LearningEntry.person_id) == person_id))
        session.exec(delete(LearningPaper).where(col(LearningPaper.person_id) == person_id))
        forget_key(session, record_key(person_id))
    return len(people)


def end_old_papers(session: Session) -> None:
    """Each PDF a week after it was made."""
    session.exec(delete(LearningPaper).where(col(LearningPaper.made_at) <= utc_now() - PAPER_KEPT))
