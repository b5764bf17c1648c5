"""What is written in feedback and about it, sealed under the session's key. The one place that reads and writes it."""

from dataclasses import asdict, dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from coding.feedback.point import FeedbackWords, Point
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.sealed import open_from, seal_into

T = TypeVar("T", Feedback, FeedbackMessage, CodeContest)


@dataclass(frozen=True)
class Contested:
    """`key` is the line, as the review's draft names it. Codes and subtypes by value."""

    key: str
    was: str
    was_subtype: str | None
    code: str
    subtype: str | None
    reason: str


@dataclass(frozen=True)
class Decided:
    """`code` and `subtype` are what the line has from then on."""

    code: str
    subtype: str | None
    reason: str


def keep_feedback(session: Session, row: Feedback, words: FeedbackWords) -> None:
    seal_into(session, row, asdict(words), session_id=row.session_id)
    session.add(row)


def feedback_words(session: Session, row: Feedback) -> FeedbackWords:
    """Nothing once what was said is gone. Raises WordsGone."""
    kept = open_from(session, row, session_id=row.session_id)
    return FeedbackWords(tuple(_point(one) for one in kept["well"]), _point(kept["to_try"]) if kept["to_try"] else None)


def _point(kept: dict[str, Any]) -> Point:
    return Point(kept["text"], tuple(kept["keys"]), kept["rule"])


def keep_message(session: Session, row: FeedbackMessage, words: str) -> None:
    seal_into(session, row, words, session_id=row.session_id)
    session.add(row)


def message_words(session: Session, row: FeedbackMessage) -> str:
    """Empty once what was said is gone. Raises WordsGone."""
    return str(open_from(session, row, session_id=row.session_id))


def keep_contested(session: Session, row: CodeContest, contested: Contested) -> None:
    seal_into(session, row, asdict(contested), session_id=row.session_id)
    session.add(row)


def contested_of(session: Session, row: CodeContest) -> Contested | None:
    """None once what was said is gone. Raises WordsGone."""
    kept = open_from(session, row, session_id=row.session_id)
    return Contested(**kept) if kept else None


def keep_decided(session: Session, row: CodeContest, decided: Decided) -> None:
    seal_into(session, row, asdict(decided), session_id=row.session_id, column="answer")
    session.add(row)


def decided_of(session: Session, row: CodeContest) -> Decided | None:
    """None where nobody decided yet, and once what was said is gone. Raises WordsGone."""
    kept = open_from(session, row, session_id=row.session_id, column="answer") if row.answer is not None else None
    return Decided(**kept) if kept else None


def forget_feedback(session: Session, session_id: UUID) -> None:
    """What was said in a session goes, and with it every word written about it: that there was feedback, a message or a
    contest stays, with who and when. Under the session's new key."""
    for feedback in _rows(session, Feedback, session_id):
        keep_feedback(session, feedback, FeedbackWords())
    for message in _rows(session, FeedbackMessage, session_id):
        keep_message(session, message, "")
    for contest in _rows(session, CodeContest, session_id):
        seal_into(session, contest, None, session_id=session_id)
        if contest.answer is not None:
            seal_into(session, contest, None, session_id=session_id, column="answer")
        session.add(contest)
    session.flush()


def _rows(session: Session, table: type[T], session_id: UUID) -> list[T]:
    return list(session.exec(select(table).where(col(table.session_id) == session_id)))
