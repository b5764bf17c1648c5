"""Codes that a practitioner contests and that wait for the actor as a second coach."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from coding.feedback.contests import signer_of
from models.feedback import CodeContest
from models.permissions import Actor, Permission, may_decide_contest, visible_sessions
from models.person import Person
from models.practice import PracticeSession


@dataclass(frozen=True)
class ContestRow:
    session_id: UUID
    practitioner: str
    held_on: date
    asked_at: datetime


def contests_to_decide(session: Session, actor: Actor) -> list[ContestRow]:
    """The longest waiting first."""
    if not any(actor.teams_with(Permission.DECIDE_CONTEST)):
        return []
    rows = session.exec(
        select(CodeContest, PracticeSession, Person.name)
        .join(PracticeSession, col(PracticeSession.id) == col(CodeContest.session_id))
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .where(col(CodeContest.decided_at).is_(None), visible_sessions(actor))
        .order_by(col(CodeContest.asked_at))
    )
    return [
        ContestRow(practice.id, name, practice.held_on, row.asked_at)
        for row, practice, name in rows
        if may_decide_contest(actor, practice, signed_by=signer_of(session, row))
    ]
