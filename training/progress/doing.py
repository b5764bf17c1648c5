"""How somebody is doing, in one place: their newest sessions, what their coach said last, what they practise now."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from coding.feedback.kept import feedback_words
from coding.feedback.point import FeedbackWords
from models.feedback import Feedback
from models.keys import WordsGone
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession
from models.session_permissions import visible_sessions
from training.planning.newest import NewSession, newest_sessions
from training.planning.view import PlanLine, build_plan_line
from training.session_lists import KIND_SHOWN

SHOWN = 5


@dataclass(frozen=True)
class SessionLine:
    """`coded` says by whom, in words."""

    id: UUID
    held_on: date
    kind: str
    coded: str


@dataclass(frozen=True)
class CoachSaid:
    """The newest feedback. `well` and `to_try` are empty while it is `unread`, because reading it on its own page is
    what ends its writer's time to change it, and once what was said in the session is gone."""

    session_id: UUID
    by: str
    on: date
    held_on: date
    kind: str
    well: tuple[str, ...]
    to_try: str
    unread: bool


@dataclass(frozen=True)
class Doing:
    """`plan` is None for who is no trainee."""

    sessions: tuple[SessionLine, ...]
    more: bool
    said: CoachSaid | None
    plan: PlanLine | None


def build_doing(session: Session, actor: Actor) -> Doing:
    own = newest_sessions(session, [actor.person_id], reader=actor)
    practises = actor.has_role(Role.TRAINEE)
    return Doing(
        tuple(_line(one) for one in own[:SHOWN]), len(own) > SHOWN, _said(session, actor),
        build_plan_line(session, session.get_one(Person, actor.person_id)) if practises else None,
    )  # fmt: skip


def _line(one: NewSession) -> SessionLine:
    coded = "signed off by a coach" if one.signed_off else "the machine’s first draft" if one.ready else "not coded yet"
    return SessionLine(one.id, one.held_on, KIND_SHOWN[one.kind], coded)


def _said(session: Session, actor: Actor) -> CoachSaid | None:
    found = session.exec(_last_said(actor)).first()
    if found is None:
        return None
    feedback, practice, by = found
    words = _words(session, feedback) if feedback.read_at is not None else FeedbackWords()
    sent_on = (feedback.sent_at or feedback.changed_at).date()
    return CoachSaid(
        practice.id, by, sent_on, practice.held_on, KIND_SHOWN[practice.kind].lower(),
        tuple(one.text for one in words.well), words.to_try.text if words.to_try else "", feedback.read_at is None,
    )  # fmt: skip


@lru_cache(maxsize=128)
def _last_said(actor: Actor) -> Any:
    return (
        select(Feedback, PracticeSession, Person.name)
        .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
        .join(Person, col(Person.id) == col(Feedback.by_id))
        .where(
            visible_sessions(actor), col(PracticeSession.practitioner_id) == actor.person_id,
            col(Feedback.sent_at).is_not(None),
        )
        .order_by(col(Feedback.sent_at).desc(), col(Feedback.id).desc())
        .limit(1)
    )  # fmt: skip


def _words(session: Session, feedback: Feedback) -> FeedbackWords:
    try:
        return feedback_words(session, feedback)
    except WordsGone:
        return FeedbackWords()
