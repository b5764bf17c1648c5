"""Who is asking: a browser's sign-in cookie or a program's token."""

from typing import Annotated

from fastapi import Depends, Request

from api.house import House, TheHouse
from models.errors import EvokeError
from models.permissions import Actor
from models.sign_in import actor_of_cookie, actor_of_token

COOKIE = "evoke_sign_in"


class SignInNeeded(EvokeError):
    status = 401
    code = "sign_in_needed"


def find_actor(request: Request, house: House) -> Actor | None:
    authorization = request.headers.get("authorization", "")
    with house.database.read() as session:
        if authorization.lower().startswith("bearer "):
            return actor_of_token(session, authorization[7:].strip())
        if cookie := request.cookies.get(COOKIE):
            return actor_of_cookie(session, cookie)
    return None


def _signed_in(request: Request, house: TheHouse) -> Actor:
    actor = find_actor(request, house)
    if actor is None:
        raise SignInNeeded("Sign in first, or send a token: Authorization: Bearer evoke_…")
    return actor


SignedIn = Annotated[Actor, Depends(_signed_in)]
