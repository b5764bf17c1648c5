"""What waits for a person about feedback: to be read, to be answered, to be decided. Without a word of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from coding.double.blind import blind_task
from coding.feedback.contests import signer_of
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.retention import Part, RetentionStep
from models.session_permissions import may_decide_contest, visible_sessions


class What(StrEnum):
    FEEDBACK = "feedback"
    MESSAGE = "message"
    CONTEST = "contest"


@dataclass(frozen=True)
class WaitingFeedback:
    """`who` wrote or contests."""

    session_id: UUID
    what: What
    who: str
    held_on: date
    at: datetime


def waiting_feedback(session: Session, actor: Actor) -> list[WaitingFeedback]:
    """The longest waiting first: what the actor has not read, and contests that they may decide."""
    found = [*_unread_feedback(session, actor), *_unread_messages(session, actor), *_contests(session, actor)]
    return sorted(found, key=lambda one: one.at)


def _unread_feedback(session: Session, actor: Actor) -> list[WaitingFeedback]:
    return [
        WaitingFeedback(id_, What.FEEDBACK, name, held_on, sent_at or changed_at)
        for id_, held_on, sent_at, changed_at, name in session.exec(_unread_feedback_rows(actor))
    ]


@lru_cache(maxsize=128)
def _unread_feedback_rows(actor: Actor) -> Any:
    return (
        select(  # type: ignore[call-overload]
            PracticeSession.id, PracticeSession.held_on, Feedback.sent_at, Feedback.changed_at, Person.name
        )
        .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
        .join(Person, col(Person.id) == col(Feedback.by_id))
        .where(
            visible_sessions(actor), col(PracticeSession.practitioner_id) == actor.person_id,
            col(Feedback.sent_at).is_not(None), col(Feedback.read_at).is_(None),
        )
    )  # fmt: skip


def _unread_messages(session: Session, actor: Actor) -> list[WaitingFeedback]:
    """Of the coaches for the practitioner; of the practitioner for the coaches who gave feedback."""
    newest_first = reversed(session.exec(_unread_messages_rows(actor)).all())
    first = {id_: WaitingFeedback(id_, What.MESSAGE, name, held_on, at) for id_, held_on, at, name in newest_first}
    return list(first.values())


@lru_cache(maxsize=128)
def _unread_messages_rows(actor: Actor) -> Any:
    mine = col(PracticeSession.practitioner_id) == actor.person_id
    gave = select(Feedback.session_id).where(col(Feedback.by_id) == actor.person_id, col(Feedback.sent_at).is_not(None))
    of_practitioner = col(FeedbackMessage.by_id) == col(PracticeSession.practitioner_id)
    return (
        select(PracticeSession.id, PracticeSession.held_on, FeedbackMessage.at, Person.name)  # type: ignore[call-overload]
        .join(PracticeSession, col(PracticeSession.id) == col(FeedbackMessage.session_id))
        .join(Person, col(Person.id) == col(FeedbackMessage.by_id))
        .where(
            visible_sessions(actor), col(FeedbackMessage.read_at).is_(None), _words_are_there(),
            (mine & ~of_practitioner) | (col(PracticeSession.id).in_(gave) & of_practitioner & ~mine),
        )
        .order_by(col(FeedbackMessage.at))
    )  # fmt: skip


def _contests(session: Session, actor: Actor) -> list[WaitingFeedback]:
    teams, everywhere = actor.teams_with(Permission.DECIDE_CONTEST)
    if not teams and not everywhere:
        return []
    return [
        WaitingFeedback(practice.id, What.CONTEST, name, practice.held_on, row.asked_at)
        for row, practice, name in session.exec(_contests_rows(actor))
        if may_decide_contest(actor, practice, signed_by=signer_of(session, row))
        and blind_task(session, practice.id, actor.person_id) is None
    ]


@lru_cache(maxsize=128)
def _contests_rows(actor: Actor) -> Any:
    return (
        select(CodeContest, PracticeSession, Person.name)
        .join(PracticeSession, col(PracticeSession.id) == col(CodeContest.session_id))
        .join(Person, col(Person.id) == col(CodeContest.asked_by_id))
        .where(visible_sessions(actor), col(CodeContest.decided_at).is_(None), _words_are_there())
    )


def _words_are_there() -> ColumnElement[bool]:
    return ~exists().where(
        col(RetentionStep.session_id) == col(PracticeSession.id), col(RetentionStep.part) == Part.WORDS
    )
