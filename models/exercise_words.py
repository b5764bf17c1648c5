"""What people wrote in exercises, sealed under one key for each person: it all goes at once when that key does."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, select

from models.cipher import SealBroken
from models.exercise import ExerciseAttempt, ExerciseDraft, ExerciseObjection
from models.keys import SessionKey, WordsGone, forget_key, make_session_key
from models.lock import hold_lock
from models.sealed import open_from, seal_into


def answers_key(person_id: UUID) -> UUID:
    """The id under which the key of a person's answers is kept, beside those of sessions."""
    return uuid5(person_id, "what somebody wrote in exercises")


def answers_keys(session: Session) -> set[UUID]:
    """Of everybody who wrote in exercises."""
    people = {
        *session.exec(select(ExerciseAttempt.person_id).distinct()),
        *session.exec(select(ExerciseDraft.person_id).distinct()),
    }
    return {answers_key(one) for one in people}


def keep_words(session: Session, row: SQLModel, value: object, *, column: str = "sealed") -> None:
    """The row has its id, `person_id` and `organisation_id`. Raises OrganisationGone, KeyDoesNotFit."""
    person_id: UUID = row.person_id  # type: ignore[attr-defined]
    key_id = answers_key(person_id)
    hold_lock(session, f"answers of {person_id}")
    if session.get(SessionKey, key_id) is None:
        make_session_key(session, organisation_id=row.organisation_id, session_id=key_id)  # type: ignore[attr-defined]
    seal_into(session, row, value, session_id=key_id, column=column)


def words_kept(session: Session, row: SQLModel, *, column: str = "sealed") -> Any | None:
    """None where they are gone. Raises KeyDoesNotFit."""
    if not getattr(row, column):
        return None
    try:
        return open_from(session, row, session_id=answers_key(row.person_id), column=column)  # type: ignore[attr-defined]
    except (WordsGone, SealBroken):
        return None


def forget_answers(session: Session, person_id: UUID) -> int:
    """Everything the person wrote in exercises, drafts included; how many answers that were. What became of each stays,
    without a word, and without why it was not scored, which may tell how somebody was. An objection that nobody has
    decided ends: there is nothing left to look at."""
    attempts = update(ExerciseAttempt).where(
        col(ExerciseAttempt.person_id) == person_id, col(ExerciseAttempt.sealed).is_not(None)
    )
    gone = session.connection().execute(attempts.values(sealed=None, odd=None)).rowcount
    theirs = col(ExerciseObjection.person_id) == person_id
    session.exec(delete(ExerciseObjection).where(theirs, col(ExerciseObjection.decided_at).is_(None)))
    session.exec(update(ExerciseObjection).where(theirs).values(sealed=None, answer=None))
    session.exec(delete(ExerciseDraft).where(col(ExerciseDraft.person_id) == person_id))
    forget_key(session, answers_key(person_id))
    session.expire_all()
    return gone


def forget_old_words(session: Session, organisation_id: UUID, *, before: datetime) -> int:
    """What was written before that moment, and about it; how many answers and drafts."""
    old = select(ExerciseAttempt.id).where(
        col(ExerciseAttempt.organisation_id) == organisation_id, col(ExerciseAttempt.at) < before
    )
    about_old = col(ExerciseObjection.attempt_id).in_(old)
    session.exec(delete(ExerciseObjection).where(about_old, col(ExerciseObjection.decided_at).is_(None)))
    session.exec(update(ExerciseObjection).where(about_old).values(sealed=None, answer=None))
    written = col(ExerciseAttempt.sealed).is_not(None)
    attempts = update(ExerciseAttempt).where(col(ExerciseAttempt.id).in_(old), written)
    gone = session.connection().execute(attempts.values(sealed=None, odd=None)).rowcount
    drafts = delete(ExerciseDraft).where(
        col(ExerciseDraft.organisation_id) == organisation_id, col(ExerciseDraft.at) < before
    )
    gone += session.connection().execute(drafts).rowcount
    session.expire_all()
    return gone


def forget_old_attempts(session: Session, organisation_id: UUID, *, before: datetime) -> int:
    """With the objections to them; how many attempts."""
    old = select(ExerciseAttempt.id).where(
        col(ExerciseAttempt.organisation_id) == organisation_id, col(ExerciseAttempt.at) < before
    )
    session.exec(delete(ExerciseObjection).where(col(ExerciseObjection.attempt_id).in_(old)))
    found = delete(ExerciseAttempt).where(col(ExerciseAttempt.id).in_(old))
    gone = session.connection().execute(found.execution_options(synchronize_session=False)).rowcount
    session.expire_all()
    return gone
