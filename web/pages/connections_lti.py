"""Learning platforms that open Evoke (LTI 1.3), for an authority's administrators: which there are, entered and
changed."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.house import House, TheHouse
from api.lti.login import LAUNCH, login_address
from api.lti.public import configuration_address, keys_address
from coding.transcript.encoding import without_control_characters
from models.columns import utc_now
from models.lti import LtiMatch, LtiScores
from models.lti_keys import keys_of, rotate_keys
from models.lti_launches import launches_of
from models.lti_platforms import (
    PlatformDetails,
    PlatformWrong,
    keep_platform,
    make_invitation,
    platforms_of,
    require_platform,
)
from models.permissions import Permission, require
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/connections/lti", include_in_schema=False)
FIELDS = tuple(PlatformDetails.__dataclass_fields__)
DONE = {
    "saved": "Saved.", "allowed": "The deployment may open Evoke now. Open the activity again.",
    "ended": "The platform is taken out. It opens nothing any more.",
    "key": "A new key is shown now, and signs from tomorrow.", "anew": "What was not taken is sent again.",
}  # fmt: skip


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return member


Keeper = Annotated[Member, Depends(_keeper)]


async def _sent(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: without_control_characters(str(form.get(name, ""))).strip() for name in FIELDS}


Sent = Annotated[dict[str, str], Depends(_sent)]


def _values(house: House, keeper: Member) -> list[tuple[str, str]]:
    """What a platform wants to be told of Evoke, by the names that most give it."""
    site, home = house.settings.site, keeper.actor.organisation_id
    return [
        ("Tool URL, target link URI", f"{site}{LAUNCH}"),
        ("Initiate login URL, OIDC login URL", login_address(site, home)),
        ("Redirection URI", f"{site}{LAUNCH}"),
        ("Public keyset URL, JWKS URL", keys_address(site, home)),
        ("Content selection URL, deep linking URL", f"{site}{LAUNCH}"),
        ("All of it as JSON (Canvas)", configuration_address(site, home)),
    ]


def _list(house: House, keeper: Member, *, done: str = "", address: str = "", status: int = 200) -> Response:
    with house.database.read() as session:
        platforms = platforms_of(session, keeper.actor.organisation_id)
        rows = [(one, next(iter(launches_of(session, one.id, most=1)), None)) for one in platforms]
        keys = keys_of(session, keeper.actor.organisation_id)
    return keeper.page(
        "connections_lti.html", status=status, rows=rows, values=_values(house, keeper), address=address, done=done,
        keys=keys, now=utc_now(),
    )  # fmt: skip


@router.get("")
def platforms_page(house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    return _list(house, keeper, done=DONE.get(done, ""))


@router.post("/invite")
def invite(house: TheHouse, keeper: Keeper) -> Response:
    """The one answer that shows the address."""
    with house.database.write() as session:
        secret = make_invitation(session, by=keeper.actor)
    return _list(house, keeper, address=f"{house.settings.site}/lti/register/{secret}", status=201)


@router.post("/key")
def change_key(house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        rotate_keys(session, by=keeper.actor)
    return see_other("/connections/lti?done=key")


def _form(house: House, keeper: Member, values: dict[str, Any], errors: dict[str, str], at: str) -> Response:
    return keeper.page(
        "connections_lti_form.html", status=422 if errors else 200, values=values, errors=errors, at=at,
        fields=list(FIELDS), is_known=at.endswith("/change"), tool=_values(house, keeper),
    )  # fmt: skip


@router.get("/new")
def new_page(house: TheHouse, keeper: Keeper) -> Response:
    usual = dict.fromkeys(FIELDS, "") | {"match": LtiMatch.SIGN_IN.value, "scores": LtiScores.COMPLETION.value}
    return _form(house, keeper, usual, {}, "/connections/lti")


@router.post("")
def make(house: TheHouse, keeper: Keeper, sent: Sent) -> Response:
    try:
        with house.database.write() as session:
            row = keep_platform(session, details=PlatformDetails(**sent), settings=house.settings, by=keeper.actor)
    except PlatformWrong as error:
        return _form(house, keeper, sent, error.fields, "/connections/lti")
    return see_other(f"/connections/lti/{row.id}?done=saved")


@router.get("/{platform_id}/change")
def change_page(platform_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.read() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        values = {name: getattr(row, name) for name in FIELDS}
    values |= {name: "\n".join(values[name]) for name in ("deployments", "domains")}
    return _form(house, keeper, values, {}, f"/connections/lti/{platform_id}/change")


@router.post("/{platform_id}/change")
def change(platform_id: UUID, house: TheHouse, keeper: Keeper, sent: Sent) -> Response:
    try:
        with house.database.write() as session:
            row = require_platform(session, platform_id, by=keeper.actor)
            details = PlatformDetails(**sent)
            keep_platform(session, details=details, settings=house.settings, by=keeper.actor, platform=row)
    except PlatformWrong as error:
        return _form(house, keeper, sent, error.fields, f"/connections/lti/{platform_id}/change")
    return see_other(f"/connections/lti/{platform_id}?done=saved")
