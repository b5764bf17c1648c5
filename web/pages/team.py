"""A team as its coach sees it, and what they take into its meeting."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.permissions import Permission, require_in_some_team
from models.seen import note_excerpts
from training.figures.behind import slices_behind
from training.figures.shown import slice_shown
from training.supervision.pack import Wanted, build_pack
from training.supervision.team_view import build_team_view
from training.supervision.teams import coaches_several, require_team, team_lines
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/team", include_in_schema=False)
Text = Annotated[str, Form()]


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
        several = coaches_several(session, member.actor)
        behind = {one.name: slice_shown(one) for one in slices_behind(session, team, by=member.actor)}
    return member.page("team.html", view=view, several=several, behind=behind)


def _pack_page(house: House, member: Member, team_id: UUID, wanted: Wanted | None = None) -> Response:
    """What is read of a session is noted before it is given out."""
    with house.database.read() as session:
        team = require_team(session, team_id, by=member.actor)
        pack = build_pack(session, team, reader=member.actor, wanted=wanted)
    note_excerpts(house.database, pack.shown, by=member.actor)
    return member.page("team_pack.html", pack=pack, changed=wanted is not None)


@router.get("/{team_id}/pack")
def pack_page(team_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _pack_page(house, member, team_id)


@router.post("/{team_id}/pack")
def change_pack(
    team_id: UUID, house: TheHouse, member: SignedInMember, excerpt_1: Text = "", excerpt_2: Text = "",
    excerpt_3: Text = "", without_1: Text = "", without_2: Text = "", without_3: Text = "",
) -> Response:  # fmt: skip
    """Shows the sheet as chosen. Nothing of it is kept, so that words that are left out stand nowhere."""
    left_out = tuple(without_control_characters(one) for one in (without_1, without_2, without_3))
    return _pack_page(house, member, team_id, Wanted((excerpt_1, excerpt_2, excerpt_3), left_out))
