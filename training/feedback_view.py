"""Feedback on a session for whoever reads it: what was sent, the thread, contested codes, and the writer's draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.feedback.kept import feedback_words, message_words
from coding.feedback.lines import SignedLine, reviews_signed_by, root_of, signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.write import feedback_on
from coding.retention import steps_of
from coding.review.kept import draft_of
from coding.review.sign_off import signed_off
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.retention import Part
from models.review import Review
from models.session_permissions import may_give_feedback, may_on
from training.contest_view import ContestView, build_contests
from training.feedback.draft import draft_feedback


@dataclass(frozen=True)
class PointView:
    """`numbers` are the lines quoted, as a form has them: "12, 13"."""

    text: str
    quotes: tuple[SignedLine, ...] = ()
    numbers: str = ""


@dataclass(frozen=True)
class FeedbackView:
    """One that was sent. `gone`: what was written went with what was said."""

    by: str
    sent_at: datetime
    read_at: datetime | None
    well: tuple[PointView, ...]
    to_try: PointView | None
    may_take_back: bool
    gone: bool


@dataclass(frozen=True)
class DraftView:
    """For its writer alone. `suggested`: nobody has changed it yet. `lines` are there to choose quotations from."""

    well: tuple[PointView, PointView]
    to_try: PointView
    suggested: bool
    changed_at: datetime | None
    lines: tuple[SignedLine, ...]


@dataclass(frozen=True)
class MessageView:
    """`new`: the reader had not seen it before. `words` are empty once what was said is gone."""

    id: UUID
    by: str
    by_practitioner: bool
    at: datetime
    words: str
    new: bool
    may_take_back: bool


@dataclass(frozen=True)
class FeedbackPage:
    """`signed_by` is empty where nobody has signed the session off; `gone` says that what was said is."""

    practitioner: str
    signed_by: str
    is_practitioner: bool
    sent: tuple[FeedbackView, ...]
    draft: DraftView | None
    messages: tuple[MessageView, ...]
    contests: tuple[ContestView, ...]
    may_talk: bool
    may_contest: bool
    gone: bool


def build_feedback_page(session: Session, practice: PracticeSession, *, reader: Actor) -> FeedbackPage:
    """Raises WordsGone."""
    gone = Part.WORDS in steps_of(session, practice.id)
    signed = signed_off(session, practice.id)
    sent = build_sent(session, practice, reader=reader)
    mine = practice.practitioner_id == reader.person_id
    return FeedbackPage(
        practitioner=_name(session, practice.practitioner_id),
        signed_by=_name(session, root_of(session, signed).reviewer_id) if signed else "",
        is_practitioner=mine,
        sent=sent,
        draft=None if gone else _draft(session, practice, reader),
        messages=tuple(_messages(session, practice, reader, mine=mine)),
        contests=build_contests(session, practice, reader=reader),
        may_talk=bool(sent) and not gone and may_on(reader, Permission.TALK_ABOUT_FEEDBACK, practice),
        may_contest=signed is not None and not gone and may_on(reader, Permission.CONTEST_CODE, practice),
        gone=gone,
    )


@dataclass(frozen=True)
class FeedbackCard:
    """What the session's own page says of it. `to_write`: the reader signed it off and has sent no feedback yet."""

    sent: tuple[FeedbackView, ...]
    messages: int
    new_messages: int
    open_contests: int
    to_write: bool


def build_feedback_card(session: Session, practice: PracticeSession, *, reader: Actor) -> FeedbackCard:
    """Raises WordsGone."""
    mine = practice.practitioner_id == reader.person_id
    messages = tuple(_messages(session, practice, reader, mine=mine))
    open_ones = session.exec(_OPEN_CONTESTS, params={"id": practice.id}).all()
    return FeedbackCard(
        sent=build_sent(session, practice, reader=reader), messages=len(messages),
        new_messages=sum(one.new for one in messages), open_contests=len(open_ones),
        to_write=_review_to_write_on(session, practice, reader) is not None,
    )  # fmt: skip


_OPEN_CONTESTS = select(CodeContest.id).where(
    col(CodeContest.session_id) == bindparam("id"), col(CodeContest.decided_at).is_(None)
)
_SENT = (
    select(Feedback)
    .where(col(Feedback.session_id) == bindparam("id"), col(Feedback.sent_at).is_not(None))
    .order_by(col(Feedback.sent_at))
)
_THREAD = (
    select(FeedbackMessage)
    .where(col(FeedbackMessage.session_id) == bindparam("id"))
    .order_by(col(FeedbackMessage.at), col(FeedbackMessage.id))
)


def build_sent(session: Session, practice: PracticeSession, *, reader: Actor) -> tuple[FeedbackView, ...]:
    """The oldest first. Raises WordsGone."""
    return tuple(_sent(session, row, reader) for row in session.exec(_SENT, params={"id": practice.id}))


def _sent(session: Session, row: Feedback, reader: Actor) -> FeedbackView:
    words = feedback_words(session, row)
    lines = _by_key(signed_lines(session, session.get_one(Review, row.review_id)))
    assert row.sent_at is not None, "it is sent"
    return FeedbackView(
        by=_name(session, row.by_id), sent_at=row.sent_at, read_at=row.read_at,
        well=tuple(_point(one, lines) for one in words.well),
        to_try=_point(words.to_try, lines) if words.to_try else None,
        may_take_back=row.read_at is None and row.by_id == reader.person_id, gone=not words.well,
    )  # fmt: skip


def _draft(session: Session, practice: PracticeSession, reader: Actor) -> DraftView | None:
    """Of what the reader signed off last, where no feedback on it is sent."""
    review = _review_to_write_on(session, practice, reader)
    if review is None:
        return None
    row = feedback_on(session, review)
    draft = draft_of(session, review)
    lines = signed_lines(session, review, draft)
    words = feedback_words(session, row) if row else draft_feedback(draft)
    return draft_view(words, lines, suggested=row is None, changed_at=row.changed_at if row else None)


def _review_to_write_on(session: Session, practice: PracticeSession, reader: Actor) -> Review | None:
    reviews = reviews_signed_by(session, practice, reader.person_id)
    if not reviews or reviews[0].begun is None:
        return None
    row = feedback_on(session, reviews[0])
    to_write = row is None or row.sent_at is None
    return reviews[0] if to_write and may_give_feedback(reader, practice, signed_by=reader.person_id) else None


def draft_view(
    words: FeedbackWords, lines: Iterable[SignedLine], *, suggested: bool = False, changed_at: datetime | None = None
) -> DraftView:
    lines = tuple(lines)
    by_key = _by_key(lines)
    first, second = (*(_point(one, by_key) for one in words.well), PointView(""), PointView(""))[:2]
    to_try = _point(words.to_try, by_key) if words.to_try else PointView("")
    return DraftView((first, second), to_try, suggested, changed_at, lines)


def _point(point: Point, lines: Mapping[str, SignedLine]) -> PointView:
    quotes = tuple(lines[key] for key in point.keys if key in lines)
    return PointView(point.text, quotes, ", ".join(str(line.number) for line in quotes))


def _messages(session: Session, practice: PracticeSession, reader: Actor, *, mine: bool) -> Iterable[MessageView]:
    for row in session.exec(_THREAD, params={"id": practice.id}):
        by_practitioner = row.by_id == practice.practitioner_id
        yield MessageView(
            id=row.id, by=_name(session, row.by_id), by_practitioner=by_practitioner, at=row.at,
            words=message_words(session, row), new=row.read_at is None and by_practitioner is not mine,
            may_take_back=row.read_at is None and row.by_id == reader.person_id,
        )  # fmt: skip


def _by_key(lines: Iterable[SignedLine]) -> dict[str, SignedLine]:
    return {line.key: line for line in lines}


def _name(session: Session, person_id: UUID | None) -> str:
    return session.get_one(Person, person_id).name if person_id else ""
