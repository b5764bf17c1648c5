"""Who may do what with a session: the decision of `models.permissions`, asked of one and as a query condition."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col

from models.errors import NotAllowed, NotFound
from models.permissions import OF_OTHERS, Actor, Permission, may
from models.practice import PracticeSession


def may_on(actor: Actor, permission: Permission, session: PracticeSession) -> bool:
    return may(
        actor, permission, organisation_id=session.organisation_id, owner_id=session.practitioner_id,
        team_id=session.team_id,
    )  # fmt: skip


_ONLY_OWNER_OR_COACH = "You can see this session, but only its owner or a coach of the team can change it."
_ONLY_A_COACH = "You can see this session, but only a coach of the team whose own session it is not can review it."
_ONLY_THE_PRACTITIONER = "You can see this session, but only its practitioner can do that."
_ONLY_WHO_SIGNED = "You can see this session, but only the coach who signed it off gives feedback on it."
_ONLY_A_SECOND = "This is for another coach of the team than the one who signed the code off."


def require_session(actor: Actor, permission: Permission, session: PracticeSession | None) -> PracticeSession:
    """The session, for who may. A stranger hears that it does not exist; who may see but not change, that they may not.

    Raises NotFound, NotAllowed.
    """
    if session is None or session.withdrawn_at is not None or not may_on(actor, Permission.SEE_SESSION, session):
        raise NotFound("There is no such session, or it is not yours to see.")
    if not may_on(actor, permission, session):
        raise NotAllowed(_why_not(permission))
    return session


def _why_not(permission: Permission) -> str:
    if permission in (Permission.CONTEST_CODE, Permission.WRITE_WORKBOOK_NOTE):
        return _ONLY_THE_PRACTITIONER
    return _ONLY_A_COACH if permission in OF_OTHERS else _ONLY_OWNER_OR_COACH


def may_give_feedback(actor: Actor, session: PracticeSession, *, signed_by: UUID | None) -> bool:
    """Who signed a coding of it off; None where nobody has."""
    return actor.person_id == signed_by and may_on(actor, Permission.GIVE_FEEDBACK, session)


def require_feedback_giver(actor: Actor, session: PracticeSession, *, signed_by: UUID | None) -> None:
    """Raises NotFound, NotAllowed."""
    require_session(actor, Permission.GIVE_FEEDBACK, session)
    if not may_give_feedback(actor, session, signed_by=signed_by):
        raise NotAllowed(_ONLY_WHO_SIGNED)


def may_decide_contest(actor: Actor, session: PracticeSession, *, signed_by: UUID) -> bool:
    """A second coach: another than who signed the code off, and than the practitioner."""
    return actor.person_id != signed_by and may_on(actor, Permission.DECIDE_CONTEST, session)


def require_second_coach(actor: Actor, session: PracticeSession, *, signed_by: UUID) -> None:
    """Raises NotFound, NotAllowed."""
    require_session(actor, Permission.DECIDE_CONTEST, session)
    if not may_decide_contest(actor, session, signed_by=signed_by):
        raise NotAllowed(_ONLY_A_SECOND)


def require_record(actor: Actor, permission: Permission, session: PracticeSession | None) -> PracticeSession:
    """The session's record, not its words, for who may do this with it without reading it.

    Raises NotFound.
    """
    if session is None or session.withdrawn_at is not None or not may_on(actor, permission, session):
        raise NotFound("There is no such session, or it is not yours to see.")
    return session


@lru_cache(maxsize=256)
def visible_sessions(actor: Actor) -> ColumnElement[bool]:
    """The same decision as a query condition, for lists. Kept, as each page asks for it several times."""
    if not actor.in_scope(Permission.SEE_SESSION):
        return false()
    teams, everywhere = actor.teams_with(Permission.SEE_SESSION)
    by_role: ColumnElement[bool] = false()
    if everywhere:
        by_role = col(PracticeSession.organisation_id) == actor.organisation_id
    elif teams:
        by_role = col(PracticeSession.team_id).in_(teams)
    here = (col(PracticeSession.organisation_id) == actor.organisation_id) & col(PracticeSession.withdrawn_at).is_(None)
    return here & or_(col(PracticeSession.practitioner_id) == actor.person_id, by_role)
