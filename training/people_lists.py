"""Who is in an organisation and where: for the page of its administrators."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.columns import utc_now
from models.organisation import Team
from models.permissions import Actor, Permission, may
from models.person import Person, PersonState, Role, RoleGrant, TeamMembership

LIST_LIMIT = 200
WIDE_ROLES = {
    Role.LEAD: "learning and development lead",
    Role.ADMINISTRATOR: "administrator",
    Role.DATA_PROTECTION: "data protection officer",
    Role.EVALUATOR: "evaluator",
    Role.API_CLIENT: "program",
}


@dataclass(frozen=True)
class Place:
    """Where somebody is or will be. `membership_id` is None for a coach and for a role of the whole organisation."""

    role: Role
    team: str = ""
    team_id: UUID | None = None
    membership_id: UUID | None = None
    started_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class PersonRow:
    id: UUID
    name: str
    email: str
    discipline: str
    state: PersonState
    places: tuple[Place, ...]

    @property
    def places_shown(self) -> str:
        """ "Family Safeguarding North from 3 May 2027 · coach of South, West · administrator"; empty without any."""
        today = utc_now().date()
        parts = []
        for place in (one for one in self.places if one.role is Role.TRAINEE):
            start = place.started_on
            parts.append(place.team + (f" from {start.day} {start:%B %Y}" if start and start > today else ""))
        if coached := [place.team for place in self.places if place.role is Role.COACH]:
            parts.append(f"coach of {', '.join(coached)}")
        parts += [WIDE_ROLES[place.role] for place in self.places if place.role in WIDE_ROLES]
        text = " · ".join(parts)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class PeopleFilter:
    """`state` is "in" for those invited and active, "all", or one state's value."""

    words: str = ""
    team_id: UUID | None = None
    state: str = "in"

    @property
    def is_wide(self) -> bool:
        return self == PeopleFilter()


@dataclass(frozen=True)
class PeopleList:
    """By name. `cut_at` is how many are shown when there are more, else 0."""

    rows: list[PersonRow]
    cut_at: int = 0


@dataclass(frozen=True)
class Headcount:
    active: int
    invited: int


@dataclass(frozen=True)
class TeamRow:
    id: UUID
    name: str
    members: int
    coaches: tuple[str, ...]
    is_closed: bool
    site: str = ""


def headcount(session: Session, actor: Actor) -> Headcount | None:
    """None for whoever does not look after people."""
    if not may(actor, Permission.MANAGE_PEOPLE, organisation_id=actor.organisation_id):
        return None
    here = col(Person.organisation_id) == actor.organisation_id, col(Person.left_at).is_(None), is_a_human()
    active, invited = session.exec(
        select(
            func.coalesce(func.sum(case((col(Person.invited_at).is_(None), 1), else_=0)), 0),
            func.coalesce(func.sum(case((col(Person.invited_at).is_not(None), 1), else_=0)), 0),
        ).where(*here)
    ).one()
    return Headcount(active, invited)


def people_list(session: Session, actor: Actor, wanted: PeopleFilter) -> PeopleList:
    rows = people_of(session, actor.organisation_id, wanted, limit=LIST_LIMIT + 1)
    return PeopleList(rows[:LIST_LIMIT], LIST_LIMIT if len(rows) > LIST_LIMIT else 0)


def people_of(
    session: Session, organisation_id: UUID, wanted: PeopleFilter, *, limit: int | None = None
) -> list[PersonRow]:
    here = col(Person.organisation_id) == organisation_id, is_a_human()
    query = select(Person).where(*here, *_conditions(wanted))
    people = session.exec(query.order_by(func.lower(col(Person.name)), col(Person.id)).limit(limit)).all()
    places = places_of(session, [person.id for person in people])
    return [
        PersonRow(person.id, person.name, person.email, person.discipline or "", person.state, tuple(places[person.id]))
        for person in people
    ]


def _conditions(wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    left, invited = col(Person.left_at), col(Person.invited_at)
    states = {
        "in": [left.is_(None)],
        PersonState.ACTIVE: [left.is_(None), invited.is_(None)],
        PersonState.INVITED: [left.is_(None), invited.is_not(None)],
        PersonState.LEFT: [left.is_not(None)],
    }
    conditions: list[ColumnElement[bool]] = list(states.get(wanted.state, []))
    if words := wanted.words.strip().lower():
        named = (func.lower(col(field)).contains(words, autoescape=True) for field in (Person.name, Person.email))
        conditions.append(or_(*named))
    if wanted.team_id is not None:
        inside = select(TeamMembership.person_id).where(col(TeamMembership.team_id) == wanted.team_id, _not_over())
        coaching = select(RoleGrant.person_id).where(
            col(RoleGrant.team_id) == wanted.team_id, col(RoleGrant.role) == Role.COACH, _held()
        )
        conditions.append(col(Person.id).in_(inside.union(coaching)))
    return conditions


def _not_over() -> ColumnElement[bool]:
    ended = col(TeamMembership.ended_on)
    return or_(ended.is_(None), ended >= utc_now().date())


def _held() -> ColumnElement[bool]:
    ended = col(RoleGrant.ended_at)
    return or_(ended.is_(None), ended > utc_now())


def places_of(session: Session, people: Iterable[UUID]) -> dict[UUID, list[Place]]:
    """Teams first, then those they coach, then roles of the whole organisation; places to come are among them."""
    ids = list(people)
    found: dict[UUID, list[Place]] = defaultdict(list)
    inside = select(TeamMembership, Team.name).join(Team, col(Team.id) == col(TeamMembership.team_id))
    inside = inside.where(col(TeamMembership.person_id).in_(ids), _not_over())
    for one, team in session.exec(inside.order_by(col(TeamMembership.started_on), func.lower(col(Team.name)))):
        found[one.person_id].append(
            Place(Role.TRAINEE, team, one.team_id, one.id, one.started_on, one.ended_on)
        )  # fmt: skip
    held = select(RoleGrant, Team.name).outerjoin(Team, col(Team.id) == col(RoleGrant.team_id))
    held = held.where(col(RoleGrant.person_id).in_(ids), col(RoleGrant.role) != Role.TRAINEE, _held())
    order = list(Role)
    grants = sorted(session.exec(held), key=lambda row: (order.index(row[0].role), (row[1] or "").lower()))
    for grant, team in grants:
        found[grant.person_id].append(
            Place(grant.role, team or "the whole organisation", grant.team_id, None, grant.started_at.date())
        )
    return found


def team_rows(session: Session, actor: Actor) -> list[TeamRow]:
    """Open teams first, by name."""
    counted = select(TeamMembership.team_id, func.count(func.distinct(col(TeamMembership.person_id)))).where(
        _not_over()
    )
    members = dict(session.exec(counted.group_by(col(TeamMembership.team_id))).all())
    coaches: dict[UUID | None, list[str]] = defaultdict(list)
    coaching = select(RoleGrant.team_id, Person.name).join(Person, col(Person.id) == col(RoleGrant.person_id))
    coaching = coaching.where(
        col(Person.organisation_id) == actor.organisation_id, col(RoleGrant.role) == Role.COACH, _held()
    )
    for team_id, name in session.exec(coaching.order_by(col(Person.name))):
        coaches[team_id].append(name)
    rows = [
        TeamRow(
            team.id, team.name, members.get(team.id, 0), tuple(coaches[team.id]), team.closed_at is not None, team.site
        )
        for team in session.exec(select(Team).where(col(Team.organisation_id) == actor.organisation_id))
    ]
    return sorted(rows, key=lambda row: (row.is_closed, row.name.lower()))
