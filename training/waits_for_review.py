"""Which sessions wait for a review, and by whom."""

from functools import cache, lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, false, func
from sqlmodel import Session, col, select

from models.conversation import Conversation
from models.organisation import Organisation
from models.permissions import Actor, Permission
from models.practice import PracticeSession, Stage
from models.retention import Part, RetentionStep
from models.review import Review, ReviewState
from models.session_permissions import visible_sessions
from models.taken_session import TakenSession


@lru_cache(maxsize=256)
def to_review(actor: Actor) -> ColumnElement[bool]:
    """Coded sessions of others in the teams the actor coaches that nobody has signed off, and whose words are there."""
    teams, everywhere = actor.teams_with(Permission.REVIEW_SESSION)
    if not teams and not everywhere:
        return false()
    here = visible_sessions(actor) if everywhere else visible_sessions(actor) & col(PracticeSession.team_id).in_(teams)
    return here & (col(PracticeSession.practitioner_id) != actor.person_id) & waits()


@cache
def waits() -> ColumnElement[bool]:
    """Coded, signed off by nobody, and what was said is there. A talk with a simulated parent waits only once a coach
    has taken it or begun to review it: people may hold several a day, and nobody is late with them."""
    signed = exists().where(
        col(Review.session_id) == col(PracticeSession.id), col(Review.state) == ReviewState.SIGNED_OFF,
        col(Review.blind).is_(False),
    )  # fmt: skip
    gone = exists().where(
        col(RetentionStep.session_id) == col(PracticeSession.id), col(RetentionStep.part) == Part.WORDS
    )
    simulated = exists().where(col(Conversation.id) == col(PracticeSession.id))
    taken = exists().where(col(TakenSession.session_id) == col(PracticeSession.id)).correlate(PracticeSession)
    begun = exists().where(
        col(Review.session_id) == col(PracticeSession.id), col(Review.state) == ReviewState.OPEN,
        col(Review.blind).is_(False),
    )  # fmt: skip
    return (col(PracticeSession.stage) == Stage.READY) & ~signed & ~gone & (~simulated | taken | begun)


def waiting_count(session: Session, actor: Actor) -> int:
    return session.exec(select(func.count()).select_from(PracticeSession).where(to_review(actor))).one()


def review_days(session: Session, organisation_id: UUID) -> int:
    """How many days after a session was added its review is due."""
    return session.exec(_REVIEW_DAYS, params={"id": organisation_id}).one()


_REVIEW_DAYS = select(Organisation.review_days).where(col(Organisation.id) == bindparam("id"))
