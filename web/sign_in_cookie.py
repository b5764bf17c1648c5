"""The cookie of a browser's sign-in: set, taken away, and given its new secret by whichever answer comes next."""

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import COOKIE, cookie_name
from models.browser_sign_in import Renewed
from models.settings import Settings

HALF = "evoke_first_step"
"""The cookie between the two steps of signing in."""


def set_cookie(response: Response, secret: str, *, seconds: int, settings: Settings, name: str = COOKIE) -> None:
    response.set_cookie(
        cookie_name(settings, name), secret, max_age=seconds, path="/", httponly=True, samesite="lax",
        secure=settings.secure_cookies,
    )  # fmt: skip


def sign_in_cookie(response: Response, secret: str, *, settings: Settings) -> None:
    set_cookie(response, secret, seconds=settings.sign_in_days * 86_400, settings=settings)


def drop_cookie(response: Response, *, settings: Settings, name: str = COOKIE) -> None:
    response.delete_cookie(
        cookie_name(settings, name), path="/", httponly=True, samesite="lax", secure=settings.secure_cookies
    )


class FreshCookie:
    """ASGI middleware: sends the new secret that `api.access.find_actor` left, unless the answer sets the cookie
    itself."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_fresh(message: Message) -> None:
            renewed = state.get("renewed")
            if message["type"] == "http.response.start" and isinstance(renewed, Renewed):
                headers = MutableHeaders(scope=message)
                name = cookie_name(self.settings)
                if not any(one.startswith(f"{name}=") for one in headers.getlist("set-cookie")):
                    made = Response()
                    set_cookie(made, renewed.secret, seconds=renewed.seconds, settings=self.settings)
                    headers.append("set-cookie", made.headers["set-cookie"])
            await send(message)

        await self.app(scope, receive, send_fresh)
