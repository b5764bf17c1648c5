"""The data-protection impact assessment of this installation, for its administrators."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.organisation import Organisation
from models.permissions import Permission, require
from training.dpia import build_dpia
from training.dpia_switches import read_switches
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)


@router.get("/data-protection")
def data_protection(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.SEE_AUDIT)
    with house.database.read() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        switches = read_switches(session, organisation.id)
    return member.page("dpia.html", pack=build_dpia(house.settings, organisation=organisation.name, switches=switches))
