"""Who is asking: a browser's sign-in cookie or a program's token."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from api.browser_words import browser_words
from api.house import House, TheHouse
from models.api_token import find_token, note_use, when_it_ended
from models.browser_sign_in import Browser, find_sign_in, keep_up
from models.database_errors import unless_trouble
from models.errors import EvokeError, NotFound
from models.permissions import Actor, Permission, require_scope
from models.settings import Settings

COOKIE = "evoke_sign_in"


class SignInNeeded(EvokeError):
    status = 401
    code = "sign_in_needed"


def cookie_name(settings: Settings, name: str = COOKIE) -> str:
    """Behind HTTPS with the prefix that makes browsers refuse it from any other host, path or without HTTPS."""
    return f"__Host-{name}" if settings.secure_cookies else name


def address_of(request: Request) -> str:
    """The network address the request came from, as far as the trusted proxies tell it."""
    return (request.client.host if request.client else "")[:64]


def browser_of(request: Request) -> Browser:
    return Browser(browser_words(request.headers.get("user-agent", "")), address_of(request))


def find_actor(request: Request, house: House) -> Actor | None:
    """Leaves in `request.state` the `sign_in_id` and, where the browser is to get a new secret, `renewed`."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        return _actor_of_token(authorization[7:].strip(), house)
    secret = request.cookies.get(cookie_name(house.settings))
    return _actor_of_cookie(request, house, secret) if secret else None


def _actor_of_token(token: str, house: House) -> Actor | None:
    with house.database.read() as session:
        found = find_token(session, token)
    if found is None:
        return None
    actor, used = found
    if used is not None:
        with unless_trouble(), house.database.write(aside=True) as session:
            note_use(session, used)
    return actor


def _actor_of_cookie(request: Request, house: House, secret: str) -> Actor | None:
    with house.database.read() as session:
        found = find_sign_in(session, secret, settings=house.settings)
    if found is None:
        return None
    request.state.sign_in_id = found.sign_in_id
    if found.due:
        with unless_trouble(), house.database.write(aside=True) as session:
            renewed = keep_up(session, found.sign_in_id, secret, browser_of(request))
            session.commit()  # the browser must never hold a secret that is not kept
            if renewed is not None:
                request.state.renewed = renewed
    return found.actor


def look_again(request: Request, house: House) -> Actor | None:
    """Who asks, in the middle of an answer that goes on for long: without what a new request brings with it."""
    authorization = request.headers.get("authorization", "")
    with house.database.read() as session:
        if authorization.lower().startswith("bearer "):
            by_token = find_token(session, authorization[7:].strip())
            return by_token[0] if by_token else None
        secret = request.cookies.get(cookie_name(house.settings))
        found = find_sign_in(session, secret, settings=house.settings) if secret else None
        return found.actor if found else None


def this_sign_in(request: Request) -> UUID:
    """The sign-in this request came with, once `find_actor` looked. Raises NotFound for a program's token: it may do
    what its person may, but not make more tokens or end sign-ins."""
    found = getattr(request.state, "sign_in_id", None)
    if not isinstance(found, UUID):
        raise NotFound("There is nothing at this address for a program. Sign in with a browser.")
    return found


def admit(request: Request, house: House) -> Actor | None:
    """Who asks, unless too much is asked. Raises TooMany."""
    house.limits.check_address(address_of(request), request)
    actor = find_actor(request, house)
    if actor is not None:
        house.limits.check_person(request, actor.person_id)
    return actor


def _signed_in(request: Request, house: TheHouse) -> Actor:
    actor = admit(request, house)
    if actor is None:
        raise SignInNeeded(_what_to_send(request, house))
    return actor


def _what_to_send(request: Request, house: House) -> str:
    """A token that is over says so, to whoever holds it: nobody is to look for a mistake in how it is sent."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        with house.database.read() as session:
            ended = when_it_ended(session, authorization[7:].strip())
        if ended is not None:
            return f"This token ended on {ended:%-d %B %Y}. Make another on Your account."
    return "Sign in first, or send a token: Authorization: Bearer evoke_…"


SignedIn = Annotated[Actor, Depends(_signed_in)]


def needs(permission: Permission) -> Any:
    """For a route's `dependencies`: a program whose token is narrower hears so."""

    def check(actor: SignedIn) -> None:
        require_scope(actor, permission)

    return Depends(check)
