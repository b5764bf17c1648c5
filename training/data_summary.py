"""What is held about a person in plain words, for their own page: counted, not read."""

from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.browser_sign_in import sign_ins_of
from models.person import ApiToken, Person, RoleGrant, TeamMembership
from models.practice import PracticeSession, Recording
from models.session_request import SessionRequest
from models.settings import Settings


def held_about(session: Session, person: Person, *, settings: Settings) -> list[tuple[str, str]]:
    """What, and how much of it."""
    own = (col(PracticeSession.practitioner_id) == person.id) & col(PracticeSession.withdrawn_at).is_(None)
    mine = select(PracticeSession.id).where(own)
    sessions = _count(session, mine)
    recordings = _count(session, select(Recording.id).where(col(Recording.session_id).in_(mine)))
    places = _count(session, select(TeamMembership.id).where(col(TeamMembership.person_id) == person.id))
    roles = _count(session, select(RoleGrant.id).where(col(RoleGrant.person_id) == person.id))
    asked = _count(session, select(SessionRequest.id).where(col(SessionRequest.asked_by_id) == person.id))
    tokens = _count(session, select(ApiToken.id).where(col(ApiToken.person_id) == person.id))
    sign_ins = len(sign_ins_of(session, person.id, settings=settings))
    tokens_too = f" and {_many(tokens, 'token')} for programs" if tokens else ""
    talk = _many(sessions, "session") + (f" with {_many(recordings, 'recording')}" if recordings else "")
    talk += ": what was said, the code of each line, the scores, and what each participant agreed to"
    return [
        ("Who you are", "Your name, work email address and discipline"),
        ("Where you work", f"{_many(places, 'place')} in teams and {_many(roles, 'role')}, those that ended included"),
        ("Signing in", f"{_many(sign_ins, 'browser')}{tokens_too}: when, with what and from where"),
        ("Your sessions", talk if sessions else "None"),
        ("Contests and corrections", _many(asked, "request") if asked else "None"),
        ("The trail", "What you did in Evoke, and what others did with your account and sessions, and when"),
    ]


def _count(session: Session, found: Any) -> int:
    return session.exec(select(func.count()).select_from(found.subquery())).one()


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
