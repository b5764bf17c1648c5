"""How people of the authority sign in: for its administrators."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError
from models.organisation import Organisation
from models.permissions import Permission, require
from models.second_step import OwnStepFirst, require_second_step
from models.single_sign_on import (
    SettingsOfSignOnWrong,
    SignOnDetails,
    end_single_sign_on,
    set_single_sign_on,
    single_sign_on_of,
)
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/signing-in", include_in_schema=False)


@router.get("")
def signing_in_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return _page(house, member, done="Saved." if done else "")


def _page(
    house: House, member: Member, *, done: str = "", error: EvokeError | None = None,
    sent: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        sign_on = single_sign_on_of(session, organisation.id)
    values = {"issuer": "", "tenant": "", "client_id": "", "domains": "", "only_way": ""}
    if sign_on is not None:
        values = {name: getattr(sign_on, name) for name in ("issuer", "tenant", "client_id")}
        values |= {"domains": ", ".join(sign_on.domains), "only_way": "yes" if sign_on.only_way else ""}
    return member.page(
        "signing_in.html", status=error.status if error else 200, organisation=organisation, done=done,
        errors=(error.fields or {"second_step": error.message}) if error else {}, values=values | (sent or {}),
        is_set=sign_on is not None, callback=f"{house.settings.site}/sign-in/callback",
    )  # fmt: skip


@router.post("/single-sign-on")
def set_provider(
    house: TheHouse,
    member: SignedInMember,
    issuer: Annotated[str, Form()] = "",
    tenant: Annotated[str, Form()] = "",
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    domains: Annotated[str, Form()] = "",
    only_way: Annotated[str, Form()] = "",
) -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    sent = {"issuer": issuer, "tenant": tenant, "client_id": client_id, "domains": domains, "only_way": only_way}
    sent = {name: without_control_characters(value) for name, value in sent.items()}
    details = SignOnDetails(
        issuer=sent["issuer"], tenant=sent["tenant"], client_id=sent["client_id"], domains=sent["domains"],
        client_secret=client_secret.strip(), only_way=only_way == "yes",
    )  # fmt: skip
    try:
        with house.database.write() as session:
            set_single_sign_on(session, details=details, by=member.actor)
    except SettingsOfSignOnWrong as error:
        return _page(house, member, error=error, sent=sent)
    return see_other("/signing-in?done=yes")


@router.post("/single-sign-on/end")
def end_provider(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.write() as session:
        end_single_sign_on(session, by=member.actor)
    return see_other("/signing-in?done=yes")


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
