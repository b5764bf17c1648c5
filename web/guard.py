"""What every response carries and every request must pass: a content security policy and a same-origin check. Here a
request enters, so here it is noted from where."""

import re
import secrets
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.database import noting_writes
from models.origin import Channel, acting

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
EXEMPT = re.compile(r"/lti/launch|/lti/login(/[0-9a-f-]{36})?")
"""Where learning platforms send a browser with a form (LTI 1.3). None looks at the cookie of a sign-in: a launch is
known by its state and nonce."""


def content_security_policy(nonce: str, *, framed_by: Iterable[str] = (), forms_to: str = "") -> str:
    """`framed_by` are origins whose pages may show this one within theirs; `forms_to` another site's origin that a form
    of this page goes to."""
    forms = f"'self' {forms_to}".strip()
    ancestors = " ".join(framed_by) or "'none'"
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
        f"form-action {forms}; "
        f"base-uri 'none'; frame-ancestors {ancestors}"
    )


def from_elsewhere(headers: Headers) -> bool:
    """Whether a browser sent this from another site. Programs send neither header and hold no cookie to abuse."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def _has_token(headers: Headers) -> bool:
    """Then the cookie is not looked at (see api.access), so a browser's sign-in cannot be abused. Any other kind of
    authorization, such as the password of a proxy in front, comes with the cookie."""
    return headers.get("authorization", "").lower().startswith("bearer ")


class AnswerBrokenOff(Exception):
    """Tells the server to end the connection, so that half an answer is not taken for a whole one."""


class Guard:
    """ASGI middleware. `scope["state"]["nonce"]` is the request's nonce for script tags; `refuse` answers a change
    that another site asked a signed-in browser for; `fail` logs an error that nobody expected and answers for it. The
    error itself goes no further: the server would log its message, which can hold what somebody said."""

    def __init__(
        self, app: ASGIApp, refuse: Callable[[Request], Response], fail: Callable[[Request, Exception], Response]
    ) -> None:
        self.app = app
        self.refuse = refuse
        self.fail = fail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        headers = Headers(scope=scope)
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                out = MutableHeaders(scope=message)
                out.setdefault("content-security-policy", content_security_policy(nonce))
                out["x-content-type-options"] = "nosniff"
                out["referrer-policy"] = "same-origin"
                out["cross-origin-opener-policy"] = "same-origin"
                if not scope["path"].startswith("/static/"):
                    out.setdefault("cache-control", "no-store")
            await send(message)

        changes = scope["method"] not in SAFE_METHODS and not _has_token(headers)
        refused = changes and not EXEMPT.fullmatch(scope["path"]) and from_elsewhere(headers)
        channel = Channel.API_TOKEN if _has_token(headers) else Channel.PAGE
        address = (scope.get("client") or ("",))[0]  # of the proxy's word for it, where uvicorn trusts the proxy
        written: list[int] = []
        try:
            with acting(channel, address), noting_writes() as written:
                await (self.refuse(Request(scope)) if refused else self.app)(scope, receive, send_guarded)
        except Exception as error:
            scope["state"]["written"] = bool(written)
            answer = self.fail(Request(scope), error)
            if started:
                raise AnswerBrokenOff from None
            await answer(scope, receive, send_guarded)
