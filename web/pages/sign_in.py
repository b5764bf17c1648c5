"""Signing in and out, and the very first administrator."""

from typing import Annotated, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from api.access import address_of, browser_of, cookie_name
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.browser_sign_in import end_sign_in, start_sign_in
from models.errors import EvokeError, TooMany
from models.half_sign_in import GOOD_FOR, end_half_sign_ins, start_half_sign_in
from models.organisation import Organisation
from models.password import SignInRefused, Try, begin_try, end_try, fits, note_refused, refused
from models.person import Person
from models.second_step import begin_second_step, has_second_step
from models.sign_in import DetailsWrong, is_empty, register_first_administrator
from models.single_sign_on import password_signs_in
from web.pages.visitor import AnyVisitor, see_other
from web.sign_in_cookie import HALF, drop_cookie, set_cookie, sign_in_cookie

router = APIRouter(include_in_schema=False)
Answer = TypeVar("Answer", bound=Response)
DONE = {"password": "Your new password is set. Sign in with it."}
AUTHORITY_FIRST = "Your authority signs in with its own account, not with a password. Use the button for it below."


def own_path(path: str) -> str:
    """Only a path of this site: never another site's address."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def signed_in(request: Request, house: House, person: Person, path: str) -> RedirectResponse:
    """For somebody whose password was right or is new: on to `path`, or first to the code of the second step."""
    with house.database.write() as session:
        if not password_signs_in(session, person):
            return see_other("/sign-in?done=authority")
        has = has_second_step(session, person.id)
        if not has and not session.get_one(Organisation, person.organisation_id).second_step_required:
            half = ""
        else:
            half = start_half_sign_in(session, person=person)
            if not has:
                begin_second_step(session, person=person)
    if not half:
        return signed_in_wholly(request, house, person, see_other(own_path(path)))
    page = "/second-step" if has else "/second-step/set-up"
    response = see_other(f"{page}?next={quote(own_path(path))}")
    set_cookie(response, half, seconds=int(GOOD_FOR.total_seconds()), settings=house.settings, name=HALF)
    return response


def signed_in_wholly(request: Request, house: House, person: Person, response: Answer) -> Answer:
    """A new sign-in with a secret of its own; the one that the browser had before ends."""
    with house.database.write() as session:
        if before := request.cookies.get(cookie_name(house.settings)):
            end_sign_in(session, before)
        end_half_sign_ins(session, person_id=person.id)
        secret = start_sign_in(session, person, settings=house.settings, browser=browser_of(request))
    sign_in_cookie(response, secret, settings=house.settings)
    return response


@router.get("/sign-in")
def sign_in_page(house: TheHouse, visitor: AnyVisitor, next: str = "/", done: str = "") -> Response:
    if visitor.actor is not None:
        return see_other(own_path(next))
    with house.database.read() as session:
        if is_empty(session):
            return see_other("/first-administrator")
    return visitor.page(
        "sign_in.html", error="", email="", next=own_path(next), done=DONE.get(done, ""),
        note=AUTHORITY_FIRST if done == "authority" else "",
    )  # fmt: skip


@router.post("/sign-in")
def sign_in(
    request: Request,
    house: TheHouse,
    visitor: AnyVisitor,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    email, next = without_control_characters(email), without_control_characters(next)
    try:
        person = _check(house, email=email, password=password, address=address_of(request))
    except EvokeError as error:
        context = {"error": error.message, "email": email, "next": own_path(next)}
        page = visitor.page("sign_in.html", status=error.status, headers=TooMany.headers_of(error), **context)
        if isinstance(error, WrongPassword):  # once it is answered, for it takes longer where the address is known
            page.background = BackgroundTask(_note_refused, house, error.tried)
        return page
    return signed_in(request, house, person, next)


class WrongPassword(SignInRefused):
    def __init__(self, tried: Try) -> None:
        super().__init__(refused().message)
        self.tried = tried


def _check(house: House, *, email: str, password: str, address: str) -> Person:
    """No transaction is open while the password is checked. Raises SignInRefused, TooManyTries."""
    with house.database.write() as session:
        tried = begin_try(session, email=email, address=address)
    if not fits(tried, password):
        raise WrongPassword(tried)
    with house.database.write() as session:
        return end_try(session, tried)


def _note_refused(house: House, tried: Try) -> None:
    with house.database.write() as session:
        note_refused(session, tried)


@router.post("/sign-out")
def sign_out(request: Request, house: TheHouse, next: Annotated[str, Form()] = "/") -> Response:
    """`next` is where the one who signs in afterwards wants to be."""
    if cookie := request.cookies.get(cookie_name(house.settings)):
        with house.database.write() as session:
            end_sign_in(session, cookie)
    path = own_path(without_control_characters(next))
    response = see_other("/sign-in" if path == "/" else f"/sign-in?next={quote(path)}")
    drop_cookie(response, settings=house.settings)
    return response


@router.get("/first-administrator")
def first_administrator_page(house: TheHouse, visitor: AnyVisitor) -> Response:
    with house.database.read() as session:
        if not is_empty(session):
            return see_other("/sign-in")
    return visitor.page("first_administrator.html", errors={}, values={})


@router.post("/first-administrator")
def first_administrator(
    request: Request,
    house: TheHouse,
    visitor: AnyVisitor,
    authority: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    authority, name, email = (without_control_characters(text) for text in (authority, name, email))
    try:
        with house.database.write() as session:
            person = register_first_administrator(
                session, authority=authority, name=name, email=email, password=password
            )
    except DetailsWrong as error:
        values = {"authority": authority, "name": name, "email": email}
        return visitor.page("first_administrator.html", status=422, errors=error.fields, values=values)
    return signed_in(request, house, person, "/")
