"""Feedback on a session for whoever reads it: what was sent, the thread, contested codes, and the writer's draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from coding.feedback.contests import contests_of, second_coaches, signer_of
from coding.feedback.kept import Contested, decided_of, feedback_words, message_words
from coding.feedback.lines import SignedLine, reviews_signed_by, signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.write import feedback_on
from coding.retention import steps_of
from coding.review.kept import draft_of
from coding.review.sign_off import signed_off
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, TalkKind
from coding.scheme.glossary import CODES, SUBTYPES
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.permissions import Actor, Permission, may_decide_contest, may_give_feedback, may_on
from models.person import Person
from models.practice import PracticeSession
from models.retention import Part
from models.review import Review
from training.feedback.draft import draft_feedback

_CODES = {code.value: code for code in (*Behaviour, *ClientTalk)}
_SUBTYPES = {kind.value: kind for kind in (*QuestionType, *TalkKind)}


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
class ContestView:
    """`line` is None, and `reason` and `answer` are empty, once what was said is gone. `waits_for` says whom an open
    one waits for. Codes are in words."""

    id: UUID
    line: SignedLine | None
    was: str
    wanted: str
    wanted_value: str
    reason: str
    asked_by: str
    asked_at: datetime
    outcome: str
    decided: str
    decided_by: str
    decided_at: datetime | None
    answer: str
    waits_for: str
    may_decide: bool
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


def code_shown(code: str, subtype: str | None) -> str:
    """ "Question, open"."""
    name = CODES[_CODES[code]].name
    return f"{name}, {SUBTYPES[_SUBTYPES[subtype]]}" if subtype else name


def build_feedback_page(session: Session, practice: PracticeSession, *, reader: Actor) -> FeedbackPage:
    """Raises WordsGone."""
    gone = Part.WORDS in steps_of(session, practice.id)
    signed = signed_off(session, practice.id)
    sent = build_sent(session, practice, reader=reader)
    mine = practice.practitioner_id == reader.person_id
    return FeedbackPage(
        practitioner=_name(session, practice.practitioner_id),
        signed_by=_name(session, signed.reviewer_id) if signed else "",
        is_practitioner=mine,
        sent=sent,
        draft=None if gone else _draft(session, practice, reader),
        messages=tuple(_messages(session, practice, reader, mine=mine)),
        contests=tuple(_contest(session, practice, row, said, reader) for row, said in contests_of(session, practice)),
        may_talk=bool(sent) and not gone and may_on(reader, Permission.TALK_ABOUT_FEEDBACK, practice),
        may_contest=signed is not None and not gone and may_on(reader, Permission.CONTEST_CODE, practice),
        gone=gone,
    )


def build_sent(session: Session, practice: PracticeSession, *, reader: Actor) -> tuple[FeedbackView, ...]:
    """The oldest first. Raises WordsGone."""
    rows = select(Feedback).where(col(Feedback.session_id) == practice.id, col(Feedback.sent_at).is_not(None))
    return tuple(_sent(session, row, reader) for row in session.exec(rows.order_by(col(Feedback.sent_at))))


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
    reviews = reviews_signed_by(session, practice, reader.person_id)
    if not reviews or not may_give_feedback(reader, practice, signed_by=reader.person_id):
        return None
    row = feedback_on(session, reviews[0])
    if row is not None and row.sent_at is not None:
        return None
    draft = draft_of(session, reviews[0])
    lines = signed_lines(session, reviews[0], draft)
    words = feedback_words(session, row) if row else draft_feedback(draft)
    return draft_view(words, lines, suggested=row is None, changed_at=row.changed_at if row else None)


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
    rows = select(FeedbackMessage).where(col(FeedbackMessage.session_id) == practice.id)
    for row in session.exec(rows.order_by(col(FeedbackMessage.at), col(FeedbackMessage.id))):
        by_practitioner = row.by_id == practice.practitioner_id
        yield MessageView(
            id=row.id, by=_name(session, row.by_id), by_practitioner=by_practitioner, at=row.at,
            words=message_words(session, row), new=row.read_at is None and by_practitioner is not mine,
            may_take_back=row.read_at is None and row.by_id == reader.person_id,
        )  # fmt: skip


def _contest(
    session: Session, practice: PracticeSession, row: CodeContest, said: Contested | None, reader: Actor
) -> ContestView:
    decided = decided_of(session, row)
    lines = _by_key(signed_lines(session, session.get_one(Review, row.review_id))) if said else {}
    signer = signer_of(session, row)
    is_open = row.decided_at is None and said is not None
    coaches = second_coaches(session, practice, signed_by=signer) if is_open else []
    return ContestView(
        id=row.id, line=lines.get(said.key) if said else None,
        was=code_shown(said.was, said.was_subtype) if said else "",
        wanted=code_shown(said.code, said.subtype) if said else "",
        wanted_value=code_value(said.code, said.subtype) if said else "",
        reason=said.reason if said else "", asked_by=_name(session, row.asked_by_id), asked_at=row.asked_at,
        outcome=row.outcome.value if row.outcome else "",
        decided=code_shown(decided.code, decided.subtype) if decided else "",
        decided_by=_name(session, row.decided_by_id), decided_at=row.decided_at,
        answer=decided.reason if decided else "", waits_for=_one_of(coaches),
        may_decide=is_open and may_decide_contest(reader, practice, signed_by=signer),
        may_take_back=row.decided_at is None and row.asked_by_id == reader.person_id,
    )  # fmt: skip


def code_value(code: str, subtype: str | None) -> str:
    """As a form's choices have it: "Q/open"."""
    return f"{code}/{subtype}" if subtype else code


def _one_of(people: list[Person]) -> str:
    """ "Sid Second or Sky Coach"; empty where there is nobody."""
    return " or ".join(filter(None, [", ".join(one.name for one in people[:-1]), *(one.name for one in people[-1:])]))


def _by_key(lines: Iterable[SignedLine]) -> dict[str, SignedLine]:
    return {line.key: line for line in lines}


def _name(session: Session, person_id: UUID | None) -> str:
    return session.get_one(Person, person_id).name if person_id else ""
