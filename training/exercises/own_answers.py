"""A person's own answers, for them: counted, in a copy of their data, and deleted when they wish."""

from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.audit_hash import plain
from models.exercise import ExerciseAttempt, ExerciseDraft, ExerciseObjection
from models.exercise_words import forget_answers, words_kept
from models.permissions import Actor
from models.person import Person
from training.exercises.attempts import attempts_of, written_words

Data = dict[str, Any]


def answers_data(session: Session, person: Person) -> Data:
    """Everything that is kept of what they did in exercises."""
    drafts = select(ExerciseDraft).where(col(ExerciseDraft.person_id) == person.id).order_by(col(ExerciseDraft.id))
    return {
        "exercises": [_attempt(session, one) for one in attempts_of(session, person.id)],
        "exercise_drafts": [
            {"exercise": one.exercise, "text": (words_kept(session, one) or {}).get("text"), "at": plain(one.at)}
            for one in session.exec(drafts)
        ],
    }  # fmt: skip


def _attempt(session: Session, row: ExerciseAttempt) -> Data:
    words = written_words(session, row)
    asked = session.exec(select(ExerciseObjection).where(col(ExerciseObjection.attempt_id) == row.id)).first()
    return {
        "module": row.module, "edition": row.edition, "exercise": row.exercise, "attempt": row.number,
        "at": plain(row.at), "seconds": row.seconds, "scored": row.scored, "counts_as": row.outcome.value,
        "not_scored_because": row.odd, "probability_that_it_is_met": row.met_share, "coder": row.coder,
        "chosen": row.choice, "written": words.answer if words else None,
        "coded": [{"text": one.text, "code": one.code.value} for one in words.lines if one.turn == words.lines[-1].turn]
        if words else [],
        "objection": {
            "why": words_kept(session, asked), "at": plain(asked.asked_at), "decided_at": plain(asked.decided_at),
            "outcome": asked.outcome.value if asked.outcome else None,
            "answer": words_kept(session, asked, column="answer"),
        } if asked else None,
    }  # fmt: skip


def answers_held(session: Session, person: Person) -> str:
    """For the page of their data."""
    mine = select(func.count()).select_from(ExerciseAttempt).where(col(ExerciseAttempt.person_id) == person.id)
    count = session.exec(mine).one()
    if not count:
        return "None"
    written = session.exec(mine.where(col(ExerciseAttempt.sealed).is_not(None))).one()
    return (
        f"{'1 answer' if count == 1 else f'{count} answers'} and what became of them, {written} in your own words. "
        "Nobody but you sees them, save those that you sent to a coach"
    )


def delete_answers(session: Session, *, by: Actor) -> int:
    """What they wrote, for good, and at their own wish; how many answers that were. What became of each stays, without
    a word. Raises nothing where there is none."""
    person = session.get_one(Person, by.person_id)
    gone = forget_answers(session, person.id)
    record_audit(
        session, action="answers_deleted", subject=person, organisation_id=by.organisation_id, by=by.person_id,
        answers=str(gone),
    )  # fmt: skip
    return gone
