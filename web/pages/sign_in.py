"""Signing in and out, and the very first administrator."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.access import COOKIE
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError
from models.password import begin_try, end_try, fits, refused
from models.person import Person
from models.settings import Settings
from models.sign_in import (
    SIGN_IN_DAYS,
    DetailsWrong,
    end_sign_in,
    is_empty,
    register_first_administrator,
    start_sign_in,
)
from web.pages.visitor import AnyVisitor, see_other

router = APIRouter(include_in_schema=False)


def _own_path(path: str) -> str:
    """Only a path of this site: never another site's address."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def signed_in(token: str, settings: Settings, path: str) -> RedirectResponse:
    response = see_other(_own_path(path))
    response.set_cookie(
        COOKIE, token, max_age=SIGN_IN_DAYS * 86_400, httponly=True, samesite="lax", secure=settings.secure_cookies
    )
    return response


@router.get("/sign-in")
def sign_in_page(house: TheHouse, visitor: AnyVisitor, next: str = "/") -> Response:
    if visitor.actor is not None:
        return see_other(_own_path(next))
    with house.database.read() as session:
        if is_empty(session):
            return see_other("/first-administrator")
    return visitor.page("sign_in.html", error="", email="", next=_own_path(next))


@router.post("/sign-in")
def sign_in(
    house: TheHouse,
    visitor: AnyVisitor,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    email, next = without_control_characters(email), without_control_characters(next)
    try:
        token = _check_and_start(house, email=email, password=password)
    except EvokeError as error:
        context = {"error": error.message, "email": email, "next": _own_path(next)}
        return visitor.page("sign_in.html", status=error.status, **context)
    return signed_in(token, house.settings, next)


def _check_and_start(house: House, *, email: str, password: str) -> str:
    """The cookie's secret. No transaction is open while the password is checked. Raises SignInRefused, TooManyTries."""
    with house.database.write() as session:
        tried = begin_try(session, email=email)
    if not fits(tried, password):
        raise refused()
    with house.database.write() as session:
        return start_sign_in(session, end_try(session, tried))


@router.post("/sign-out")
def sign_out(request: Request, house: TheHouse) -> Response:
    if cookie := request.cookies.get(COOKIE):
        with house.database.write() as session:
            end_sign_in(session, cookie)
    response = see_other("/sign-in")
    response.delete_cookie(COOKIE)
    return response


@router.get("/first-administrator")
def first_administrator_page(house: TheHouse, visitor: AnyVisitor) -> Response:
    with house.database.read() as session:
        if not is_empty(session):
            return see_other("/sign-in")
    return visitor.page("first_administrator.html", errors={}, values={})


@router.post("/first-administrator")
def first_administrator(
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
            person: Person = register_first_administrator(
                session, authority=authority, name=name, email=email, password=password, settings=house.settings
            )
            token = start_sign_in(session, person)
    except DetailsWrong as error:
        values = {"authority": authority, "name": name, "email": email}
        return visitor.page("first_administrator.html", status=422, errors=error.fields, values=values)
    return signed_in(token, house.settings, "/")
