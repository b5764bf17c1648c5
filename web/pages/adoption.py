"""How far the programme has come: every authority for evaluators, their own for leads and administrators."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.permissions import may_evaluate
from training.adoption.files import take_adoption
from training.adoption.numbers import authority_for
from training.adoption.outcome_series import NO_CAUSE
from training.adoption.view import authority_view, waves
from web.pages.people_forms import today
from web.pages.visitor import Member, SignedInMember

router = APIRouter(prefix="/adoption", include_in_schema=False)
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


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


@router.get("/authorities/{authority_id}/figures.csv")
def figures_csv(house: TheHouse, member: SignedInMember, authority_id: UUID) -> Response:
    return _file(house, member, authority_id, "csv")


@router.get("/authorities/{authority_id}/figures.xlsx")
def figures_xlsx(house: TheHouse, member: SignedInMember, authority_id: UUID) -> Response:
    return _file(house, member, authority_id, "xlsx")


def _file(house: TheHouse, member: Member, authority_id: UUID, form: str) -> Response:
    body = take_adoption(house.database, member.actor, authority_id, form=form, today=today())
    headers = {"content-disposition": f'attachment; filename="evoke-adoption.{form}"'}
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def _authority(house: TheHouse, member: Member, authority_id: UUID | None, of: str) -> Response:
    with house.database.read() as session:
        organisation, sight = authority_for(session, member.actor, authority_id)
        view = authority_view(session, organisation, sight=sight, today=today(), of=of)
    return member.page("adoption_authority.html", view=view, no_cause=NO_CAUSE)
