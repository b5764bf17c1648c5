"""Details that are wrong are told when the file begins, not after all of it has come."""

import asyncio
import html
import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.house import House
from tests.conftest import People
from tests.web.conftest import CONVERSATION, Client, PageClient
from tests.web.refusals import DETAILS, END, FILE, TYPE, kept

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
PIECE = 64_000
FIELD = '--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'


@pytest.fixture
def owner(client: Client, people: People) -> PageClient:
    return client(people.owner)


def form(**fields: str) -> bytes:
    return "".join(FIELD % field for field in fields.items()).encode()


def send(owner: PageClient, path: str, body: bytes, *, accept: str = "*/*") -> tuple[int, str, int]:
    """The answer's status and text, and how much of the body had been taken when it came."""
    pieces: Iterator[bytes] = iter([body[start : start + PIECE] for start in range(0, len(body), PIECE)])
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    headers = {"host": "evoke.test", "content-type": TYPE, "cookie": cookie, "accept": accept}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "client": ("127.0.0.1", 1),
        "server": ("evoke.test", 80), "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    taken = 0
    answers: list[Any] = []

    async def receive() -> dict[str, object]:
        nonlocal taken
        piece = next(pieces, b"")
        taken += len(piece)
        return {"type": "http.request", "body": piece, "more_body": taken < len(body)}

    async def answer(message: Any) -> None:
        answers.append(message)

    asyncio.run(owner.app(scope, receive, answer))  # type: ignore[arg-type]
    return answers[0]["status"], b"".join(one.get("body", b"") for one in answers[1:]).decode(), taken


@on_sqlite
@pytest.mark.parametrize("path", ["/sessions", "/api/v1/sessions"])
@pytest.mark.parametrize("name", [b"talk.wav", b"talk.txt"])
def test_a_large_file_is_not_waited_for(
    owner: PageClient, house: House, monkeypatch: pytest.MonkeyPatch, path: str, name: bytes
) -> None:
    monkeypatch.setattr(type(house.storage), "writer", lambda *_, **__: pytest.fail("the file was begun"))
    wrong = form(kind="role_play", agreement_confirmed="yes", held_on="2999-01-01", title="Tuesday")
    before = kept(house)
    body = wrong + FILE % (name, b"x" * 20_000_000) + END
    status, text, taken = send(owner, path, body, accept="application/json")
    assert status == 422
    assert set(json.loads(text)["fields"]) == {"held_on"}
    assert taken < 3_000_000
    assert kept(house) == before


@on_sqlite
def test_the_page_knows_that_nothing_is_missing_any_more_when_the_file_begins(owner: PageClient) -> None:
    body = form(kind="role_play", title="Tuesday’s") + FILE % (b"talk.wav", b"x" * 20_000_000) + END
    status, page, taken = send(owner, "/sessions", body)
    assert status == 422
    assert 'id="agreement_confirmed-error"' in page
    assert "Tuesday’s" in html.unescape(page)
    assert taken < 3_000_000


@on_sqlite
def test_a_program_may_give_the_details_after_the_file(owner: PageClient) -> None:
    file = FILE % (b"talk.txt", CONVERSATION.encode())
    assert send(owner, "/api/v1/sessions", form(kind="role_play") + file + form(**DETAILS) + END)[0] == 201
    status, text, _ = send(owner, "/api/v1/sessions", form(kind="role_play") + file + END)
    assert status == 422
    assert set(json.loads(text)["fields"]) == {"agreement_confirmed"}
    status, text, _ = send(owner, "/api/v1/sessions", form(kind="gossip") + file + form(**DETAILS) + END)
    assert status == 422  # the second kind would be right, but the file was not taken
    assert set(json.loads(text)["fields"]) == {"kind"}


@on_sqlite
def test_what_was_pasted_after_a_small_file_is_not_lost(owner: PageClient) -> None:
    body = (
        form(kind="role_play") + FILE % (b"talk.txt", CONVERSATION.encode()) + form(transcript="Worker: Hello?") + END
    )
    status, page, taken = send(owner, "/sessions", body)
    assert status == 422
    assert taken == len(body)
    assert "Worker: Hello?" in page
