"""Reviews for programs and for the bench: begin one, send it steps, undo and redo."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.access import SignedIn
from api.answers.reviews import ReviewBegun, ReviewChanges, ReviewRead, ReviewSigned
from api.answers.reviews import ReviewClosed as ReviewEnded
from api.document.errors import WORDS
from api.document.tell import told
from api.house import TheHouse
from api.once import Kept
from api.route import ApiRoute
from api.whole import AS_WHOLE
from coding.review.actions import (
    MOST_STEPS_AT_ONCE,
    CannotReview,
    OutOfStep,
    ReviewClosed,
    StepRefused,
    begin_review,
    put_away,
    redo,
    require_review,
    state_of,
    take_steps,
    undo,
)  # fmt: skip
from coding.review.sign_off import CannotSignOff, sign_off_review
from coding.review.steps import Step, StepWrong, step_from_json
from models.database import Database
from models.permissions import Permission
from models.practice import PracticeSession
from models.review import Review
from models.seen import note_seen
from models.session_permissions import require_session
from training.review_view import review_changes, review_state

router = APIRouter(prefix="/api/v1", tags=["reviews"], route_class=ApiRoute)
Number = Annotated[int, Field(ge=0, le=1_000_000, strict=True), AS_WHOLE]
_ERRORS = (*WORDS, OutOfStep, ReviewClosed, StepRefused)


class SentStep(BaseModel):
    """`step` is an object with its `kind` and what that needs; `client_id` a UUID that the sender makes for it."""

    client_id: UUID
    step: dict[str, Any] = Field(examples=[{"kind": "recode", "key": "12", "code": "CR", "subtype": None}])


class SentSteps(BaseModel):
    """`expected` is how many steps the sender knows to be kept; the first of these is the one after them."""

    expected: Number
    steps: list[SentStep] = Field(max_length=MOST_STEPS_AT_ONCE)


class Known(BaseModel):
    """`expected` is how many steps the sender knows to be kept: nothing is signed off that they have not seen."""

    expected: Number


class WhichStep(BaseModel):
    """`number` of the step to undo, or to do again: `last` or `redo` of the answer before."""

    number: Number


@router.post(
    "/sessions/{session_id}/reviews", **told("begin_review", ReviewBegun, *_ERRORS, CannotReview, status=201, once=True)
)
def begin(session_id: UUID, house: TheHouse, actor: SignedIn, kept: Kept) -> dict[str, Any]:
    """Your open review of the session where you have one, else a new one, begun from what the machine coded last."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        review = begin_review(session, practice=practice, by=actor)
        answer = {"id": str(review.id), "url": f"/api/v1/reviews/{review.id}", "steps": review.steps}
        return kept.keep(session, answer)


@router.get("/reviews/{review_id}", **told("read_review", ReviewRead, *WORDS, headers=["ETag"]))
def read(review_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """All of it: your draft, what it counts to, and the number of the last step."""
    with house.database.read() as session:
        review, practice = require_review(session, actor, review_id)
        shown = review_state(review, state_of(session, review))
    note_seen(house.database, practice, by=actor)
    return shown


@router.post("/reviews/{review_id}/steps", **told("take_steps", ReviewChanges, *_ERRORS))
def take(review_id: UUID, sent: SentSteps, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """All of them or none. Those that are kept already change nothing; where the review went on elsewhere it is a 409
    with `review`, as it is now."""
    with _told_of_the_present(house.database, review_id), house.database.write() as session:
        review, _ = require_review(session, actor, review_id)
        steps = [(one.client_id, _read(one.step, place)) for place, one in enumerate(sent.steps)]
        stepped = take_steps(session, review=review, steps=steps, expected=sent.expected, by=actor)
        return review_changes(review, stepped)


@router.post("/reviews/{review_id}/undo", **told("undo_step", ReviewChanges, *_ERRORS))
def undo_step(review_id: UUID, which: WhichStep, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Of the step with this `number`, which is `last`."""
    with _told_of_the_present(house.database, review_id), house.database.write() as session:
        review, _ = require_review(session, actor, review_id)
        return review_changes(review, undo(session, review=review, number=which.number, by=actor))


@router.post("/reviews/{review_id}/redo", **told("redo_step", ReviewChanges, *_ERRORS))
def redo_step(review_id: UUID, which: WhichStep, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Of the step with this `number`, which is `redo`."""
    with _told_of_the_present(house.database, review_id), house.database.write() as session:
        review, _ = require_review(session, actor, review_id)
        return review_changes(review, redo(session, review=review, number=which.number, by=actor))


@router.post(
    "/reviews/{review_id}/sign-off", **told("sign_off_review", ReviewSigned, *_ERRORS, CannotSignOff, once=True)
)
def sign_off(review_id: UUID, known: Known, house: TheHouse, actor: SignedIn, kept: Kept) -> dict[str, Any]:
    """Makes the person's coding of the session, which its page then shows beside the machine's."""
    with _told_of_the_present(house.database, review_id), house.database.write() as session:
        review, practice = require_review(session, actor, review_id)
        sign_off_review(session, review=review, expected=known.expected, by=actor)
        answer = {"id": str(review.id), "state": review.state.value, "session": f"/api/v1/sessions/{practice.id}"}
        return kept.keep(session, answer)


@router.post("/reviews/{review_id}/put-away", **told("put_review_away", ReviewEnded, *_ERRORS, once=True))
def end_without_result(review_id: UUID, house: TheHouse, actor: SignedIn, kept: Kept) -> dict[str, Any]:
    """Ends it without a result."""
    with house.database.write() as session:
        review, _ = require_review(session, actor, review_id)
        put_away(session, review=review, by=actor)
        return kept.keep(session, {"id": str(review.id), "state": review.state.value})


def _read(step: dict[str, Any], place: int) -> Step:
    try:
        return step_from_json(step)
    except StepWrong as wrong:
        raise StepRefused(wrong, place=place) from None


@contextmanager
def _told_of_the_present(database: Database, review_id: UUID) -> Iterator[None]:
    """Around a write by its reviewer: who is out of step is answered with the review as it is now."""
    try:
        yield
    except OutOfStep as error:
        with database.read() as session:
            review = session.get_one(Review, review_id)
            error.members["review"] = review_state(review, state_of(session, review))
        raise
