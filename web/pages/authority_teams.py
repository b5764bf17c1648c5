"""One team of an authority, for its leads; and the sessions behind its figures, for who may open them."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.permissions import Permission, may, require
from training.figures.behind import MOST, may_see_behind, sessions_behind, several_months
from training.figures.shown import month_shown, slice_shown
from training.figures.team_view import build_team, require_team_of
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False, prefix="/authority/teams/{team_id}")


@router.get("")
def team_page(team_id: UUID, house: TheHouse, member: SignedInMember, of: str = "", measure: str = "") -> Response:
    """`of` names a slice."""
    require(member.actor, Permission.SEE_TEAM_FIGURES)
    with house.database.read() as session:
        team = require_team_of(session, team_id, by=member.actor)
        view = build_team(session, team, slice_name=of, measure_name=measure)
    return member.page("authority_team.html", view=view, team=team, behind=may_see_behind(member.actor, team))


@router.get("/sessions")
def behind_page(team_id: UUID, house: TheHouse, member: SignedInMember, of: str = "", month: str = "") -> Response:
    """`month` is such as 2026-10, or 2026-10..2026-12; the newest 12 without it."""
    with house.database.read() as session:
        team = require_team_of(session, team_id, by=member.actor)
        found = sessions_behind(session, team, by=member.actor, slice_name=of, month=month)
    period = month_shown(found.since)
    if found.last != found.since:
        period = f"{period} to {month_shown(found.last)}"
    several = several_months(found.since, found.last) if found.since != found.last else ""
    leads = may(member.actor, Permission.SEE_TEAM_FIGURES, organisation_id=member.actor.organisation_id)
    return member.page(
        "authority_sessions.html", team=team, found=found, period=period, shown=slice_shown(found.slice), most=MOST,
        leads=leads, several=several if several == month else "",
    )  # fmt: skip
