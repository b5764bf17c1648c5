"""A client of Evoke's API, version 1. Made by the server from its own description: fetch it again after an update.

    from evoke_client import Evoke

    with Evoke("https://evoke.example.gov.uk", client_id="…", client_secret="evoke_secret_…") as evoke:
        person = evoke.find_practitioner(email="somebody@example.gov.uk")

Or `Evoke(address, token="evoke_…")` for a person. Needs Python 3.11 and httpx. Answers are dictionaries with known
fields (TypedDict); read past those that you do not know. Errors are `EvokeProblem` with a stable `code`. What comes
too fast waits as long as the server says, a connection that breaks is tried again where that makes nothing twice, and
tokens are renewed. A client may be used by several threads.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, cast
from urllib.parse import parse_qs, quote, urlsplit

import httpx

File = tuple[str, "bytes | IO[bytes]"]
"""Its name, by whose ending its kind is known, and what is in it."""


class EvokeProblem(Exception):
    """What Evoke answered in the place of what was asked for. `code` is stable, `detail` a sentence for people,
    `fields` what is wrong with which field, and `members` what else stands in it."""

    def __init__(self, status: int, members: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.code = str(members.get("code") or members.get("error") or "")
        self.detail = str(members.get("detail") or members.get("error_description") or "")
        self.fields: dict[str, str] = members.get("fields") or {}
        self.members = members
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code}: {self.detail}")


class SignInNeeded(EvokeProblem):
    """401: no token, or one that is not good."""


class NotAllowed(EvokeProblem):
    """403."""


class NotFound(EvokeProblem):
    """404: not there, or not yours to see."""


class Conflict(EvokeProblem):
    """409: not now, as things stand."""


class Gone(EvokeProblem):
    """410: gone for good."""


class ChangedMeanwhile(EvokeProblem):
    """412: not as you saw it last. Read it again, then decide."""


class NotAccepted(EvokeProblem):
    """422: see `fields`."""


class TooMany(EvokeProblem):
    """429, after all tries, or where the wait would be longer than `longest_wait`."""


_PROBLEMS: dict[int, type[EvokeProblem]] = {
    401: SignInNeeded,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: Gone,
    412: ChangedMeanwhile,
    422: NotAccepted,
    429: TooMany,
}


class _Answer(dict[str, Any]):
    etag = ""


def etag_of(answer: Mapping[str, object]) -> str:
    """The tag an answer came with, for `if_match`; empty where it came with none."""
    return answer.etag if isinstance(answer, _Answer) else ""


class Caller:
    """How requests are sent. `tries` are of one request, `longest_wait` (seconds) of one wait between them. Of the last
    `remembered` reads the text is kept until the client is closed: what has not changed then does not come twice."""

    def __init__(
        self,
        address: str,
        *,
        token: str = "",
        client_id: str = "",
        client_secret: str = "",
        scope: str = "",
        tries: int = 5,
        longest_wait: float = 60,
        timeout: float = 60,
        remembered: int = 32,
        http: httpx.Client | None = None,
    ) -> None:
        if bool(token) == bool(client_id and client_secret):
            raise ValueError("Give a token, or a client_id and a client_secret.")
        self._http = http or httpx.Client(timeout=timeout)
        self._address = address.rstrip("/")
        self._token, self._good_until = token, float("inf") if token else 0.0
        self._client, self._scope = (client_id, client_secret), scope
        self._tries, self._longest_wait, self._remembered = tries, longest_wait, remembered
        self._kept: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._kept.clear()
        self._http.close()

    def _bearer(self) -> str:
        with self._lock:
            if time.monotonic() >= self._good_until:
                form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
                sent: dict[str, Any] = {"data": form, "auth": (quote(self._client[0]), quote(self._client[1]))}
                issued = self._tried("POST", "/api/v1/oauth/token", True, lambda: sent)
                answer = _checked(issued).json()
                self._token = str(answer["access_token"])
                self._good_until = time.monotonic() + max(0.0, answer["expires_in"] - 60)
            return self._token

    def _forget(self, token: str) -> bool:
        """Whether another can be had for it."""
        with self._lock:
            if self._client[0] and self._token == token:
                self._good_until = 0.0
            return bool(self._client[0])

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: object = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        file: File | None = None,
    ) -> httpx.Response:
        named = {name: value for name, value in (headers or {}).items() if value is not None}
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        begins = file[1].tell() if file and not isinstance(file[1], bytes) and file[1].seekable() else None
        once_only = file is not None and not isinstance(file[1], bytes) and begins is None
        again = not once_only and (method in ("GET", "HEAD", "OPTIONS", "PUT") or "Idempotency-Key" in named)

        def request() -> dict[str, Any]:
            sent: dict[str, Any] = {"params": asked, "headers": {"Authorization": f"Bearer {self._bearer()}", **named}}
            if body is not None:
                sent["json"] = body
            elif content is not None:
                sent["content"] = content
            elif form is not None:
                parts: list[tuple[str, tuple[str | None, Any]]] = [(name, (None, one)) for name, one in form.items()]
                if file is not None:
                    if begins is not None:
                        cast("IO[bytes]", file[1]).seek(begins)
                    parts.append(("file", file))
                sent["files"] = parts
            return sent

        response = self._tried(method, path, again, request, waits=not once_only)
        token = response.request.headers["Authorization"].removeprefix("Bearer ")
        if response.status_code == 401 and not once_only and self._forget(token):
            response = self._tried(method, path, again, request)
        return response

    def _tried(
        self, method: str, path: str, again: bool, request: Callable[[], Mapping[str, Any]], *, waits: bool = True
    ) -> httpx.Response:
        for left in range(self._tries - 1, -1, -1):
            sent = request()  # which may ask for a token, with tries of its own
            try:
                response = self._http.request(method, self._address + path, **sent)
            except httpx.TransportError:
                if not (left and again):
                    raise
                time.sleep(min(self._longest_wait, 2.0 ** (self._tries - left - 2)))
                continue
            wait = _wait(response)
            if wait is None or not (left and waits) or wait > self._longest_wait:
                break
            if response.status_code != 429 and not again:
                break
            time.sleep(wait)
        return response

    def _answer(self, method: str, path: str, **sent: Any) -> Any:
        if method != "GET" or not self._remembered:
            return _read(_checked(self._send(method, path, **sent)))
        key = f"{path}?{json.dumps(sent, sort_keys=True, default=str)}"
        with self._lock:
            kept = self._kept.pop(key, None)
        if kept is not None:
            sent = {**sent, "headers": {**(sent.get("headers") or {}), "If-None-Match": kept[0]}}
        response = self._send(method, path, **sent)
        if response.status_code != 304 or kept is None:
            _checked(response)
            kept = (response.headers.get("ETag", ""), response.text)
        if kept[0]:
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > self._remembered:
                    self._kept.popitem(last=False)
        return _tagged(json.loads(kept[1]), kept[0])

    def _bytes(self, method: str, path: str, **sent: Any) -> bytes:
        return _checked(self._send(method, path, **sent)).content

    def _headers(self, method: str, path: str, **sent: Any) -> Mapping[str, str]:
        return _checked(self._send(method, path, **sent)).headers

    def _nothing(self, method: str, path: str, **sent: Any) -> None:
        _checked(self._send(method, path, **sent))

    def _pages(
        self, read: Callable[[Any], Mapping[str, object]], items: str, further: str, cursor: str
    ) -> Iterator[Any]:
        """`further` is the field that says where the next page begins: its address, or the `cursor` itself."""
        place: object = None
        while True:
            page = read(place)
            yield from cast("list[Any]", page[items])
            place = page[further]
            if isinstance(place, str) and place.startswith("/"):
                place = parse_qs(urlsplit(place).query)[cursor][0]
            if place in (None, ""):
                return


def _part(value: object) -> str:
    """Of an address."""
    return quote(str(value), safe="")


def _new_key() -> str:
    return str(uuid.uuid4())


def _wait(response: httpx.Response) -> float | None:
    """Seconds until it may be sent again, or None where that would change nothing."""
    if response.status_code in (429, 503):
        after = response.headers.get("Retry-After", "")
        return float(after) if after.isdecimal() else (1.0 if response.status_code == 429 else None)
    if response.status_code == 409 and _members(response).get("code") == "idempotency_in_flight":
        return 1.0
    return None


def _members(response: httpx.Response) -> Mapping[str, Any]:
    try:
        members = response.json()
    except ValueError:
        members = None
    return members if isinstance(members, dict) else {"detail": f"{response.reason_phrase} (from a proxy?)"}


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    after = response.headers.get("Retry-After", "")
    kind = _PROBLEMS.get(response.status_code, EvokeProblem)
    raise kind(response.status_code, _members(response), float(after) if after.isdecimal() else None)


def _read(response: httpx.Response) -> Any:
    return _tagged(response.json(), response.headers.get("ETag", ""))


def _tagged(value: Any, etag: str) -> Any:
    if not isinstance(value, dict):
        return value
    answer = _Answer(value)
    answer.etag = etag
    return answer
