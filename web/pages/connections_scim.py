"""People and teams kept by the authority's own directory (SCIM): its token, its groups, and what it changed."""

import json
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session, col, select

from api.house import House, TheHouse
from api.scim.attributes import USER
from api.scim.filter_values import Compare, Op, Path
from api.scim.filters import check
from api.scim.people import page_of_users
from api.scim.teams import page_of_groups
from coding.transcript.encoding import without_control_characters
from models.api_client import DAYS
from models.errors import NotFound
from models.identity_provider import is_safe_address
from models.organisation import Organisation, OrganisationKind, Team
from models.permissions import Permission, require
from models.person import Role
from models.scim import (
    ScimWrong,
    connection_of,
    disconnect,
    end_older_tokens,
    make_provider_token,
    provisioning_clients,
    tokens_of_provider,
)
from models.scim_role_groups import MAPPED_ROLES, add_role_group, remove_role_group, role_groups_of
from training.audit_list import latest_changes
from web.pages.people_forms import Text, id_or_none
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/connections/scim", include_in_schema=False)
LONG = {90: "3 months", 365: "1 year", 730: "2 years"}
USUAL_DAYS = 365
LAST_CHANGES = 20
ROLE_WORDS = {
    Role.COACH: "Coach of a team",
    Role.LEAD: "Learning and development lead",
    Role.DATA_PROTECTION: "Data protection",
}
DONE = {
    "older": "Only the newest token works now.",
    "ended": "Your directory is disconnected: its tokens are refused from now on. People and teams stay as they are.",
    "group": "Saved. It counts from when your directory next sends this group.",
    "removed": "The group gives no role any more. Roles that it gave stay; take them on each person’s page.",
}


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return member


Keeper = Annotated[Member, Depends(_keeper)]


@dataclass(frozen=True)
class Tried:
    """What a directory that asked now would be told. `found` is one person as JSON; None where nobody was looked up,
    empty where nobody was found."""

    people: int
    gone: int
    groups: int
    looked_for: str
    found: str | None
    problem: str


@router.get("")
def scim_page(house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    return _page(house, keeper, done=DONE.get(done, ""))


def _page(
    house: House, keeper: Member, *, done: str = "", errors: dict[str, str] | None = None,
    sent: dict[str, str] | None = None, tried: Tried | None = None,
) -> Response:  # fmt: skip
    home = keeper.actor.organisation_id
    with house.database.read() as session:
        kind = session.get_one(Organisation, home).kind
        connection = connection_of(session, home)
        teams = session.exec(
            select(Team).where(col(Team.organisation_id) == home, col(Team.closed_at).is_(None)).order_by(Team.name)
        ).all()
        names = {team.id: team.name for team in teams}
        context: dict[str, Any] = {
            "tokens": tokens_of_provider(session, connection) if connection else [],
            "groups": [
                (one, ROLE_WORDS[one.role], names.get(one.team_id or one.id)) for one in role_groups_of(session, home)
            ],
            "changes": latest_changes(session, home, provisioning_clients(session, home), most=LAST_CHANGES),
        }  # fmt: skip
    return keeper.page(
        "connections_scim.html", status=422 if errors else 200, errors=errors or {}, sent=sent or {}, done=done,
        tried=tried, connected=connection is not None, is_authority=kind is OrganisationKind.AUTHORITY,
        address=_address(house), long=LONG, usual=USUAL_DAYS, teams=[(team.id, team.name) for team in teams],
        roles=[(role.value, ROLE_WORDS[role]) for role in MAPPED_ROLES], **context,
    )  # fmt: skip


def _address(house: House) -> str:
    return f"{house.settings.site}/scim/v2"


@router.post("/token")
def make_token(house: TheHouse, keeper: Keeper, days: Text = "") -> Response:
    """The one answer that shows the token."""
    chosen = next((one for one in DAYS if str(one) == days), 0)
    try:
        with house.database.write() as session:
            token = make_provider_token(
                session, organisation_id=keeper.actor.organisation_id, days=chosen, by=keeper.actor.person_id
            )
    except ScimWrong as error:
        return _page(house, keeper, errors=error.fields)
    return keeper.page("connections_scim_token.html", status=201, token=token, address=_address(house))


@router.post("/older-tokens/end")
def end_older(house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        end_older_tokens(session, organisation_id=keeper.actor.organisation_id, by=keeper.actor.person_id)
    return see_other("/connections/scim?done=older")


@router.post("/end")
def end(house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        disconnect(session, organisation_id=keeper.actor.organisation_id, by=keeper.actor.person_id)
    return see_other("/connections/scim?done=ended")


@router.post("/groups")
def add_group(house: TheHouse, keeper: Keeper, group: Text = "", role: Text = "", team: Text = "") -> Response:
    sent = {"group": without_control_characters(group), "role": role, "team": team}
    try:
        with house.database.write() as session:
            add_role_group(
                session, organisation_id=keeper.actor.organisation_id, name=sent["group"],
                role=next((one for one in MAPPED_ROLES if one.value == role), None), team_id=id_or_none(team),
                by=keeper.actor.person_id,
            )  # fmt: skip
    except ScimWrong as error:
        return _page(house, keeper, errors=error.fields, sent=sent)
    return see_other("/connections/scim?done=group")


@router.post("/groups/remove")
def remove_group(house: TheHouse, keeper: Keeper, group_id: Text = "") -> Response:
    wanted = id_or_none(group_id)
    if wanted is None:
        raise NotFound("There is no such group. Perhaps it is removed already.")
    with house.database.write() as session:
        remove_role_group(
            session, organisation_id=keeper.actor.organisation_id, group_id=wanted, by=keeper.actor.person_id
        )
    return see_other("/connections/scim?done=removed")


@router.post("/test")
def try_out(house: TheHouse, keeper: Keeper, user_name: Text = "") -> Response:
    """Changes nothing."""
    looked_for = without_control_characters(user_name).strip()[:320]
    with house.database.read() as session:
        tried = _tried(session, house, keeper, looked_for)
    return _page(house, keeper, tried=tried, sent={"user_name": looked_for})


def _tried(session: Session, house: House, keeper: Member, looked_for: str) -> Tried:
    """Asked through the very functions that answer a directory."""
    home, site = keeper.actor.organisation_id, house.settings.site
    wanted = Compare(Path("userName"), Op.EQ, looked_for)
    gone = Compare(Path("active"), Op.EQ, False)
    check(wanted, USER)
    people, _ = page_of_users(session, home, None, start=0, most=0, site=site)
    left, _ = page_of_users(session, home, gone, start=0, most=0, site=site)
    groups, _ = page_of_groups(session, home, None, start=0, most=0, site=site)
    _, found = page_of_users(session, home, wanted, start=0, most=1, site=site) if looked_for else (0, [])
    shown = json.dumps(found[0], ensure_ascii=False, indent=2) if found else ""
    return Tried(people, left, groups, looked_for, shown if looked_for else None, _problem(session, house, home))


def _problem(session: Session, house: House, home: UUID) -> str:
    connection = connection_of(session, home)
    if connection is None or not tokens_of_provider(session, connection):
        return "There is no token that works, so a directory would be refused. Make one, and paste it there."
    if not is_safe_address(house.settings.site) or house.settings.site.startswith("http://"):
        return "The address does not begin with https://, and most directories refuse that. Ask whoever runs Evoke."
    return ""
