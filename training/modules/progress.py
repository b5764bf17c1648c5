"""How far somebody is with a module: read part by part, checked, completed. All of it is their own."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.cmi5_sessions import module_completed
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.exercise import Outcome
from models.learning import ModuleCheckTry, ModuleProgress
from models.lock import hold_lock
from models.lti_grades import module_target, target_done
from models.permissions import Actor
from models.webhook import say_happened
from models.webhook_kept import Happened
from models.xapi import note_statement
from models.xapi_kept import StatementKind
from training.exercises.attempts import best_outcomes
from training.modules.read import Module

EXERCISES_NEEDED = 3
"""How many different exercises of a module have to be tried to complete it; all, where it has fewer."""


class QuestionsLeft(EvokeError):
    """`fields` names each question that has no answer, as `question-1` and so on."""

    code = "questions_left"

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__("Answer every question. What you chose is still there.")
        self.fields = {f"question-{number}": f"Choose an answer to question {number}" for number in numbers}


class QuestionsChanged(EvokeError):
    status = 409
    code = "questions_changed"

    def __init__(self) -> None:
        super().__init__("This module has a new text since you opened the page. Here are its questions.")
        self.fields = {"question-1": self.message}


def progress_of(session: Session, person_id: UUID) -> dict[str, ModuleProgress]:
    """By module, the one looked at last first."""
    return {one.module: one for one in session.exec(_PROGRESS, params={"id": person_id})}


def latest_tries(session: Session, person_id: UUID) -> dict[str, ModuleCheckTry]:
    """The last go at each module's check."""
    return {one.module: one for one in session.exec(_TRIES, params={"id": person_id})}


_PROGRESS = (
    select(ModuleProgress)
    .where(col(ModuleProgress.person_id) == bindparam("id"))
    .order_by(col(ModuleProgress.changed_at).desc(), col(ModuleProgress.id).desc())
)
_TRIES = (
    select(ModuleCheckTry)
    .where(col(ModuleCheckTry.person_id) == bindparam("id"))
    .order_by(col(ModuleCheckTry.at), col(ModuleCheckTry.id))
)


def tried_exercises(session: Session, person_id: UUID) -> dict[str, Outcome]:
    """By the exercise's id, the best that came of it. What could not be scored, such as an answer about something else,
    is no try."""
    best = best_outcomes(session, person_id)
    return {name: outcome for name, outcome in best.items() if outcome is not Outcome.NOT_SCORED}


def read_part(session: Session, *, module: Module, number: int, by: Actor) -> None:
    """Keeps that the part (1-based) was read, and that the one after it comes next. Raises NotFound."""
    if not 1 <= number <= len(module.parts):
        raise NotFound("This module has no such part. Begin at its first page.")
    row = _row(session, module, by)
    following = module.parts[number].anchor if number < len(module.parts) else ""
    _keep(session, row, module, {*row.parts, module.parts[number - 1].anchor}, following)
    _note(session, "module_part_read", row, by, part=str(number))
    complete_if_done(session, module=module, by=by)


def mark_as_read(session: Session, *, module: Module, by: Actor) -> None:
    """All parts at once, for who has read it elsewhere."""
    row = _row(session, module, by)
    _keep(session, row, module, {part.anchor for part in module.parts}, "")
    _note(session, "module_marked_read", row, by)
    complete_if_done(session, module=module, by=by)


def answer_check(
    session: Session, *, module: Module, answers: Mapping[int, int], by: Actor, edition: str = ""
) -> ModuleCheckTry:
    """`answers`: for each question, by its 1-based number, the 1-based number of the option that was chosen. `edition`
    is of the questions they answer, where it is known.

    Raises QuestionsLeft, QuestionsChanged.
    """
    if edition and edition != module.edition:
        raise QuestionsChanged
    questions = list(enumerate(module.head.check, 1))
    left = [number for number, one in questions if not 1 <= answers.get(number, 0) <= len(one.options)]
    if left:
        raise QuestionsLeft(left)
    row = _row(session, module, by)
    row.changed_at = utc_now()
    made = ModuleCheckTry(
        person_id=by.person_id, module=module.slug, edition=module.edition,
        answers=[answers[number] for number, _ in questions],
        right_answers=sum(answers[number] == one.answer for number, one in questions), questions=len(questions),
    )  # fmt: skip
    session.add(made)
    session.flush()
    _note(session, "module_check_answered", row, by, right=f"{made.right_answers} of {made.questions}")
    complete_if_done(session, module=module, by=by)
    return made


def complete_if_done(session: Session, *, module: Module, by: Actor) -> bool:
    """Dates the completion once the module is read, enough of its exercises are tried and its check is passed. To be
    called after each of these. What is completed stays so."""
    row = progress_of(session, by.person_id).get(module.slug)
    if row is None or row.completed_at is not None:
        return False
    last = latest_tries(session, by.person_id).get(module.slug)
    tried = tried_exercises(session, by.person_id)
    passed = last is not None and last.passed
    exercises = sum(one.id in tried for one in module.exercises)
    if row.read_at is None or not passed or exercises < needed(module):
        percent = _percent(row, module, exercises, passed)
        _tell(session, StatementKind.MODULE_PROGRESSED, row, module, by, percent=percent)
        return False
    row.completed_at, row.completed_edition = utc_now(), module.edition
    session.add(row)
    _note(session, "module_completed", row, by, edition=module.edition)
    say_happened(
        session, Happened.MODULE_COMPLETED, organisation_id=by.organisation_id, person_id=by.person_id,
        module=module.slug, edition=module.edition,
    )  # fmt: skip
    _tell(session, StatementKind.MODULE_COMPLETED, row, module, by)
    module_completed(session, module=module.slug, person_id=by.person_id)
    target_done(session, target=module_target(module.slug), person_id=by.person_id)
    return True


def _percent(row: ModuleProgress, module: Module, exercises: int, passed: bool) -> int:
    """Of the steps of a module: its parts, the exercises that it takes, and its check."""
    parts = len(module.parts) if row.read_at else sum(part.anchor in row.parts for part in module.parts)
    done = parts + min(exercises, needed(module)) + passed
    return 100 * done // (len(module.parts) + needed(module) + 1)


def _tell(
    session: Session, kind: StatementKind, row: ModuleProgress, module: Module, by: Actor, **more: int
) -> None:  # fmt: skip
    """To the organisation's learning record store. As far as somebody was already is told once."""
    if more.get("percent") == 0:
        return
    facts = {"module": module.slug, "title": module.head.title, "edition": module.edition, **more}
    note_statement(
        session, kind=kind, organisation_id=by.organisation_id, person_id=by.person_id, subject_id=row.id, facts=facts,
        mark=" ".join(str(value) for value in more.values()),
    )  # fmt: skip


def needed(module: Module) -> int:
    return min(EXERCISES_NEEDED, len(module.exercises))


def _row(session: Session, module: Module, by: Actor) -> ModuleProgress:
    hold_lock(session, f"learning of {by.person_id}")
    row = progress_of(session, by.person_id).get(module.slug)
    if row is None:
        row = ModuleProgress(person_id=by.person_id, module=module.slug, edition=module.edition)
        session.add(row)
        session.flush()
    return row


def _keep(session: Session, row: ModuleProgress, module: Module, read: set[str], following: str) -> None:
    """Parts that a later text does not have any more are forgotten."""
    row.parts = [part.anchor for part in module.parts if part.anchor in read]
    row.next_part = following if following and following not in row.parts else _first_unread(module, row)
    row.edition, row.changed_at = module.edition, utc_now()
    if row.read_at is None and len(row.parts) == len(module.parts):
        row.read_at = row.changed_at
    session.add(row)


def _first_unread(module: Module, row: ModuleProgress) -> str:
    return next((part.anchor for part in module.parts if part.anchor not in row.parts), "")


def _note(session: Session, action: str, row: ModuleProgress, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=by.organisation_id, by=by.person_id, module=row.module,
        **details,
    )  # fmt: skip
