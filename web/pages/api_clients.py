"""Programs of the authority that act for themselves (API clients): for its administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from api.house import TheHouse
from coding.transcript.encoding import without_control_characters
from models.api_client import (
    DAYS,
    OVERLAP_HOURS,
    ApiClientWrong,
    api_clients_of,
    make_api_client,
    renew_api_client,
    require_api_client,
    revoke_api_client,
)
from models.organisation import Organisation, OrganisationKind
from models.permissions import Permission, require
from models.person import Person
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/api-clients", include_in_schema=False)
MAY = {
    Permission.ADD_SESSION: ("Add sessions", "For anybody in your authority: recordings and transcripts"),
    Permission.FOLLOW_SESSION: ("Follow sessions", "How far a session is. It reads nothing that was said"),
    Permission.SEE_TEAM_FIGURES: ("Read figures", "How many sessions each team has, and all that leads see of groups"),
    Permission.MANAGE_WEBHOOKS: ("Manage webhooks", "Add, test and remove what is told to other systems as it happens"),
    Permission.MANAGE_PEOPLE: ("Manage people", "Joiners, leavers and teams, by SCIM. Not for a learning system"),
    Permission.READ_PEOPLE: (
        "Read people and teams",
        "Names, e-mail addresses, teams and roles, no more",
    ),
}
LONG = {90: "3 months", 365: "1 year", 730: "2 years"}
USUAL_DAYS = 365
OVERLAP = {0: "at once", 24: "in 24 hours", 168: "in 7 days"}


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return member


Keeper = Annotated[Member, Depends(_keeper)]


def _days(text: str) -> int:
    """0 for what is not on the list."""
    return next((days for days in DAYS if str(days) == text), 0)


@router.get("")
def clients_page(house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    with house.database.read() as session:
        rows = api_clients_of(session, keeper.actor.organisation_id)
        kind = session.get_one(Organisation, keeper.actor.organisation_id).kind
    revoked = "The program is revoked. It and its tokens are refused from now on." if done else ""
    return keeper.page(
        "api_clients.html", rows=rows, may=MAY, long=LONG, usual=USUAL_DAYS, overlap=OVERLAP, done=revoked,
        is_authority=kind is OrganisationKind.AUTHORITY, addresses=_addresses(house.settings.site),
    )  # fmt: skip


def _addresses(site: str) -> list[tuple[str, str]]:
    return [
        ("Token address", f"{site}/api/v1/oauth/token"), ("Address of the API", f"{site}/api/v1"),
        ("Its description (OpenAPI)", f"{site}/api/v1/openapi.json"),
    ]  # fmt: skip


@router.get("/new")
def new_client_page(keeper: Keeper) -> Response:
    return _form(keeper, name="", scopes=[], days=USUAL_DAYS, errors={})


def _form(keeper: Member, *, name: str, scopes: list[str], days: int, errors: dict[str, str]) -> Response:
    return keeper.page(
        "api_client_new.html", status=422 if errors else 200, name=name, scopes=scopes, days=days, errors=errors,
        may=MAY, long=LONG,
    )  # fmt: skip


@router.post("")
def make(
    house: TheHouse, keeper: Keeper, name: Text = "", scopes: Annotated[tuple[str, ...], Form()] = (), days: Text = ""
) -> Response:
    """The one answer that shows the secret."""
    name = without_control_characters(name)
    try:
        with house.database.write() as session:
            organisation = session.get_one(Organisation, keeper.actor.organisation_id)
            client, secret = make_api_client(
                session, organisation=organisation, name=name, scopes=scopes, days=_days(days),
                by=keeper.actor.person_id,
            )  # fmt: skip
    except ApiClientWrong as error:
        return _form(keeper, name=name, scopes=list(scopes), days=_days(days), errors=error.fields)
    return _secret_page(keeper, client.id, name=name, secret=secret, site=house.settings.site)


def _secret_page(keeper: Member, client_id: UUID, *, name: str, secret: str, site: str) -> Response:
    return keeper.page(
        "api_client_secret.html", status=201, name=name, client_id=client_id, secret=secret,
        token_address=f"{site}/api/v1/oauth/token",
    )  # fmt: skip


@router.post("/{client_id}/renew")
def renew(client_id: UUID, house: TheHouse, keeper: Keeper, days: Text = "", overlap: Text = "") -> Response:
    with house.database.write() as session:
        client = require_api_client(session, client_id, by=keeper.actor)
        secret = renew_api_client(
            session, client=client, days=_days(days) or USUAL_DAYS, by=keeper.actor.person_id,
            overlap_hours=next((hours for hours in OVERLAP_HOURS if str(hours) == overlap), 0),
        )  # fmt: skip
        name = session.get_one(Person, client_id).name
    return _secret_page(keeper, client_id, name=name, secret=secret, site=house.settings.site)


@router.post("/{client_id}/revoke")
def revoke(client_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        client = require_api_client(session, client_id, by=keeper.actor)
        revoke_api_client(session, client=client, by=keeper.actor.person_id)
    return see_other("/api-clients?done=revoked")
