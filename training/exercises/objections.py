""" "That is not fair": a coach of the person's team reads the answer and decides whether it counts as met."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from coding.feedback.text import read_words
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotAllowed, NotFound
from models.exercise import ExerciseAttempt, ExerciseObjection, ObjectionOutcome, Outcome
from models.exercise_words import keep_words, words_kept
from models.learning_permissions import may_answer_objection
from models.lock import hold_lock
from models.permissions import Actor, Permission, may_in_some_team
from models.person import Person
from models.sign_in import current_teams
from training.exercises.attempts import WrittenWords, tell_answer, written_words
from training.modules.library import library_for

MOST_WORDS = 1000
"""Characters of why somebody objects, and of a coach's answer."""


class CannotObject(EvokeError):
    status = 409
    code = "cannot_object"


class ObjectionDecided(EvokeError):
    status = 409
    code = "objection_decided"


@dataclass(frozen=True)
class ObjectionView:
    """`words` is None where they are gone. `answer` is the coach's sentence, empty while nobody has decided."""

    row: ExerciseObjection
    attempt: ExerciseAttempt
    by: str
    reason: str
    words: WrittenWords | None
    decided_by: str
    answer: str

    @property
    def at(self) -> datetime:
        return self.row.asked_at


def object_to(session: Session, *, attempt: ExerciseAttempt, reason: str, by: Actor) -> ExerciseObjection:
    """By who wrote the answer, once. Raises NotFound, CannotObject, FeedbackWrong."""
    if attempt.person_id != by.person_id:
        raise NotFound("There is no such answer, or it is not yours to see.")
    if attempt.outcome is Outcome.MET or attempt.sealed is None or attempt.met_share is None:
        raise CannotObject("There is no score here that a coach could change.")
    hold_lock(session, f"exercises of {by.person_id}")  # two clicks are one objection
    if objection_to(session, attempt.id) is not None:
        raise CannotObject("You have sent this to a coach already. Their answer will stand on this page.")
    reason = read_words(reason, field="reason", missing="Say in a sentence what you meant.", most=MOST_WORDS)
    row = ExerciseObjection(attempt_id=attempt.id, person_id=by.person_id, organisation_id=attempt.organisation_id)
    keep_words(session, row, reason)
    session.add(row)
    _note(session, "exercise_objected_to", row, attempt, by)
    return row


def answer_objection(session: Session, *, objection_id: UUID, uphold: bool, answer: str, by: Actor) -> None:
    """Raises NotFound, NotAllowed, ObjectionDecided, FeedbackWrong."""
    row = require_objection(session, objection_id, by=by, lock=True)
    if row.decided_at is not None:
        raise ObjectionDecided("Another coach has decided this meanwhile.")
    answer = read_words(answer, field="answer", missing="Say why, in a sentence. They will read it.", most=MOST_WORDS)
    row.outcome = ObjectionOutcome.UPHELD if uphold else ObjectionOutcome.KEPT
    row.decided_at, row.decided_by_id = utc_now(), by.person_id
    keep_words(session, row, answer, column="answer")
    session.add(row)
    attempt = session.get_one(ExerciseAttempt, row.attempt_id)
    if uphold:
        attempt.outcome = Outcome.MET
        session.add(attempt)
        module = library_for(session, attempt.organisation_id).module(attempt.module)
        tell_answer(session, attempt, module_title=module.head.title if module else "a module", by_coach=True)
    _note(session, "exercise_objection_answered", row, attempt, by, outcome=row.outcome.value)


def require_objection(
    session: Session, objection_id: UUID, *, by: Actor, lock: bool = False
) -> ExerciseObjection:  # fmt: skip
    """For a coach of a team that the person is in now. Raises NotFound, and NotAllowed for who wrote it."""
    row = session.get(ExerciseObjection, objection_id, with_for_update=lock, populate_existing=lock)
    if row is not None and row.person_id == by.person_id:
        raise NotAllowed("This is your own answer, so another coach decides about it.")
    if row is None or not _may_answer(session, row, by):
        raise NotFound("There is no such answer, or it is not yours to see.")
    return row


def _may_answer(session: Session, row: ExerciseObjection, by: Actor) -> bool:
    teams = current_teams(session, row.person_id)
    return may_answer_objection(by, organisation_id=row.organisation_id, owner_id=row.person_id, team_ids=teams)


def objection_to(session: Session, attempt_id: UUID) -> ExerciseObjection | None:
    return session.exec(select(ExerciseObjection).where(col(ExerciseObjection.attempt_id) == attempt_id)).first()


def view_of(session: Session, row: ExerciseObjection) -> ObjectionView:
    attempt = session.get_one(ExerciseAttempt, row.attempt_id)
    coach = session.get(Person, row.decided_by_id) if row.decided_by_id else None
    return ObjectionView(
        row, attempt, session.get_one(Person, row.person_id).name, words_kept(session, row) or "",
        written_words(session, attempt), coach.name if coach else "", words_kept(session, row, column="answer") or "",
    )  # fmt: skip


def waiting_for(session: Session, by: Actor) -> list[ObjectionView]:
    """Those that the coach may decide, the oldest first."""
    return [view_of(session, row) for row in _waiting(session, by)]


def objections_waiting(session: Session, by: Actor) -> int:
    return len(_waiting(session, by))


def _waiting(session: Session, by: Actor) -> list[ExerciseObjection]:
    if not may_in_some_team(by, Permission.ANSWER_OBJECTION):
        return []
    here = col(ExerciseObjection.organisation_id) == by.organisation_id
    rows = select(ExerciseObjection).where(here, col(ExerciseObjection.decided_at).is_(None))
    found = session.exec(rows.order_by(col(ExerciseObjection.asked_at)))
    return [row for row in found if _may_answer(session, row, by)]


MOST_UPHELD = 100


def upheld(session: Session, by: Actor) -> list[ObjectionView]:
    """Answers of the authority that coaches found better than their score, the newest first: what the coder and the
    exercise can be corrected by. The pages that show them name nobody."""
    if not may_in_some_team(by, Permission.ANSWER_OBJECTION):
        return []
    rows = select(ExerciseObjection).where(
        col(ExerciseObjection.organisation_id) == by.organisation_id,
        col(ExerciseObjection.outcome) == ObjectionOutcome.UPHELD, col(ExerciseObjection.sealed).is_not(None),
    )  # fmt: skip
    newest = rows.order_by(col(ExerciseObjection.decided_at).desc()).limit(MOST_UPHELD)
    return [view_of(session, row) for row in session.exec(newest)]


def _note(
    session: Session, action: str, row: ExerciseObjection, attempt: ExerciseAttempt, by: Actor, **details: str
) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=row.organisation_id, by=by.person_id,
        exercise=attempt.exercise, **details,
    )  # fmt: skip
