"""How far the programme has come: every authority for evaluators, their own for leads and administrators."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.permissions import may_evaluate
from training.adoption.outcome_series import NO_CAUSE
from training.adoption.view import authority_for, authority_view, waves
from web.pages.people_forms import today
from web.pages.visitor import Member, SignedInMember

router = APIRouter(prefix="/adoption", include_in_schema=False)


@router.get("")
def adoption_page(house: TheHouse, member: SignedInMember, of: str = "") -> Response:
    """Evaluators see the authorities that opted in, and others who may their own."""
    if not may_evaluate(member.actor):
        return _authority(house, member, None, of)
    with house.database.read() as session:
        found = waves(session, member.actor, today=today())
    return member.page("adoption.html", waves=found)


@router.get("/authorities/{authority_id}")
def authority_page(house: TheHouse, member: SignedInMember, authority_id: UUID, of: str = "") -> Response:
    return _authority(house, member, authority_id, of)


def _authority(house: TheHouse, member: Member, authority_id: UUID | None, of: str) -> Response:
    with house.database.read() as session:
        organisation, sight = authority_for(session, member.actor, authority_id)
        view = authority_view(session, organisation, sight=sight, today=today(), of=of)
    return member.page("adoption_authority.html", view=view, no_cause=NO_CAUSE)
