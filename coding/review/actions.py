"""What a coach does with a review: begins it, takes steps, undoes and redoes them, and puts it away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from coding.check_names import is_to_check
from coding.double.blind import begin_blind, blind_task
from coding.listening import can_be_heard, make_ready
from coding.retention import WordsWent, require_words
from coding.review.apply import apply
from coding.review.begin import coding_to_review, draft_to_begin
from coding.review.draft import Draft
from coding.review.history import to_redo, to_undo
from coding.review.kept import (
    draft_of,
    drop_undone,
    keep_begun,
    keep_snapshot,
    keep_step,
    open_review_of,
    step_back,
    taken_of,
)  # fmt: skip
from coding.review.steps import Step, StepWrong
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.permissions import Actor, Permission
from models.practice import PracticeSession, Stage
from models.review import Review, ReviewState, ReviewStep
from models.session_permissions import require_session

MOST_STEPS_AT_ONCE = 500


class CannotReview(EvokeError):
    status = 409
    code = "cannot_review_yet"


class ReviewClosed(EvokeError):
    status = 409
    code = "review_closed"


class OutOfStep(EvokeError):
    """The sender's draft is not the one that is kept. `members`: `steps`, how many were taken, and `last`, the number
    of the last that is not undone."""

    status = 409
    code = "out_of_step"

    def __init__(self, *, steps: int, last: int) -> None:
        super().__init__("This review has gone on elsewhere, perhaps in another window. Load it again to go on.")
        self.members = {"steps": steps, "last": last}


class StepRefused(EvokeError):
    """`members["step"]` is its 0-based place among those that were sent; none of them was taken."""

    code = "step_refused"

    def __init__(self, wrong: StepWrong, *, place: int) -> None:
        super().__init__(str(wrong))
        self.members = {"step": place}


@dataclass(frozen=True)
class Stepped:
    """`last` is the number of the last step that is not undone, 0 for none; `redo` of the one that redo would do."""

    before: Draft
    now: Draft
    last: int
    redo: int | None


def begin_review(session: Session, *, practice: PracticeSession, by: Actor) -> Review:
    """The reviewer's own open one where there is one already. It is a blind one for who codes the session a second
    time.

    Raises NotFound, NotAllowed, CannotReview, WordsWent.
    """
    require_session(by, Permission.REVIEW_SESSION, practice)
    require_words(session, practice)  # which also locks: two clicks are one review
    if (begun := open_review_of(session, practice.id, by.person_id)) is not None:
        return begun
    found = coding_to_review(session, practice)
    if practice.stage is not Stage.READY or found is None:
        raise CannotReview("This session is not coded yet. Begin its review when it is.")
    if is_to_check(session, practice):
        raise CannotReview("Check the names in this conversation first: its words can change with that.")
    if can_be_heard(session, practice):
        make_ready(session, practice=practice)
    task = blind_task(session, practice.id, by.person_id)
    if task is not None:
        review = begin_blind(session, practice, task, by=by)
        record(session, "review_begun", review, practice, by, blind="yes")
        return review
    version, coding = found
    review = Review(
        session_id=practice.id, transcript_id=version.id, coding_id=coding.id, reviewer_id=by.person_id
    )  # fmt: skip
    keep_begun(session, review, draft_to_begin(session, practice, version, coding))
    record(session, "review_begun", review, practice, by)
    return review


def require_review(session: Session, actor: Actor, review_id: UUID) -> tuple[Review, PracticeSession]:
    """For its reviewer alone: another coach looks with their own eyes first. Raises NotFound, NotAllowed."""
    review = session.get(Review, review_id)
    practice = session.get(PracticeSession, review.session_id) if review else None
    practice = require_session(actor, Permission.REVIEW_SESSION, practice)
    if review is None or review.reviewer_id != actor.person_id:
        raise NotFound("There is no such review, or it is not yours.")
    return review, practice


def take_steps(
    session: Session, *, review: Review, steps: Sequence[tuple[UUID, Step]], expected: int, by: Actor
) -> Stepped:
    """Takes each step under the number after `expected`; one that has it already, under the same client id, changes
    nothing. All of them, or none.

    Raises NotFound, NotAllowed, ReviewClosed, WordsWent, OutOfStep, StepRefused.
    """
    practice = open_review(session, review, by)
    if len(steps) > MOST_STEPS_AT_ONCE:
        raise StepRefused(StepWrong(f"Send at most {MOST_STEPS_AT_ONCE} steps at once."), place=MOST_STEPS_AT_ONCE)
    draft = before = draft_of(session, review)
    had = _numbers(session, review, [client_id for client_id, _ in steps])
    new = 0
    for place, (client_id, step) in enumerate(steps):
        number = expected + place + 1
        if had.get(client_id) == number:
            continue
        if client_id in had or number != review.steps + 1:
            raise _out_of_step(session, review)
        try:
            draft = apply(draft, step)
        except StepWrong as wrong:
            raise StepRefused(wrong, place=place) from None
        if not new:
            drop_undone(session, review)
        keep_step(session, review, client_id, step)
        had[client_id] = number
        new += 1
    if new:
        keep_snapshot(session, review, draft)
        session.add(review)
        record(session, "review_steps_taken", review, practice, by, steps=str(new))
    elif expected + len(steps) > review.steps or expected < 0:
        raise _out_of_step(session, review)
    return _stepped(session, review, before, draft)


def undo(session: Session, *, review: Review, number: int, by: Actor) -> Stepped:
    """The step `number`, which is the last that is not undone. One that is undone already changes nothing.

    Raises NotFound, NotAllowed, ReviewClosed, WordsWent, OutOfStep.
    """
    return _switch(session, review, number, by, undone=True)


def redo(session: Session, *, review: Review, number: int, by: Actor) -> Stepped:
    """The step `number`, which was undone last. One that is not undone changes nothing.

    Raises NotFound, NotAllowed, ReviewClosed, WordsWent, OutOfStep.
    """
    return _switch(session, review, number, by, undone=False)


def put_away(session: Session, *, review: Review, by: Actor) -> None:
    """Ends it without a result. One that was put away already stays so.

    Raises NotFound, NotAllowed, ReviewClosed, WordsWent.
    """
    if review.state is ReviewState.PUT_AWAY:
        require_review(session, by, review.id)
        return
    practice = open_review(session, review, by)
    review.state, review.closed_at = ReviewState.PUT_AWAY, utc_now()
    session.add(review)
    record(session, "review_put_away", review, practice, by)


def open_review(session: Session, review: Review, by: Actor) -> PracticeSession:
    """Locks it, for its reviewer to go on. Raises NotFound, NotAllowed, ReviewClosed, WordsWent."""
    _, practice = require_review(session, by, review.id)
    require_words(session, practice)
    session.refresh(review, with_for_update=True)
    if review.state is not ReviewState.OPEN:
        ended = "signed off" if review.state is ReviewState.SIGNED_OFF else "put away"
        raise ReviewClosed(f"This review is {ended}, and cannot be changed. Begin another one on the session’s page.")
    return practice


def state_of(session: Session, review: Review) -> Stepped:
    """As it is kept. Raises WordsWent, WordsGone."""
    if review.begun is None:
        raise WordsWent("What was said in this session is gone, and with it what this review did.")
    now = draft_of(session, review)
    return _stepped(session, review, now, now)


def record(session: Session, action: str, review: Review, practice: PracticeSession, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=review, organisation_id=practice.organisation_id, by=by.person_id,
        session_id=str(practice.id), **details,
    )  # fmt: skip


def _switch(session: Session, review: Review, number: int, by: Actor, *, undone: bool) -> Stepped:
    practice = open_review(session, review, by)
    before = draft_of(session, review)
    row = session.exec(
        select(ReviewStep).where(col(ReviewStep.review_id) == review.id, col(ReviewStep.number) == number)
    ).first()
    if row is not None and row.undone is undone and not row.dropped:
        return _stepped(session, review, before, before)
    taken = taken_of(session, review)
    next_one = to_undo(taken) if undone else to_redo(taken)
    if row is None or next_one is None or next_one.number != number:
        raise _out_of_step(session, review)
    if undone:
        step_back(session, review, number)
    row.undone = undone
    session.add(row)
    session.add(review)
    record(session, "review_step_undone" if undone else "review_step_redone", review, practice, by)
    return _stepped(session, review, before, draft_of(session, review))


def _stepped(session: Session, review: Review, before: Draft, now: Draft) -> Stepped:
    session.flush()
    of_review = col(ReviewStep.review_id) == review.id
    last = select(func.max(ReviewStep.number)).where(of_review, col(ReviewStep.undone).is_(False))
    undone = col(ReviewStep.undone).is_(True) & col(ReviewStep.dropped).is_(False)
    again = select(func.min(ReviewStep.number)).where(of_review, undone)
    return Stepped(before, now, session.exec(last).one() or 0, session.exec(again).one())


def _numbers(session: Session, review: Review, client_ids: Collection[UUID]) -> dict[UUID, int]:
    """Of those steps that were taken already."""
    known = select(ReviewStep.client_id, ReviewStep.number).where(col(ReviewStep.review_id) == review.id)
    return dict(session.exec(known.where(col(ReviewStep.client_id).in_(client_ids))).all())


def _out_of_step(session: Session, review: Review) -> OutOfStep:
    found = _stepped(session, review, Draft(()), Draft(()))
    return OutOfStep(steps=review.steps, last=found.last)
