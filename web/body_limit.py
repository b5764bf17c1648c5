"""How much a request may send: little, except where recordings and transcripts are taken."""

import re
from collections.abc import Callable, Collection, Iterable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM_BYTES = 64_000
TABLE_BYTES = 160_000


class BodyLimit:
    """ASGI middleware. Requests may send FORM_BYTES, those to `tables` (method and pattern of the path) TABLE_BYTES,
    those to `uploads` as much as they like: what reads those has its own limits. `refuse` answers one that says it is
    larger; one that turns out larger is an HTTPException 413 to whoever reads it. Both come before a form is read, so
    before anything is put on disk.

    FastAPI's own `max_body_size` answers in plain text, from outside every other middleware.
    """

    def __init__(
        self, app: ASGIApp, uploads: Collection[tuple[str, str]], refuse: Callable[[Request], Response],
        tables: Collection[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        self.app = app
        self.uploads = [(method, re.compile(path)) for method, path in uploads]
        self.tables = [(method, re.compile(path)) for method, path in tables]
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_one_of(self.uploads, scope):
            await self.app(scope, receive, send)
            return
        most = TABLE_BYTES if _is_one_of(self.tables, scope) else FORM_BYTES
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            await self.refuse(Request(scope))(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_counted, send)


def _is_one_of(paths: Iterable[tuple[str, re.Pattern[str]]], scope: Scope) -> bool:
    return any(scope["method"] == method and path.fullmatch(scope["path"]) is not None for method, path in paths)
