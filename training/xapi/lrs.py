"""A learning record store over HTTP (xAPI 1.0.3, part three): statements sent to it, and asked whether it works."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from models import outgoing
from models.settings import Settings
from training.xapi.names import VERSION
from training.xapi.statements import Statement

if TYPE_CHECKING:
    import httpx

BASIC = "basic"


class Answer(StrEnum):
    """`TAKEN`: it has them. `WRONG`: it will not take this, and would not later. `THERE`: it has another statement of
    this id, or this one. `LATER`: it cannot just now. `CLOSED`: it does not let Evoke in. `TOO_MUCH` at once."""

    TAKEN = "taken"
    WRONG = "wrong"
    THERE = "there"
    LATER = "later"
    CLOSED = "closed"
    TOO_MUCH = "too much"


@dataclass(frozen=True)
class Said:
    """`why` is for the administrator's log: a few words and the status, never what came back. `wait` are seconds that
    the store itself asked for."""

    answer: Answer
    why: str = ""
    wait: int | None = None


@dataclass(frozen=True)
class Store:
    """`authorization` is the whole header, as `basic` makes it of a key and a secret."""

    endpoint: str
    authorization: str = field(repr=False)
    settings: Settings = field(repr=False)

    def send(self, statements: Sequence[Statement]) -> Said:
        """All or none are kept, says the specification, so whoever hears `WRONG` or `THERE` sends them one by one."""
        import httpx

        try:
            with outgoing.client(self.settings) as client:
                body: Any = list(statements) if len(statements) != 1 else statements[0]
                answer = client.post(f"{self.endpoint}/statements", json=body, headers=self._headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Said(Answer.LATER, outgoing.why_not(error))
        return _read(answer)

    def put(self, statement: Statement) -> Said:
        """One, under its id."""
        import httpx

        at, params = f"{self.endpoint}/statements", {"statementId": statement["id"]}
        try:
            with outgoing.client(self.settings) as client:
                answer = client.put(at, params=params, json=statement, headers=self._headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Said(Answer.LATER, outgoing.why_not(error))
        return _read(answer)

    def has(self, statement: Statement) -> bool | None:
        """Whether the store has this statement: the same who, did and what, under this id. None: it did not say."""
        found = self._get("/statements", {"statementId": statement["id"]})
        if found is None or found.status_code not in (200, 404):
            return None
        try:
            kept = found.json() if found.status_code == 200 else {}
        except ValueError:
            return None
        if isinstance(kept, dict) and isinstance(kept.get("statements"), list):  # some stores answer with a list of one
            kept = next(iter(kept["statements"]), {})
        parts = ("verb", "object")
        return isinstance(kept, dict) and all(
            isinstance(kept.get(part), dict) and kept[part].get("id") == statement[part].get("id") for part in parts
        )

    def about(self) -> tuple[tuple[str, ...], str]:
        """The versions of xAPI that it knows, or none and why."""
        found = self._get("/about", {})
        if found is None:
            return (), "it could not be reached"
        try:
            versions = found.json()["version"] if found.status_code == 200 else []
        except (ValueError, KeyError, TypeError):
            versions = []
        known = tuple(str(one)[:20] for one in versions) if isinstance(versions, list) else ()
        return known, "" if known else f"its answer ({found.status_code}) does not say which xAPI it knows"

    def _get(self, path: str, params: dict[str, str]) -> "httpx.Response | None":
        import httpx

        try:
            with outgoing.client(self.settings) as client:
                return client.get(f"{self.endpoint}{path}", params=params, headers=self._headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None

    @property
    def _headers(self) -> dict[str, str]:
        return {"authorization": self.authorization, "x-experience-api-version": VERSION}


def basic(key: str, secret: str) -> str:
    from base64 import b64encode

    return "Basic " + b64encode(f"{key}:{secret}".encode()).decode()


def _read(answer: "httpx.Response") -> Said:
    status = answer.status_code
    if status in (200, 204):
        return Said(Answer.TAKEN)
    if status == 409:
        return Said(Answer.THERE, "it has another statement of this number (409)")
    if status == 413:
        return Said(Answer.TOO_MUCH, "that was too much at once (413)")
    if status in (401, 403):
        return Said(Answer.CLOSED, f"the key or the secret is wrong, or may not write statements ({status})")
    if status in (404, 405) or 300 <= status < 400:
        return Said(Answer.CLOSED, f"there is no such store at this address ({status})")
    if 400 <= status < 500 and status not in (408, 425, 429):
        return Said(Answer.WRONG, f"it does not take this statement ({status})")
    asked = answer.headers.get("retry-after", "")
    wait = int(asked) if asked.isdecimal() and len(asked) < 9 else None
    return Said(Answer.LATER, f"it cannot just now ({status})", wait)
