"""`/Users`: read and found, made, replaced, changed in part, let go. What a change is decided by stands beside this:
api.scim.patch (what should be), api.scim.people (what was said), models.people.provisioned (what is done)."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from api.scim.answers import list_answer, one_answer, require_version
from api.scim.asked import Asked, Body, Provisioner, Searched, Wanted
from api.scim.attributes import USER
from api.scim.patch import patched
from api.scim.people import find_user, page_of_users, told_of, users_of
from api.scim.shape import Resource, canonical
from models.people.provisioned import bring_up_to_date, let_go, one_change_at_a_time, take_in
from models.permissions import Actor
from models.person import Person

router = APIRouter(prefix="/scim/v2/Users", include_in_schema=False)
After = Callable[[Resource], Resource]
"""What somebody should be like, from what they were."""


@router.get("")
def users(house: TheHouse, provider: Provisioner, wanted: Asked) -> Response:
    """Everybody of the authority, also who has left, in pages; `filter` finds some."""
    return _list(house, provider, wanted)


@router.post("/.search")
def search(house: TheHouse, provider: Provisioner, wanted: Searched) -> Response:
    """The same, for filters that should not stand in an address (RFC 7644, section 3.4.3)."""
    return _list(house, provider, wanted)


def _list(house: House, provider: Actor, wanted: Wanted) -> Response:
    asked = wanted.read(USER)
    with house.database.read() as session:
        total, found = page_of_users(
            session, provider.organisation_id, asked, start=wanted.start - 1, most=wanted.most,
            site=house.settings.site,
        )  # fmt: skip
    return list_answer(found, total, USER, wanted)


@router.get("/{user_id}")
def user(user_id: str, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked) -> Response:
    return one_answer(request, _read(house, provider, user_id), USER, wanted)


@router.post("")
def make(body: Body, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked) -> Response:
    told = told_of(canonical(body, USER))
    with house.database.write() as session:
        person = take_in(
            session, organisation_id=provider.organisation_id, told=told, settings=house.settings,
            by=provider.person_id,
        )  # fmt: skip
    return one_answer(request, _read(house, provider, str(person.id)), USER, wanted, status=201)


@router.put("/{user_id}")
def replace(
    user_id: str, body: Body, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked
) -> Response:
    """Where nothing is said of `active`, it stays as it is."""
    return _change(house, provider, user_id, request, wanted, lambda before: canonical(body, USER))


@router.patch("/{user_id}")
def change(
    user_id: str, body: Body, request: Request, house: TheHouse, provider: Provisioner, wanted: Asked
) -> Response:
    return _change(house, provider, user_id, request, wanted, lambda before: patched(before, body, USER))


def _change(
    house: House, provider: Actor, user_id: str, request: Request, wanted: Wanted, after: After
) -> Response:  # fmt: skip
    with house.database.write() as session:
        one_change_at_a_time(session, provider.organisation_id)
        person, before = _find(session, house, provider, user_id)
        require_version(request, before)
        bring_up_to_date(
            session, person=person, told=told_of(after(before), before), settings=house.settings,
            by=provider.person_id,
        )  # fmt: skip
    return one_answer(request, _read(house, provider, user_id), USER, wanted)


@router.delete("/{user_id}")
def delete(user_id: str, request: Request, house: TheHouse, provider: Provisioner) -> Response:
    """They leave at once, and the provider hears no more of them. What they added stays, for as long as it is kept."""
    with house.database.write() as session:
        one_change_at_a_time(session, provider.organisation_id)
        person, before = _find(session, house, provider, user_id)
        require_version(request, before)
        let_go(session, person=person, by=provider.person_id)
    return Response(status_code=204)


def _find(session: Session, house: House, provider: Actor, user_id: str) -> tuple[Person, Resource]:
    """Raises ScimRefused (404)."""
    person = find_user(session, provider.organisation_id, user_id)
    return person, users_of(session, [person], site=house.settings.site)[0]


def _read(house: House, provider: Actor, user_id: str) -> Resource:
    """After the commit: when something last changed stands in the trail."""
    with house.database.read() as session:
        return _find(session, house, provider, user_id)[1]
