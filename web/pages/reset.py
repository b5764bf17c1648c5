"""A forgotten password: ask for a link by mail, and set a new one with it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from starlette.background import BackgroundTask

from api.access import address_of
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import TooMany
from models.mail import goes_out
from models.password import hash_password, what_is_wrong_with
from models.reset import ask_reset, count_ask, find_reset, finish_reset
from models.sign_in import what_is_wrong_with_email
from web.pages.visitor import AnyVisitor, see_other

router = APIRouter(include_in_schema=False)


@router.get("/forgotten-password")
def forgotten_page(house: TheHouse, visitor: AnyVisitor) -> Response:
    return visitor.page(
        "forgotten_password.html", errors={}, email="", asked=False, mail_goes_out=goes_out(house.settings)
    )


@router.post("/forgotten-password")
def forgotten(
    request: Request, house: TheHouse, visitor: AnyVisitor, email: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """The same answer, after the same time, whether or not anybody has the address."""
    email = without_control_characters(email).strip()
    context: dict[str, Any] = {"email": email, "mail_goes_out": goes_out(house.settings)}
    if mistake := what_is_wrong_with_email(email):
        return visitor.page("forgotten_password.html", status=422, errors={"email": mistake}, asked=False, **context)
    try:
        with house.database.write() as session:
            count_ask(session, email=email, address=address_of(request))
    except TooMany as error:
        errors, headers = {"email": error.message}, TooMany.headers_of(error)
        return visitor.page(
            "forgotten_password.html", status=429, headers=headers, errors=errors, asked=False, **context
        )
    page = visitor.page("forgotten_password.html", errors={}, asked=True, **context)
    page.background = BackgroundTask(_ask, house, email)
    return page


def _ask(house: House, email: str) -> None:
    with house.database.write() as session:
        ask_reset(session, email=email)


@router.get("/reset-password/{secret}")
def reset_page(secret: str, house: TheHouse, visitor: AnyVisitor) -> Response:
    """Looking uses nothing up: programs that check mail for dangers open its links."""
    with house.database.read() as session:
        person = find_reset(session, secret)
    return visitor.page("reset_password.html", errors={}, secret=secret, email=person.email)


@router.post("/reset-password/{secret}")
def reset(
    secret: str, house: TheHouse, visitor: AnyVisitor, password: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    with house.database.read() as session:
        person = find_reset(session, secret)  # before a hash is computed, which is slow by design
    if mistake := what_is_wrong_with(password):
        errors = {"password": mistake}
        return visitor.page("reset_password.html", status=422, errors=errors, secret=secret, email=person.email)
    password_hash = hash_password(password)
    with house.database.write() as session:
        finish_reset(session, secret=secret, password_hash=password_hash)
    return see_other("/sign-in?done=password")
