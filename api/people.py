"""People and teams for programs to read; joiners and leavers come by SCIM."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.access import SignedIn, needs
from api.answers.people import People, PersonRead, TeamOfPeople, Teams
from api.document.tell import told
from api.house import TheHouse
from api.pages import MOST, Cursor, CursorWrong, Limit, cursor_of, link_to, next_address, read_cursor
from api.route import ApiRoute, JsonAnswer
from models.permissions import Permission, require_in_some_team
from models.person import Role
from training.people_read import (
    PeopleWanted,
    ReadPerson,
    ReadTeam,
    read_people,
    read_person,
    read_team,
    read_teams,
)

router = APIRouter(
    prefix="/api/v1", tags=["people and figures"], route_class=ApiRoute, dependencies=[needs(Permission.READ_PEOPLE)]
)
SCOPE = Permission.READ_PEOPLE
RoleName = Literal["trainee", "coach", "lead", "administrator", "evaluator", "data_protection"]
OfTeam = Annotated[UUID | None, Query(description="who is in this team today, or coaches it")]
OfRole = Annotated[RoleName | None, Query(description="who has it today, in any team; trainees are those in a team")]
Here = Annotated[bool | None, Query(description="true: still here, also where only invited; false: left")]
Open = Annotated[bool | None, Query(description="true: open; false: closed")]


@router.get("/people", **told("list_people", People, CursorWrong, headers=["ETag", "Link"], scope=SCOPE))
def list_people(
    house: TheHouse, actor: SignedIn, team: OfTeam = None, role: OfRole = None, active: Here = None,
    limit: Limit = None, cursor: Cursor = None,
) -> JSONResponse:  # fmt: skip
    """All of the authority for its administrators and for programs with this scope; for coaches those of the teams they
    coach, without e-mail addresses. In the order in which they were added, at most 200 a page. It says nothing of what
    anybody does or how well. A program itself is nobody here."""
    require_in_some_team(actor, SCOPE)
    size, after = limit or MOST, _place("people", cursor)
    wanted = PeopleWanted(team, Role(role) if role else None, active)
    with house.database.read() as session:
        found, more = read_people(session, actor, wanted, limit=size, after=after)
    kept = {"team": team, "role": role, "active": None if active is None else str(active).lower()}
    further = _next("people", size, found[-1].person.id if more else None, kept)
    return JsonAnswer({"people": [_person(one) for one in found], "next": further}, headers=link_to(further))


@router.get("/people/{person_id}", **told("read_person", PersonRead, headers=["ETag"], scope=SCOPE))
def one_person(person_id: UUID, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """One of those in the list."""
    require_in_some_team(actor, SCOPE)
    with house.database.read() as session:
        return JsonAnswer(_person(read_person(session, actor, person_id)))


@router.get("/teams", **told("list_teams", Teams, CursorWrong, headers=["ETag", "Link"], scope=SCOPE))
def list_teams(
    house: TheHouse, actor: SignedIn, active: Open = None, limit: Limit = None, cursor: Cursor = None
) -> JSONResponse:  # fmt: skip
    """All of the authority, or for coaches the teams they coach. Who is in one: `/api/v1/people?team=…`."""
    require_in_some_team(actor, SCOPE)
    size, after = limit or MOST, _place("teams", cursor)
    with house.database.read() as session:
        found, more = read_teams(session, actor, active=active, limit=size, after=after)
    kept = {"active": None if active is None else str(active).lower()}
    further = _next("teams", size, found[-1].team.id if more else None, kept)
    return JsonAnswer({"teams": [_team(one) for one in found], "next": further}, headers=link_to(further))


@router.get("/teams/{team_id}", **told("read_team", TeamOfPeople, headers=["ETag"], scope=SCOPE))
def one_team(team_id: UUID, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """One of those in the list."""
    require_in_some_team(actor, SCOPE)
    with house.database.read() as session:
        return JsonAnswer(_team(read_team(session, actor, team_id)))


def _place(kind: str, cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    (last,) = read_cursor(kind, cursor, parts=1)
    try:
        return UUID(last)
    except ValueError:
        raise CursorWrong from None


def _next(kind: str, size: int, last: UUID | None, asked: dict[str, Any]) -> str | None:
    return next_address(f"/api/v1/{kind}", size, cursor_of(kind, last) if last else None, **asked)


def _person(one: ReadPerson) -> dict[str, Any]:
    return {
        "id": one.person.id, "name": one.person.name, "email": one.email, "discipline": one.person.discipline,
        "state": one.person.state.value, "active": one.person.left_at is None,
        "places": [
            {"role": place.role.value, "team_id": place.team_id, "team": place.team if place.team_id else None,
             "started_on": place.started_on, "ended_on": place.ended_on}
            for place in one.places
        ],
        "url": f"/api/v1/people/{one.person.id}",
    }  # fmt: skip


def _team(one: ReadTeam) -> dict[str, Any]:
    return {
        "id": one.team.id, "name": one.team.name, "site": one.team.site or None, "active": one.team.closed_at is None,
        "members": one.members, "coaches": [{"id": id_, "name": name} for id_, name in one.coaches],
        "url": f"/api/v1/teams/{one.team.id}",
    }  # fmt: skip
