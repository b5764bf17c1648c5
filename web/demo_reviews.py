"""What the demo's people did after a role play was coded: names looked at, the older ones reviewed by a coach who sent
feedback, some coded blind by a second one. Through the same actions as anybody's, once a session's coding is there."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from coding.check_names import NothingToCheck, finish_check
from coding.context import JobContext
from coding.corpus.load import AuthoredConversation, load_corpus
from coding.double.blind import blind_task
from coding.excerpts import let_team_read
from coding.feedback.thread import write_message
from coding.feedback.write import save_feedback
from coding.review.actions import begin_review, take_steps
from coding.review.draft import Draft
from coding.review.kept import draft_of
from coding.review.sign_off import sign_off_review
from coding.review.steps import Accept, Rate, Recode, Step
from coding.session_figures import ask_for_figures, put_figures
from models.coding import Coding
from models.columns import utc_now
from models.errors import EvokeError
from models.job import Job
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession, Stage
from models.queue import enqueue
from models.review import Review
from models.sign_in import actor_of
from training.feedback.draft import draft_feedback

JOB = "review_demo"
RECENT = 21
"""Days: what was held since still waits for its coach."""
_AGAIN = timedelta(seconds=5)
LONG_AGO = 60
_TO_REVIEW = timedelta(days=4)
_ANSWER = "Thank you. I can hear the difference when I read that line again. I will try it with the next family."


def review_later(
    session: Session, practice: PracticeSession, *, transcript_id: str, coach: Person, second: Person
) -> Job:
    """Enqueued after the coding of the session, and again while that is not done."""
    job = enqueue(
        session, JOB, organisation_id=practice.organisation_id, session_id=practice.id, coach_id=coach.id,
        second_id=second.id,
    )  # fmt: skip
    job.args = {**job.args, "transcript_id": transcript_id}
    return job


def review_demo(context: JobContext, *, session_id: str, coach_id: str, second_id: str, transcript_id: str) -> None:
    with context.write() as session:
        practice = session.get(PracticeSession, UUID(session_id))
        coach, second = (session.get(Person, UUID(one)) for one in (coach_id, second_id))
        if practice and coach and second and practice.stage is not Stage.STOPPED:
            if practice.stage is Stage.READY:
                _look_back(session, practice, coach, second, transcript_id)
            else:
                again = review_later(session, practice, transcript_id=transcript_id, coach=coach, second=second)
                again.run_at = utc_now() + _AGAIN
        context.finish(session)


def demo_review_stopped(session: Session, error: EvokeError, **ids: str) -> None:
    """The session stays as it is: coded, and waiting for a coach."""


def _look_back(session: Session, practice: PracticeSession, coach: Person, second: Person, transcript_id: str) -> None:
    practitioner = actor_of(session, session.get_one(Person, practice.practitioner_id))
    with suppress(NothingToCheck):
        finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=practitioner)
    age = (utc_now().date() - practice.held_on).days
    if age < RECENT:
        return
    conversation = next(one for one in load_corpus() if one.transcript_id == transcript_id)
    by, on = actor_of(session, coach), practice.held_on + _TO_REVIEW
    review = begin_review(session, practice=practice, by=by)
    begun = draft_of(session, review)
    _sign(session, review, [*_steps(begun, conversation)], by, on)
    put_figures(session, practice)  # in the months in which it would have been coded
    ask_for_figures(session, practice.organisation_id)
    words = draft_feedback(draft_of(session, review))
    if words.well and words.to_try:
        feedback = save_feedback(session, practice=practice, words=words, send=True, by=by)
        feedback.sent_at = _at(on, 16)
        answers = int(transcript_id[1:]) % 3 == 0
        if age > LONG_AGO or answers:
            feedback.read_at = _at(on, 18)
        if answers:
            message = write_message(session, practice=practice, words=_ANSWER, client_id=uuid4(), by=practitioner)
            message.at = _at(on, 19)
    let_team_read(session, practice=practice, agreed=True, by=practitioner)
    if age > LONG_AGO and blind_task(session, practice.id, second.id) is not None:
        other = actor_of(session, second)
        blind = begin_review(session, practice=practice, by=other)
        _sign(session, blind, [*_second_opinion(begun, draft_of(session, review))], other, on + _TO_REVIEW)


def _sign(session: Session, review: Review, steps: list[Step], by: Actor, on: date) -> None:
    take_steps(session, review=review, steps=[(uuid4(), step) for step in steps], expected=0, by=by)
    coding = sign_off_review(session, review=review, expected=len(steps), by=by)
    # As if it had been done then: what is shown by month would else all stand in one.
    review.created_at, review.closed_at = _at(on, 14), _at(on, 15)
    session.get_one(Coding, coding.id).created_at = _at(on, 15)
    held_on = session.get_one(PracticeSession, review.session_id).held_on
    session.get_one(Coding, review.coding_id).created_at = _at(held_on, 13)
    session.add(review)
    session.flush()


def _at(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), UTC)


def _second_opinion(begun: Draft, done: Draft) -> Iterator[Step]:
    """As the first coach, but for every other line of those where that one and the machine differ, and a rating."""
    differ = 0
    for before, after in zip(begun.lines, done.lines, strict=True):
        differ += before.code is not after.code
        line = before if before.code is not after.code and differ % 2 else after
        if line.code is not None:
            yield Recode(line.key, line.code.value, line.subtype.value if line.subtype else None)
    for name, value in done.ratings.items():
        yield Rate(name, value + 1 if name == "partnership" and value in (2, 3) else value)


def _steps(draft: Draft, conversation: AuthoredConversation) -> Iterator[Step]:
    """A line that its author wrote as it stands gets the author's code, any other keeps the machine's."""
    written = {" ".join(one.text.split()): one for one in conversation.utterances if one.code is not None}
    for line in draft.lines:
        known = written.get(" ".join(line.text.split()))
        if known is None or known.code is None or known.speaker is not line.role or known.code is line.code:
            yield Accept(line.key)
        else:
            yield Recode(line.key, known.code.value, known.subtype.value if known.subtype else None)
    rated = conversation.globals
    for name in ("cultivating_change_talk", "softening_sustain_talk", "partnership", "empathy"):
        yield Rate(name, getattr(rated, name))
