"""`/Groups`: teams, and groups that give a role. Who is in one, who comes, who goes."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from api.scim.answers import list_answer, one_answer, require_version
from api.scim.asked import Asked, Body, Provisioner, Searched, Wanted
from api.scim.attributes import GROUP
from api.scim.patch import patched
from api.scim.shape import Resource, canonical
from api.scim.teams import GroupTold, change_group, end_group, find_group, groups_of, make_group, page_of_groups
from models.organisation import Team
from models.people.provisioned import one_change_at_a_time
from models.permissions import Actor
from models.scim_kept import ScimRoleGroup

router = APIRouter(prefix="/scim/v2/Groups", include_in_schema=False)


@router.get("")
def groups(house: TheHouse, provider: Provisioner, wanted: Asked) -> Response:
    """The open teams, in pages; `filter` finds some."""
    return _list(house, provider, wanted)


@router.post("/.search")
def search(house: TheHouse, provider: Provisioner, wanted: Searched) -> Response:
    return _list(house, provider, wanted)


def _list(house: House, provider: Actor, wanted: Wanted) -> Response:
    asked = wanted.read(GROUP)
    with house.database.read() as session:
        total, found = page_of_groups(
            session, provider.organisation_id, asked, start=wanted.start - 1, most=wanted.most,
            site=house.settings.site,
        )  # fmt: skip
    return list_answer(found, total, GROUP, wanted)


@router.get("/{group_id}")
def group(group_id: str, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked) -> Response:
    return one_answer(request, _read(house, provider, group_id), GROUP, wanted)


@router.post("")
def make(body: Body, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked) -> Response:
    told = GroupTold.of(canonical(body, GROUP))
    with house.database.write() as session:
        one_change_at_a_time(session, provider.organisation_id)
        made = make_group(session, organisation_id=provider.organisation_id, told=told, by=provider.person_id)
    return one_answer(request, _read(house, provider, str(made.id)), GROUP, wanted, status=201)


@router.put("/{group_id}")
def replace(
    group_id: str, body: Body, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked
) -> Response:
    """Whoever is not among the members leaves; where nothing is said of members, they stay."""
    _change(house, provider, group_id, request, lambda before: canonical(body, GROUP))
    return one_answer(request, _read(house, provider, group_id), GROUP, wanted)


@router.patch("/{group_id}")
def change(
    group_id: str, body: Body, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked
) -> Response:
    """204, as a group can have many members; with `attributes` those are answered."""
    _change(house, provider, group_id, request, lambda before: patched(before, body, GROUP))
    if not wanted.attributes:
        return Response(status_code=204)
    return one_answer(request, _read(house, provider, group_id), GROUP, wanted)


def _change(
    house: House, provider: Actor, group_id: str, request: Request, after: Callable[[Resource], Resource]
) -> None:
    with house.database.write() as session:
        one_change_at_a_time(session, provider.organisation_id)
        found, before = _find(session, house, provider, group_id)
        require_version(request, before)
        change_group(session, group=found, told=GroupTold.of(after(before)), by=provider.person_id)


@router.delete("/{group_id}")
def delete(group_id: str, request: Request, house: TheHouse, provider: Provisioner) -> Response:
    """Everybody leaves it and it closes; its past and its sessions stay."""
    with house.database.write() as session:
        one_change_at_a_time(session, provider.organisation_id)
        found, before = _find(session, house, provider, group_id)
        require_version(request, before)
        end_group(session, group=found, by=provider.person_id)
    return Response(status_code=204)


def _find(session: Session, house: House, provider: Actor, group_id: str) -> tuple[Team | ScimRoleGroup, Resource]:
    """Raises ScimRefused (404)."""
    found = find_group(session, provider.organisation_id, group_id)
    return found, groups_of(session, [found], site=house.settings.site)[0]


def _read(house: House, provider: Actor, group_id: str) -> Resource:
    with house.database.read() as session:
        return _find(session, house, provider, group_id)[1]
