"""Each request from where it enters to where its answer ends: a line in the log, a time for the metrics, a span.

Of the address there is the route's template alone, such as `/sessions/{session_id}`: an address itself may hold a
secret, and a query what somebody searched for. Who asked, and from where, is the audit trail's to say, not the log's.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.trace import span
from web.logs import facts

log = logging.getLogger("evoke.requests")
NO_ROUTE = "no such address"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
QUIET = ("/static", "/health", "/health/live", "/health/ready", "/metrics")
"""Asked for so often, by machines and with every page, that lines of them would hide the others; their faults show."""
Observe = Callable[[str, str, int, float], None]


class Watched:
    """ASGI middleware, the outermost. Leaves `request_id` in the request's state and in the answer's headers, by which
    a fault that somebody tells of is found in the log. `observe` gets method, route, status and seconds until the
    answer began."""

    def __init__(self, app: ASGIApp, observe: Observe | None = None) -> None:
        self.app = app
        self.observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)
        begun = time.perf_counter()
        status, answered = 0, 0.0

        async def send_noted(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], time.perf_counter() - begun
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        with span(f"request {method}", request_id=request_id) as traced:
            try:
                await self.app(scope, receive, send_noted)
            except Exception:  # an answer that was broken off, or none: what is told of it, the guard has told
                status = 500
                raise
            finally:
                route = route_of(scope)
                traced.rename(f"{method} {route}")
                traced.note(status=status, **_ids(scope.get("path_params") or {}))
                if status >= 500 or status == 0:
                    traced.failed(f"status {status}")
                self._tell(method, route, status, request_id, answered, time.perf_counter() - begun)

    def _tell(
        self, method: str, route: str, status: int, request_id: str, answered: float, seconds: float
    ) -> None:  # fmt: skip
        """A status of 0: whoever asked was gone before there was an answer."""
        if self.observe is not None and status:
            self.observe(method, route, status, answered)
        if route in QUIET and 0 < status < 500:
            return
        ms = round(1000 * seconds)
        log.info(
            "%s %s %d, %d ms, %s", method, route, status, ms, request_id,
            extra=facts(method=method, route=route, status=status, ms=ms, request_id=request_id),
        )  # fmt: skip


def route_of(scope: Scope) -> str:
    """The template; of files of the look, of which there are many, the folder alone."""
    route = getattr(scope.get("route"), "path", None)
    if isinstance(route, str):
        return route
    return "/static" if scope["path"].startswith("/static/") else NO_ROUTE


def _ids(params: Mapping[str, Any]) -> dict[str, str]:
    """Those parts of an address that are ids; another could be a secret."""
    return {name: str(value) for name, value in params.items() if name.endswith("_id") and _is_id(value)}


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, UUID) or UUID(str(value)) is not None
    except ValueError:
        return False
