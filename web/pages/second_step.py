"""The second step of signing in: asked for, and set up with an app."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from api.access import cookie_name, this_sign_in
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError, TooMany
from models.half_sign_in import find_half_sign_in
from models.person import Person
from models.second_step import app_address, confirm_second_step, has_second_step, pending_secret, take_code
from models.tries import Key, Tried, count_try, forget_tries
from web.pages.sign_in import own_path, signed_in_wholly
from web.pages.visitor import AnyVisitor, SignInFirst, see_other
from web.qr import qr_code
from web.sign_in_cookie import HALF, drop_cookie

router = APIRouter(prefix="/second-step", include_in_schema=False)


@dataclass(frozen=True)
class Halfway:
    """Whose password was right in this browser a short while ago (`half`), or who is signed in."""

    person: Person
    half: bool


def _halfway(request: Request, house: TheHouse, visitor: AnyVisitor) -> Halfway:
    """Raises SignInFirst, NotFound."""
    with house.database.read() as session:
        secret = request.cookies.get(cookie_name(house.settings, HALF))
        person = find_half_sign_in(session, secret) if secret else None
        if person is not None:
            return Halfway(person, half=True)
        if visitor.actor is None:
            raise SignInFirst("/")
        this_sign_in(request)
        return Halfway(session.get_one(Person, visitor.actor.person_id), half=False)


WhoIsHalfway = Annotated[Halfway, Depends(_halfway)]


@router.get("")
def code_page(house: TheHouse, visitor: AnyVisitor, who: WhoIsHalfway, next: str = "/") -> Response:
    if not who.half:
        return see_other(own_path(next))
    return visitor.page("second_step.html", errors={}, next=own_path(next))


@router.post("")
def code(
    request: Request,
    house: TheHouse,
    visitor: AnyVisitor,
    who: WhoIsHalfway,
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    next = own_path(without_control_characters(next))
    if not who.half:
        return see_other(next)
    try:
        _count(house, who.person)
        with house.database.write() as session:
            take_code(session, person=who.person, code=code)
            forget_tries(session, _key(who.person))
    except EvokeError as error:
        return visitor.page(
            "second_step.html", status=error.status, headers=TooMany.headers_of(error), next=next,
            errors={"code": error.message},
        )  # fmt: skip
    return _in(request, house, who.person, see_other(next))


@router.get("/set-up")
def set_up_page(house: TheHouse, visitor: AnyVisitor, who: WhoIsHalfway, next: str = "/") -> Response:
    return _set_up_page(house, visitor, who, next=own_path(next))


def _set_up_page(
    house: House, visitor: AnyVisitor, who: Halfway, *, next: str, error: EvokeError | None = None
) -> Response:  # fmt: skip
    _may_set_up(house, who)
    with house.database.read() as session:
        secret = pending_secret(session, person=who.person)
    status, headers = (error.status, TooMany.headers_of(error)) if error else (200, {})
    return visitor.page(
        "second_step_set_up.html", status=status, headers=headers, errors={"code": error.message} if error else {},
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)), half=who.half, next=next,
        picture=qr_code(app_address(secret, email=who.person.email)),
    )  # fmt: skip


@router.post("/set-up")
def set_up(
    request: Request,
    house: TheHouse,
    visitor: AnyVisitor,
    who: WhoIsHalfway,
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """The one answer that shows the recovery codes."""
    next = own_path(without_control_characters(next))
    _may_set_up(house, who)
    try:
        _count(house, who.person)
        with house.database.write() as session:
            codes = confirm_second_step(session, person=who.person, code=code)
            forget_tries(session, _key(who.person))
    except EvokeError as error:
        return _set_up_page(house, visitor, who, next=next, error=error)
    page = visitor.page("recovery_codes.html", codes=codes, next=next if who.half else "/account")
    return _in(request, house, who.person, page) if who.half else page


def _may_set_up(house: House, who: Halfway) -> None:
    """A password alone must not replace a second step that is in use. Raises SignInFirst."""
    with house.database.read() as session:
        if who.half and has_second_step(session, who.person.id):
            raise SignInFirst("/")


def _in(request: Request, house: House, person: Person, response: Response) -> Response:
    drop_cookie(response, settings=house.settings, name=HALF)
    return signed_in_wholly(request, house, person, response)


def _key(person: Person) -> Key:
    return Key(Tried.CODE, str(person.id))


def _count(house: House, person: Person) -> None:
    """In a transaction of its own, so that a wrong code stays counted. Raises TooManyTries."""
    with house.database.write(aside=True) as session:
        count_try(session, _key(person))
