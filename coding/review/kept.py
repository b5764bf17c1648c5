"""A review as it is kept: its draft and steps, sealed under the session's key. The one place that reads and writes
them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select, update

from coding.review.apply import replay
from coding.review.draft import Draft, draft_as_json, draft_from_json
from coding.review.history import Taken, live
from coding.review.steps import Step, step_as_json, step_from_json
from models.coding import Coding
from models.columns import new_id, utc_now
from models.review import Rating, Review, ReviewState, ReviewStep
from models.sealed import open_from, seal_into
from models.transcript import TranscriptVersion

SNAPSHOT_EVERY = 100
"""Steps after which the draft is kept again, so that no more than these are replayed."""


def open_review_of(session: Session, practice_id: UUID, reviewer_id: UUID) -> Review | None:
    """One reviewer's, of which there is one at most."""
    return session.exec(_OPEN, params={"id": practice_id, "reviewer": reviewer_id}).first()


_OPEN = select(Review).where(
    col(Review.session_id) == bindparam("id"), col(Review.reviewer_id) == bindparam("reviewer"),
    col(Review.state) == ReviewState.OPEN,
)  # fmt: skip


def keep_begun(session: Session, review: Review, draft: Draft) -> None:
    seal_into(session, review, draft_as_json(draft), session_id=review.session_id, column="begun")
    session.add(review)
    session.flush()


def begun_of(session: Session, review: Review) -> Draft:
    """Raises WordsGone."""
    return draft_from_json(open_from(session, review, session_id=review.session_id, column="begun"))


def _rows_of(session: Session, review: Review, *, after: int = 0) -> list[ReviewStep]:
    rows = select(ReviewStep).where(col(ReviewStep.review_id) == review.id, col(ReviewStep.number) > after)
    return list(session.exec(rows.order_by(col(ReviewStep.number))))


def taken_of(session: Session, review: Review, *, after: int = 0) -> list[Taken]:
    """Raises WordsGone."""
    return [
        Taken(
            row.number, step_from_json(open_from(session, row, session_id=review.session_id)), row.undone, row.dropped
        )
        for row in _rows_of(session, review, after=after)
    ]


def draft_of(session: Session, review: Review) -> Draft:
    """As it is now. Raises WordsGone."""
    first = _snapshot_of(session, review)
    return replay(first, [one.step for one in live(taken_of(session, review, after=review.snapshot_at))])


def _snapshot_of(session: Session, review: Review) -> Draft:
    if review.snapshot is None:
        return begun_of(session, review)
    return draft_from_json(open_from(session, review, session_id=review.session_id, column="snapshot"))


def drop_undone(session: Session, review: Review) -> None:
    """Before new steps are kept: what was undone before them cannot be redone any more."""
    undone = update(ReviewStep).where(col(ReviewStep.review_id) == review.id, col(ReviewStep.undone).is_(True))
    session.exec(undone.values(dropped=True))


def keep_step(session: Session, review: Review, client_id: UUID, step: Step) -> None:
    """As the next one."""
    review.steps += 1
    row = ReviewStep(review_id=review.id, number=review.steps, client_id=client_id)
    seal_into(session, row, step_as_json(step), session_id=review.session_id)
    session.add(row)


def keep_snapshot(session: Session, review: Review, draft: Draft) -> None:
    """Where enough steps were taken since the last one. `draft` is the draft after all of them."""
    if review.steps - review.snapshot_at >= SNAPSHOT_EVERY:
        _keep_snapshot(session, review, draft, review.steps)


def step_back(session: Session, review: Review, number: int) -> None:
    """Before the step `number` is undone: a snapshot that holds it makes room for an earlier one."""
    if number > review.snapshot_at:
        return
    at = max(0, number - SNAPSHOT_EVERY // 2)
    earlier = [one.step for one in live(taken_of(session, review)) if one.number <= at]
    _keep_snapshot(session, review, replay(begun_of(session, review), earlier), at)


def _keep_snapshot(session: Session, review: Review, draft: Draft, at: int) -> None:
    seal_into(session, review, draft_as_json(draft), session_id=review.session_id, column="snapshot")
    review.snapshot_at = at


def keep_following(session: Session, review: Review, *, begun: Draft, draft: Draft, steps: Sequence[Step]) -> None:
    """One that goes on from another's `draft`; both began as `begun`."""
    keep_begun(session, review, begun)
    seal_into(session, review, draft_as_json(draft), session_id=review.session_id, column="snapshot")
    for step in steps:
        keep_step(session, review, new_id(), step)
    session.flush()


def forget_reviews(session: Session, session_id: UUID) -> None:
    """What was said in a session goes: its reviews keep only that they were, and one that is open ends."""
    reviews = session.exec(select(Review).where(col(Review.session_id) == session_id)).all()
    session.exec(delete(ReviewStep).where(col(ReviewStep.review_id).in_([one.id for one in reviews])))
    for review in reviews:
        review.begun = review.snapshot = None
        if review.state is ReviewState.OPEN:
            review.state, review.closed_at = ReviewState.PUT_AWAY, utc_now()
        session.add(review)
    of_session = select(Coding.id).join(TranscriptVersion, col(TranscriptVersion.id) == col(Coding.transcript_id))
    of_session = of_session.where(col(TranscriptVersion.session_id) == session_id)
    for rating in session.exec(select(Rating).where(col(Rating.coding_id).in_(of_session))).all():
        seal_into(session, rating, [], session_id=session_id, column="evidence")
        session.add(rating)
    session.flush()
