"""How people of the authority sign in: for its administrators."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from models.organisation import Organisation
from models.permissions import Permission, require
from models.second_step import OwnStepFirst, require_second_step
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/signing-in", include_in_schema=False)


@router.get("")
def signing_in_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return _page(house, member, done="Saved." if done else "")


def _page(house: House, member: Member, *, done: str = "", error: OwnStepFirst | None = None) -> Response:
    with house.database.read() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
    return member.page(
        "signing_in.html", status=error.status if error else 200, organisation=organisation, done=done,
        errors={"second_step": error.message} if error else {},
    )  # fmt: skip


@router.post("")
def change_signing_in(
    house: TheHouse, member: SignedInMember, second_step: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    require(member.actor, Permission.MANAGE_SETTINGS)
    try:
        with house.database.write() as session:
            organisation = session.get_one(Organisation, member.actor.organisation_id)
            require_second_step(
                session, organisation=organisation, required=second_step == "yes", by=member.actor.person_id
            )
    except OwnStepFirst as error:
        return _page(house, member, error=error)
    return see_other("/signing-in?done=yes")
