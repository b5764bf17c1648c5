"""Signing in with the authority's own account: to its identity provider, and back."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.access import address_of, cookie_name
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError, TooMany
from models.identity_provider import SignOnRefused, authorization_address, fetch_id_token
from models.person import Person
from models.single_sign_on import (
    GOOD_FOR,
    begin_sign_on,
    client_secret_of,
    end_sign_on,
    person_of,
    single_sign_on_for,
    single_sign_on_of,
)
from models.tries import count_try, network_key
from web.pages.sign_in import own_path, signed_in_wholly
from web.pages.visitor import AnyVisitor, Visitor, see_other
from web.sign_in_cookie import drop_cookie, set_cookie

router = APIRouter(prefix="/sign-in", include_in_schema=False)
UNDER_WAY = "evoke_sign_on"
"""The cookie of a browser that was sent to the provider."""


class NoProvider(EvokeError):
    code = "no_provider"

    def __init__(self) -> None:
        super().__init__("No authority signs in with addresses like this one. Sign in with your password.")


def _back_to_sign_in(visitor: Visitor, error: EvokeError, *, email: str = "", next: str = "/") -> Response:
    return visitor.page(
        "sign_in.html", status=error.status, headers=TooMany.headers_of(error), error=error.message, email=email,
        next=next,
    )  # fmt: skip


@router.post("/authority")
def to_the_provider(
    request: Request,
    house: TheHouse,
    visitor: AnyVisitor,
    email: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """A page that goes on by itself: a form may not lead to another site, by the pages' security policy."""
    email, next = without_control_characters(email).strip(), own_path(without_control_characters(next))
    try:
        with house.database.write() as session:
            count_try(session, network_key(address_of(request)))
        address, browser = _begin(house, email, next)
    except EvokeError as error:
        return _back_to_sign_in(visitor, error, email=email, next=next)
    page = visitor.page("to_the_provider.html", address=address)
    set_cookie(page, browser, seconds=int(GOOD_FOR.total_seconds()), settings=house.settings, name=UNDER_WAY)
    return page


def _begin(house: House, email: str, next: str) -> tuple[str, str]:
    """The provider's address and the cookie's secret. Raises NoProvider, ProviderUnreachable."""
    with house.database.read() as session:
        sign_on = single_sign_on_for(session, email)
    if sign_on is None:
        raise NoProvider
    provider = house.providers.provider(sign_on.issuer)
    with house.database.write() as session:
        begun = begin_sign_on(session, sign_on=sign_on, next=next)
    address = authorization_address(
        provider, client_id=sign_on.client_id, redirect_uri=_redirect_uri(house), state=begun.state,
        nonce=begun.nonce, code_verifier=begun.code_verifier, email=email,
    )  # fmt: skip
    return address, begun.browser


@router.get("/callback")
def back_from_the_provider(
    request: Request, house: TheHouse, visitor: AnyVisitor, state: str = "", code: str = ""
) -> Response:  # fmt: skip
    browser = request.cookies.get(cookie_name(house.settings, UNDER_WAY), "")
    try:
        person, next = _who(house, state=state, code=code, browser=browser)
    except EvokeError as error:
        response = _back_to_sign_in(visitor, error)
    else:
        response = signed_in_wholly(request, house, person, see_other(own_path(next)))
    drop_cookie(response, settings=house.settings, name=UNDER_WAY)
    return response


def _who(house: House, *, state: str, code: str, browser: str) -> tuple[Person, str]:
    """Raises SignOnRefused, ProviderUnreachable."""
    with house.database.write() as session:
        back = end_sign_on(session, state=state, browser=browser)
    with house.database.read() as session:
        sign_on = single_sign_on_of(session, back.organisation_id)
        if sign_on is None or not code:
            raise SignOnRefused("the provider let nobody in")
        secret = client_secret_of(session, sign_on)
    provider = house.providers.provider(sign_on.issuer)
    token = fetch_id_token(
        provider, client_id=sign_on.client_id, client_secret=secret, code=code, code_verifier=back.code_verifier,
        redirect_uri=_redirect_uri(house),
    )  # fmt: skip
    identity = house.providers.read_id_token(
        token, provider, client_id=sign_on.client_id, tenant=sign_on.tenant, nonce=back.nonce
    )
    with house.database.write() as session:
        return person_of(session, sign_on=sign_on, identity=identity), back.next


def _redirect_uri(house: House) -> str:
    return f"{house.settings.site}/sign-in/callback"
