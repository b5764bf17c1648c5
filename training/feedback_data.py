"""Feedback in a copy of what is held about somebody: all that a practitioner was told, said and asked about a session;
of what a coach gave to others, that and when, for the words are about those."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from coding.scheme.codes import Speaker
from models.audit_hash import plain
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.permissions import Actor
from models.practice import PracticeSession
from training.feedback_view import FeedbackView, build_feedback_page

Data = dict[str, Any]


def feedback_data(session: Session, practice: PracticeSession, *, practitioner: Actor) -> Data:
    """Lines that others said are named by their number alone. Raises WordsGone."""
    page = build_feedback_page(session, practice, reader=practitioner)
    return {
        "feedback": [_feedback(one) for one in page.sent],
        "feedback_messages": [
            {"by": "you" if one.by_practitioner else one.by, "at": plain(one.at), "words": one.words}
            for one in page.messages
        ],
        "contested_codes": [
            {
                "line": one.line.number if one.line else None,
                "text": one.line.text if one.line and one.line.role is Speaker.PRACTITIONER else None,
                "was": one.was, "wanted": one.wanted, "reason": one.reason, "asked_at": plain(one.asked_at),
                "outcome": one.outcome or None, "decided": one.decided or None, "decided_by": one.decided_by or None,
                "decided_at": plain(one.decided_at), "answer": one.answer or None,
            }
            for one in page.contests
        ],
    }  # fmt: skip


def _feedback(one: FeedbackView) -> Data:
    return {
        "by": one.by, "sent_at": plain(one.sent_at), "read_at": plain(one.read_at),
        "done_well": [point.text for point in one.well], "to_try": one.to_try.text if one.to_try else None,
        "lines": [line.number for point in (*one.well, one.to_try) if point for line in point.quotes],
    }  # fmt: skip


def feedback_given(session: Session, person_id: UUID) -> Data:
    """By a coach."""
    feedback = select(Feedback).where(col(Feedback.by_id) == person_id).order_by(col(Feedback.id))
    messages = (
        select(FeedbackMessage)
        .join(PracticeSession, col(PracticeSession.id) == col(FeedbackMessage.session_id))
        .where(col(FeedbackMessage.by_id) == person_id, col(PracticeSession.practitioner_id) != person_id)
        .order_by(col(FeedbackMessage.id))
    )
    decided = select(CodeContest).where(col(CodeContest.decided_by_id) == person_id).order_by(col(CodeContest.id))
    return {
        "feedback_given": [
            {"session": str(one.session_id), "changed_at": plain(one.changed_at), "sent_at": plain(one.sent_at)}
            for one in session.exec(feedback)
        ],
        "messages_to_others": [
            {"session": str(one.session_id), "at": plain(one.at)} for one in session.exec(messages)
        ],
        "contests_decided": [
            {"session": str(one.session_id), "at": plain(one.decided_at), "outcome": one.outcome}
            for one in session.exec(decided)
        ],
    }  # fmt: skip
