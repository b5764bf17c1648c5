"""Long lists by pages: where the next one begins is kept in a cursor, which stays true whatever is added meanwhile."""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from models.errors import EvokeError

MOST = 200
Limit = Annotated[int | None, Query(ge=1, le=MOST, description="how many at most; pages then follow by `next`")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="from `next` of the page before; nothing to make yourself")
]


class CursorWrong(EvokeError):
    code = "cursor_wrong"

    def __init__(self) -> None:
        super().__init__("This cursor is none that Evoke gave out for this list. Begin without one.")
        self.fields = {"cursor": self.message}


def cursor_of(kind: str, *parts: object) -> str:
    """`kind` names the list."""
    return base64.urlsafe_b64encode("|".join(map(str, (kind, *parts))).encode()).decode().rstrip("=")


def read_cursor(kind: str, cursor: str, *, parts: int) -> list[str]:
    """Raises CursorWrong."""
    try:
        found = base64.b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}", altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise CursorWrong from None
    named, *rest = found.split("|")
    if named != kind or len(rest) != parts:
        raise CursorWrong
    return rest


def next_address(path: str, limit: int, cursor: str | None, **asked: object) -> str | None:
    """`asked` are the filters of the list, None where it has none."""
    kept = {name: value for name, value in asked.items() if value is not None}
    return f"{path}?{urlencode({**kept, 'limit': limit, 'cursor': cursor})}" if cursor else None


def link_to(address: str | None) -> Mapping[str, str]:
    """The header `Link` (RFC 8288)."""
    return {"link": f'<{address}>; rel="next"'} if address else {}
