"""Which coder codes for an authority, how far its coaches let the machine's codes stand, and how to switch."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.permissions import Permission, require_in_some_team
from training.machine_view import NEEDED, build_machine_view
from web.navigation import duties
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)


@router.get("/coder")
def coder_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.SEE_MACHINE_AGREEMENT)
    with house.database.read() as session:
        view = build_machine_view(session, member.actor, house.settings)
    return member.page("coder.html", view=view, needed=NEEDED, administers=bool(duties(member.actor)))
