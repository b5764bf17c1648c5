"""Your second step: set up, set up anew, turned off."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.access import address_of
from api.house import House, TheHouse
from models.errors import EvokeError, TooMany
from models.organisation import Organisation
from models.password import begin_try, end_try, fits, refused
from models.person import Person
from models.second_step import begin_second_step, end_second_step, has_second_step, recovery_codes_left
from web.pages.account import AtBrowser
from web.pages.visitor import Member, see_other

router = APIRouter(prefix="/account/second-step", include_in_schema=False)


@router.get("")
def second_step_page(house: TheHouse, member: AtBrowser) -> Response:
    return _page(house, member)


def _page(house: House, member: Member, *, error: EvokeError | None = None) -> Response:
    with house.database.read() as session:
        person = session.get_one(Person, member.actor.person_id)
        context = {
            "in_use": has_second_step(session, person.id),
            "codes_left": recovery_codes_left(session, person.id),
            "required": session.get_one(Organisation, person.organisation_id).second_step_required,
        }
    errors = (
        {"password": error.message if isinstance(error, TooMany) else "This is not your password."} if error else {}
    )
    status = 200 if error is None else 429 if isinstance(error, TooMany) else 422
    headers = TooMany.headers_of(error) if error else {}
    return member.page("account_second_step.html", status=status, headers=headers, errors=errors, shown=context)


@router.post("/begin")
def begin(request: Request, house: TheHouse, member: AtBrowser, password: Annotated[str, Form()] = "") -> Response:
    """Asks for the password, so that an open desk is not enough."""
    try:
        _check(request, house, member, password)
    except EvokeError as error:
        return _page(house, member, error=error)
    with house.database.write() as session:
        person = session.get_one(Person, member.actor.person_id)
        begin_second_step(session, person=person)
    return see_other("/second-step/set-up")


@router.post("/end")
def end(request: Request, house: TheHouse, member: AtBrowser, password: Annotated[str, Form()] = "") -> Response:
    try:
        _check(request, house, member, password)
    except EvokeError as error:
        return _page(house, member, error=error)
    with house.database.write() as session:
        person = session.get_one(Person, member.actor.person_id)
        if session.get_one(Organisation, person.organisation_id).second_step_required:
            return see_other("/account/second-step")
        end_second_step(session, person=person, by=person.id)
    return see_other("/account?done=second-step-ended")


def _check(request: Request, house: House, member: Member, password: str) -> None:
    """Raises SignInRefused, TooManyTries."""
    with house.database.write() as session:
        email = session.get_one(Person, member.actor.person_id).email
        tried = begin_try(session, email=email, address=address_of(request))
    if not fits(tried, password):
        raise refused()
    with house.database.write() as session:
        end_try(session, tried)
