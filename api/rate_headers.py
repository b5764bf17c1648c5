"""How much who asks may still ask, on every answer of the API (draft-ietf-httpapi-ratelimit-headers)."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rate_limits import Standing


class RateHeaders:
    """ASGI middleware. `scope["state"]["rate"]` is what `api.access.admit` left there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_told(message: Message) -> None:
            standing = state.get("rate")
            if message["type"] == "http.response.start" and isinstance(standing, Standing):
                headers = MutableHeaders(scope=message)
                name, rate = standing.name, standing.rate
                headers["ratelimit-policy"] = f'"{name}";q={rate.most};w={rate.seconds}'
                headers["ratelimit"] = f'"{name}";r={standing.left};t={standing.back_in}'
            await send(message)

        await self.app(scope, receive, send_told)
