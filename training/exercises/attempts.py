"""Answers to exercises, as they are kept: drafts, attempts with what became of them, and how far somebody is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from coding.coder.desk import CodedLine
from models.audit import record_audit
from models.columns import new_id, utc_now
from models.errors import NotFound
from models.exercise import ExerciseAttempt, ExerciseDraft, Outcome
from models.exercise_words import keep_words, words_kept
from models.lock import hold_lock
from models.permissions import Actor
from models.xapi import note_statement
from models.xapi_kept import StatementKind
from training.exercises.chosen import outcome_of
from training.exercises.format import Chosen, Written
from training.exercises.odd import Odd
from training.exercises.score import Score
from training.modules.load import Placed

LONGEST_SECONDS = 3600
"""From page to answer: who took longer was away."""


@dataclass(frozen=True)
class WrittenWords:
    """What was written, and all lines of the talk as they were coded; none where it was not."""

    answer: str
    lines: tuple[CodedLine, ...]
    perhaps_else: bool = False


@dataclass(frozen=True)
class Sent:
    """What every form brings: its own id, and the seconds since its page was made, None where that is not known."""

    client_id: UUID
    seconds: int | None


def keep_draft(session: Session, *, exercise_id: str, text: str, by: Actor) -> None:
    """In place of what was kept before; nothing is kept of nothing. The audit trail has that it was begun, not each
    word."""
    hold_lock(session, f"exercises of {by.person_id}")
    row = _draft(session, by.person_id, exercise_id)
    if not text.strip():
        if row is not None:
            session.delete(row)
        return
    new = row is None
    if row is None:
        row = ExerciseDraft(person_id=by.person_id, organisation_id=by.organisation_id, exercise=exercise_id)
    row.at = utc_now()
    keep_words(session, row, {"text": text})
    session.add(row)
    if new:
        record_audit(
            session, action="exercise_draft_begun", subject=row, organisation_id=by.organisation_id, by=by.person_id,
            exercise=exercise_id,
        )  # fmt: skip


def draft_of(session: Session, person_id: UUID, exercise_id: str) -> str:
    row = _draft(session, person_id, exercise_id)
    kept = words_kept(session, row) if row is not None else None
    return str(kept["text"]) if kept else ""


def _draft(session: Session, person_id: UUID, exercise_id: str) -> ExerciseDraft | None:
    found = select(ExerciseDraft).where(
        col(ExerciseDraft.person_id) == person_id, col(ExerciseDraft.exercise) == exercise_id
    )
    return session.exec(found).first()


def keep_written(
    session: Session, *, placed: Placed, words: WrittenWords, score: Score | None, odd: Odd | None, coder: str,
    sent: Sent, by: Actor,
) -> ExerciseAttempt:  # fmt: skip
    """`score` is None for an answer that was not scored. Its draft goes. A hostile answer is not met, whatever it was
    coded as."""
    assert isinstance(placed.exercise, Written)
    outcome = score.outcome if score else Outcome.NOT_SCORED
    if odd is Odd.HOSTILE:
        outcome = Outcome.NOT_YET
    known = sent_before(session, sent, by=by)
    draft = _draft(session, by.person_id, placed.exercise.id)
    if draft is not None:
        session.delete(draft)
    if known is not None:
        before = written_words(session, known)
        if before is None or before.answer == words.answer:
            return known
        sent = replace(sent, client_id=new_id())  # gone back to, and written anew
    row = _new(session, placed, outcome, sent, by)
    row.odd = odd.value if odd else None
    row.met_share, row.coder = (score.met_share, coder) if score else (None, None)
    kept = {"answer": words.answer, "lines": [one.as_json() for one in words.lines], "else": words.perhaps_else}
    keep_words(session, row, kept)
    session.add(row)
    _note(session, row, by)
    tell_answer(session, row, module_title=placed.module.head.title)
    return row


def keep_chosen(session: Session, *, placed: Placed, choice: str, sent: Sent, by: Actor) -> ExerciseAttempt:
    """`choice` as `training.exercises.chosen.read_choice` gives it."""
    assert isinstance(placed.exercise, Chosen)
    if (known := sent_before(session, sent, by=by)) is not None:
        if known.choice == choice:
            return known
        sent = replace(sent, client_id=new_id())
    row = _new(session, placed, outcome_of(placed.exercise, choice), sent, by)
    row.choice = choice
    session.add(row)
    _note(session, row, by)
    tell_answer(session, row, module_title=placed.module.head.title)
    return row


def sent_before(session: Session, sent: Sent, *, by: Actor) -> ExerciseAttempt | None:
    """What this form has made already; nobody else writes of the person until the transaction ends."""
    hold_lock(session, f"exercises of {by.person_id}")
    mine = col(ExerciseAttempt.person_id) == by.person_id
    return session.exec(select(ExerciseAttempt).where(mine, col(ExerciseAttempt.client_id) == sent.client_id)).first()


def _new(session: Session, placed: Placed, outcome: Outcome, sent: Sent, by: Actor) -> ExerciseAttempt:
    mine = col(ExerciseAttempt.person_id) == by.person_id
    exercise = placed.exercise
    before = select(func.max(col(ExerciseAttempt.number))).where(mine, col(ExerciseAttempt.exercise) == exercise.id)
    seconds = None if sent.seconds is None else max(0, min(LONGEST_SECONDS, sent.seconds))
    return ExerciseAttempt(
        person_id=by.person_id, organisation_id=by.organisation_id, client_id=sent.client_id,
        module=placed.module.slug, edition=placed.module.edition, exercise=exercise.id, kind=exercise.kind,
        skill=exercise.skill.value, number=(session.exec(before).one() or 0) + 1, scored=outcome.value,
        outcome=outcome, seconds=seconds,
    )  # fmt: skip


def _note(session: Session, row: ExerciseAttempt, by: Actor) -> None:
    record_audit(
        session, action="exercise_answered", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        exercise=row.exercise, attempt=str(row.number),
    )  # fmt: skip


def tell_answer(session: Session, row: ExerciseAttempt, *, module_title: str, by_coach: bool = False) -> None:
    """To the organisation's learning record store: that it was answered. What was answered is no part of it."""
    facts = {
        "exercise": row.exercise, "module": row.module, "module_title": module_title, "outcome": row.outcome.value,
        "met_share": row.met_share, "seconds": row.seconds, "by_coach": by_coach,
    }  # fmt: skip
    note_statement(
        session, kind=StatementKind.EXERCISE_ANSWERED, organisation_id=row.organisation_id, person_id=row.person_id,
        subject_id=row.id, facts=facts, mark="by a coach" if by_coach else "",
    )  # fmt: skip


def require_attempt(session: Session, attempt_id: UUID, *, exercise_id: str, by: Actor) -> ExerciseAttempt:
    """Of one's own. Raises NotFound."""
    row = session.get(ExerciseAttempt, attempt_id)
    if row is None or row.person_id != by.person_id or row.exercise != exercise_id:
        raise NotFound("There is no such answer, or it is not yours to see.")
    return row


def written_words(session: Session, row: ExerciseAttempt) -> WrittenWords | None:
    """None where they are gone."""
    kept: dict[str, Any] | None = words_kept(session, row)
    if kept is None:
        return None
    lines = tuple(CodedLine.from_json(line) for line in kept["lines"])
    return WrittenWords(kept["answer"], lines, bool(kept.get("else")))


def best_outcomes(session: Session, person_id: UUID, exercise_ids: Collection[str] = ()) -> dict[str, Outcome]:
    """By exercise, the best that somebody reached; without `exercise_ids` of all that they tried."""
    rows = select(col(ExerciseAttempt.exercise), col(ExerciseAttempt.outcome)).where(
        col(ExerciseAttempt.person_id) == person_id
    )
    if exercise_ids:
        rows = rows.where(col(ExerciseAttempt.exercise).in_(exercise_ids))
    best: dict[str, Outcome] = {}
    for exercise, outcome in session.exec(rows.distinct()):
        if exercise not in best or _RANK.index(outcome) < _RANK.index(best[exercise]):
            best[exercise] = outcome
    return best


_RANK = (Outcome.MET, Outcome.PARTLY, Outcome.UNSURE, Outcome.NOT_YET, Outcome.NOT_SCORED)


def attempts_of(session: Session, person_id: UUID) -> Sequence[ExerciseAttempt]:
    """All of a person, the oldest first: what a plan is made from."""
    rows = select(ExerciseAttempt).where(col(ExerciseAttempt.person_id) == person_id)
    return session.exec(rows.order_by(col(ExerciseAttempt.at), col(ExerciseAttempt.id))).all()


FEWEST_COLLEAGUES = 5


def choices_of_others(session: Session, organisation_id: UUID, exercise_id: str) -> dict[str, int]:
    """How many people of the authority chose what at their first try; empty until FEWEST_COLLEAGUES have."""
    first = select(col(ExerciseAttempt.choice), func.count()).where(
        col(ExerciseAttempt.organisation_id) == organisation_id, col(ExerciseAttempt.exercise) == exercise_id,
        col(ExerciseAttempt.number) == 1, col(ExerciseAttempt.choice).is_not(None),
    )  # fmt: skip
    counts = {str(choice): count for choice, count in session.exec(first.group_by(col(ExerciseAttempt.choice)))}
    return counts if sum(counts.values()) >= FEWEST_COLLEAGUES else {}
