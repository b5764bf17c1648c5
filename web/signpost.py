"""Which routers are asked about an address: those with a route that begins as it does.

The router asks one after the other, and there are more than a hundred of them, each with some expressions to try: that
would be a third of what a small page costs.
"""

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send


class Signpost:
    """ASGI, in front of the routes of an application. `every` are all of them, for what is no request and for an
    application that is served below another address."""

    def __init__(self, routes: Iterable[BaseRoute], every: ASGIApp) -> None:
        self._every = every
        self._by_first: dict[str, APIRouter] = {}
        begins = [(route, firsts_of(route)) for route in routes]
        for first in set[str]().union(*(firsts for _, firsts in begins if firsts is not None)):
            self._by_first[first] = _router(route for route, firsts in begins if firsts is None or first in firsts)
        self._others = _router(route for route, firsts in begins if firsts is None)

    def choose(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "lifespan" or scope.get("root_path"):
            return self._every
        return self._by_first.get(_first(scope["path"]), self._others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.choose(scope)(scope, receive, send)


def put_signpost(app: FastAPI) -> None:
    """After the last route was added."""
    app.router.middleware_stack = Signpost(app.routes, app.router.middleware_stack)


def firsts_of(route: BaseRoute) -> frozenset[str] | None:
    """With what the addresses of a route, or of a router's routes, begin; None where that can be anything."""
    inside = getattr(getattr(route, "original_router", None), "routes", [route])
    firsts = [_first(getattr(one, "path", "/{any}")) for one in inside]
    return None if any("{" in first for first in firsts) else frozenset(firsts)


def _router(routes: Iterable[BaseRoute]) -> APIRouter:
    made = APIRouter()
    made.routes = list(routes)
    return made


def _first(path: str) -> str:
    return path.lstrip("/").partition("/")[0]
