"""Who may do what: permissions are an enum, roles are lists of them, and one function decides."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col

from models.errors import NotAllowed, NotFound
from models.person import Role
from models.practice import PracticeSession


class Permission(StrEnum):
    SEE_SESSION = "see_session"
    ADD_SESSION = "add_session"
    CHANGE_SESSION = "change_session"
    SEE_TEAM_FIGURES = "see_team_figures"
    MANAGE_PEOPLE = "manage_people"


OWN = (Permission.SEE_SESSION, Permission.ADD_SESSION, Permission.CHANGE_SESSION)
"""What everybody may do with their own sessions, whatever their role."""

ROLES: dict[Role, tuple[Permission, ...]] = {
    Role.TRAINEE: (),
    Role.COACH: (Permission.SEE_SESSION, Permission.ADD_SESSION, Permission.CHANGE_SESSION),
    # Leads see how teams do, not what a person said: aggregates by default.
    Role.LEAD: (Permission.SEE_TEAM_FIGURES,),
    Role.ADMINISTRATOR: (Permission.MANAGE_PEOPLE,),
}


@dataclass(frozen=True)
class Grant:
    """A role in one team, or in the whole organisation when `team_id` is None."""

    role: Role
    team_id: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """The signed-in person, as far as permissions need to know them. `team_ids` are the teams they are in today."""

    person_id: UUID
    organisation_id: UUID
    name: str
    grants: tuple[Grant, ...] = ()
    team_ids: frozenset[UUID] = field(default_factory=frozenset)

    def has_role(self, role: Role) -> bool:
        return any(grant.role is role for grant in self.grants)

    def teams_with(self, permission: Permission) -> tuple[frozenset[UUID], bool]:
        """The teams where a role gives `permission`, and whether one gives it in the whole organisation."""
        giving = [grant for grant in self.grants if permission in ROLES[grant.role]]
        return frozenset(g.team_id for g in giving if g.team_id), any(g.team_id is None for g in giving)


def may(
    actor: Actor, permission: Permission, *, organisation_id: UUID, owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> bool:  # fmt: skip
    """The one decision. Never across organisations; the owner by ownership; others by a role in the team."""
    if actor.organisation_id != organisation_id:
        return False
    if owner_id == actor.person_id and permission in OWN:
        return True
    teams, everywhere = actor.teams_with(permission)
    return everywhere or (team_id is not None and team_id in teams)


def require_session(actor: Actor, permission: Permission, session: PracticeSession | None) -> PracticeSession:
    """The session, for who may. A stranger hears that it does not exist; who may see but not change, that they may not.

    Raises NotFound, NotAllowed.
    """

    def allowed(wanted: Permission) -> bool:
        assert session is not None
        return may(
            actor, wanted, organisation_id=session.organisation_id, owner_id=session.practitioner_id,
            team_id=session.team_id,
        )  # fmt: skip

    if session is None or not allowed(Permission.SEE_SESSION):
        raise NotFound("There is no such session, or it is not yours to see.")
    if not allowed(permission):
        raise NotAllowed("You can see this session, but only its owner or a coach of the team can change it.")
    return session


def visible_sessions(actor: Actor) -> ColumnElement[bool]:
    """The same decision as a query condition, for lists."""
    teams, everywhere = actor.teams_with(Permission.SEE_SESSION)
    by_role: ColumnElement[bool] = false()
    if everywhere:
        by_role = col(PracticeSession.organisation_id) == actor.organisation_id
    elif teams:
        by_role = col(PracticeSession.team_id).in_(teams)
    return (col(PracticeSession.organisation_id) == actor.organisation_id) & or_(
        col(PracticeSession.practitioner_id) == actor.person_id, by_role
    )
