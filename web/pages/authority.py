"""An authority's figures, for its leads: where it is strong, where it fades, and who is missing out."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from coding.session_figures import ask_for_figures
from models.organisation import Organisation
from models.permissions import Permission, require
from training.figures.authority_view import build_authority
from web.pages.visitor import SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.get("/authority")
def authority_page(house: TheHouse, member: SignedInMember, of: str = "", measure: str = "") -> Response:
    """`of` names a slice, such as `role_play.chosen.person`."""
    require(member.actor, Permission.SEE_TEAM_FIGURES)
    with house.database.read() as session:
        view = build_authority(session, member.actor.organisation_id, slice_name=of, measure_name=measure)
        organisation = session.get_one(Organisation, member.actor.organisation_id)
    return member.page("authority.html", view=view, organisation=organisation.name)


@router.post("/authority/figures")
def make_now(house: TheHouse, member: SignedInMember) -> Response:
    """Not to wait for the night."""
    require(member.actor, Permission.SEE_TEAM_FIGURES)
    with house.database.write() as session:
        ask_for_figures(session, member.actor.organisation_id)
    return see_other("/authority")
