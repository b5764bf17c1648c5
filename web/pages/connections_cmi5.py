"""Learning systems that launch modules by cmi5, for an authority's administrators: connected, tested, looked at."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.cmi5_systems import SystemWrong, connect_system, end_system, require_system, unlink
from models.permissions import Permission, require
from training.cmi5.connection_view import cmi5_view, try_store
from training.modules.library import library_for
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/connections/cmi5", include_in_schema=False)
HERE = "/connections/cmi5"
DONE = {
    "connected": "Connected. Open a module from the learning system again, to see that it works.",
    "ended": "Disconnected. It opens nothing any more, and what was kept of it is forgotten.",
    "unlinked": "The link is undone. The next launch asks again.",
}
Prefilled = Annotated[str, Query(max_length=500)]


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return member


Keeper = Annotated[Member, Depends(_keeper)]


@router.get("")
def systems_page(
    house: TheHouse, keeper: Keeper, done: str = "", endpoint: Prefilled = "", address: Prefilled = ""
) -> Response:
    """`endpoint` and `address` come from a launch that was not connected yet."""
    values = {"name": "", "endpoint": endpoint, "address": address}
    return _page(house, keeper, done=DONE.get(done, ""), values=values)


@router.post("")
def connect(
    house: TheHouse, keeper: Keeper, name: Text = "", endpoint: Text = "", address: Text = ""
) -> Response:  # fmt: skip
    sent = {"name": name, "endpoint": endpoint, "address": address}
    sent = {field: without_control_characters(value).strip() for field, value in sent.items()}
    try:
        with house.database.write() as session:
            connect_system(session, **sent, settings=house.settings, by=keeper.actor)
    except SystemWrong as error:
        return _page(house, keeper, errors=error.fields, values=sent)
    return see_other(f"{HERE}?done=connected")


@router.post("/links/{link_id}/undo")
def undo(link_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        unlink(session, link_id=link_id, by=keeper.actor)
    return see_other(f"{HERE}?done=unlinked")


@router.post("/{system_id}/test")
def test(system_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.read() as session:
        system = require_system(session, system_id, by=keeper.actor)
    return _page(house, keeper, tested={system_id: try_store(system, house.settings)})


@router.post("/{system_id}/end")
def end(system_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        end_system(session, system=require_system(session, system_id, by=keeper.actor), by=keeper.actor)
    return see_other(f"{HERE}?done=ended")


def _page(
    house: House, keeper: Member, *, done: str = "", errors: dict[str, str] | None = None,
    values: dict[str, str] | None = None, tested: dict[UUID, tuple[bool, str]] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        modules = library_for(session, keeper.actor.organisation_id).modules
        view = cmi5_view(session, keeper.actor.organisation_id, {one.slug: one.head.title for one in modules})
    return keeper.page(
        "connections_cmi5.html", status=422 if errors else 200, view=view, done=done, errors=errors or {},
        values=values or {"name": "", "endpoint": "", "address": ""}, tested=tested or {},
    )  # fmt: skip
