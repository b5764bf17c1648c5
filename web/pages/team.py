"""A team as its coach sees it, and what they take into its meeting."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.permissions import Permission, require_in_some_team
from training.supervision.team_view import build_team_view
from training.supervision.teams import require_team, team_lines
from web.pages.visitor import SignedInMember, see_other

router = APIRouter(prefix="/team", include_in_schema=False)


@router.get("")
def teams_page(house: TheHouse, member: SignedInMember) -> Response:
    """Who coaches one team goes straight to it."""
    require_in_some_team(member.actor, Permission.SEE_PLAN)
    with house.database.read() as session:
        teams = team_lines(session, member.actor)
    if len(teams) == 1:
        return see_other(f"/team/{teams[0].id}")
    return member.page("team_list.html", teams=teams)


@router.get("/{team_id}")
def team_page(team_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        team = require_team(session, team_id, by=member.actor)
        view = build_team_view(session, team, reader=member.actor)
        several = len(team_lines(session, member.actor)) > 1
    return member.page("team.html", view=view, several=several)
