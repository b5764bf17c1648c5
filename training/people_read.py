"""People and teams for programs: page by page, and only as far as who asks may see them. Administrators, and programs
that were let, see all of their authority; a coach those of the teams they coach. Nothing here says how anybody does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.columns import utc_now
from models.errors import NotFound
from models.organisation import Team
from models.permissions import Actor, Permission
from models.person import Person, Role, RoleGrant, TeamMembership, in_team_on
from training.people_lists import Place, places_of


@dataclass(frozen=True)
class PeopleWanted:
    """`active` is whether they are still here: False for those who left, None for both."""

    team_id: UUID | None = None
    role: Role | None = None
    active: bool | None = None


@dataclass(frozen=True)
class ReadPerson:
    """`places` are those that who asks may see; `email` is None where they only coach them."""

    person: Person
    email: str | None
    places: tuple[Place, ...]


@dataclass(frozen=True)
class ReadTeam:
    """`members` counts who is in it today; `coaches` are their ids and names."""

    team: Team
    members: int
    coaches: tuple[tuple[UUID, str], ...]


def read_people(
    session: Session, actor: Actor, wanted: PeopleWanted, *, limit: int, after: UUID | None = None
) -> tuple[list[ReadPerson], bool]:
    """In the order in which they were added, and whether there are more. Who joins meanwhile moves nothing."""
    later = true() if after is None else col(Person.id) > after
    query = select(Person).where(_people(actor), *_conditions(actor, wanted), later)
    found = session.exec(query.order_by(col(Person.id)).limit(limit + 1)).all()
    return _read(session, actor, found[:limit]), len(found) > limit


def read_person(session: Session, actor: Actor, person_id: UUID) -> ReadPerson:
    """Raises NotFound."""
    found = session.exec(select(Person).where(_people(actor), col(Person.id) == person_id)).all()
    if not found:
        raise NotFound("There is no such person, or you may not see them.")
    return _read(session, actor, found)[0]


def read_teams(
    session: Session, actor: Actor, *, active: bool | None, limit: int, after: UUID | None = None
) -> tuple[list[ReadTeam], bool]:
    """As `read_people`. `active` is whether the team is open."""
    closed = col(Team.closed_at)
    state = true() if active is None else (closed.is_(None) if active else closed.is_not(None))
    later = true() if after is None else col(Team.id) > after
    query = select(Team).where(_teams(actor), state, later)
    found = session.exec(query.order_by(col(Team.id)).limit(limit + 1)).all()
    return _read_teams(session, found[:limit]), len(found) > limit


def read_team(session: Session, actor: Actor, team_id: UUID) -> ReadTeam:
    """Raises NotFound."""
    found = session.exec(select(Team).where(_teams(actor), col(Team.id) == team_id)).all()
    if not found:
        raise NotFound("There is no such team, or you may not see it.")
    return _read_teams(session, found)[0]


def _people(actor: Actor) -> ColumnElement[bool]:
    teams, everywhere = actor.teams_with(Permission.READ_PEOPLE)
    here = and_(col(Person.organisation_id) == actor.organisation_id, is_a_human())
    return here if everywhere else and_(here, col(Person.left_at).is_(None), _of_teams(teams))


def _teams(actor: Actor) -> ColumnElement[bool]:
    teams, everywhere = actor.teams_with(Permission.READ_PEOPLE)
    here = col(Team.organisation_id) == actor.organisation_id
    return here if everywhere else and_(here, col(Team.id).in_(teams))


def _of_teams(teams: Iterable[UUID]) -> ColumnElement[bool]:
    """In one of them today, or a coach of it."""
    ids = list(teams)
    inside = select(TeamMembership.person_id).where(col(TeamMembership.team_id).in_(ids), _today())
    coaching = select(RoleGrant.person_id).where(col(RoleGrant.team_id).in_(ids), _coaches())
    return col(Person.id).in_(inside.union(coaching))


def _today() -> ColumnElement[bool]:
    return in_team_on(utc_now().date())


def _coaches() -> ColumnElement[bool]:
    return and_(col(RoleGrant.role) == Role.COACH, _held())


def _held() -> ColumnElement[bool]:
    now = utc_now()
    ended = col(RoleGrant.ended_at)
    return and_(col(RoleGrant.started_at) <= now, or_(ended.is_(None), ended > now))


def _conditions(actor: Actor, wanted: PeopleWanted) -> list[ColumnElement[bool]]:
    """Who asks learns by them no place of anybody that they may not see."""
    teams, everywhere = actor.teams_with(Permission.READ_PEOPLE)
    left = col(Person.left_at)
    conditions: list[ColumnElement[bool]] = []
    if wanted.active is not None:
        conditions.append(left.is_(None) if wanted.active else left.is_not(None))
    if wanted.team_id is not None:
        conditions.append(_of_teams([wanted.team_id] if everywhere else teams & {wanted.team_id}))
    if wanted.role is Role.TRAINEE:
        inside = select(TeamMembership.person_id).where(_today())
        seen = inside if everywhere else inside.where(col(TeamMembership.team_id).in_(teams))
        conditions.append(col(Person.id).in_(seen))
    elif wanted.role is not None:
        held = select(RoleGrant.person_id).where(col(RoleGrant.role) == wanted.role, _held())
        seen = held if everywhere else held.where(col(RoleGrant.team_id).in_(teams))
        conditions.append(col(Person.id).in_(seen))
    return conditions


def _read(session: Session, actor: Actor, people: Iterable[Person]) -> list[ReadPerson]:
    teams, everywhere = actor.teams_with(Permission.READ_PEOPLE)
    people = list(people)
    places = places_of(session, [one.id for one in people])
    return [
        ReadPerson(
            one, one.email if everywhere or one.id == actor.person_id else None,
            tuple(place for place in places[one.id] if everywhere or place.team_id in teams),
        )
        for one in people
    ]  # fmt: skip


def _read_teams(session: Session, teams: Iterable[Team]) -> list[ReadTeam]:
    teams = list(teams)
    ids = [one.id for one in teams]
    counted = select(TeamMembership.team_id, func.count(func.distinct(col(TeamMembership.person_id))))
    counted = counted.where(col(TeamMembership.team_id).in_(ids), _today()).group_by(col(TeamMembership.team_id))
    members = dict(session.exec(counted).all())
    coaches: dict[UUID | None, list[tuple[UUID, str]]] = defaultdict(list)
    coaching = select(RoleGrant.team_id, Person.id, Person.name).join(
        Person, col(Person.id) == col(RoleGrant.person_id)
    )
    coaching = coaching.where(col(RoleGrant.team_id).in_(ids), _coaches(), col(Person.left_at).is_(None))
    for team_id, person_id, name in session.exec(coaching.order_by(col(Person.name), col(Person.id)).distinct()):
        coaches[team_id].append((person_id, name))
    return [ReadTeam(one, members.get(one.id, 0), tuple(coaches[one.id])) for one in teams]
