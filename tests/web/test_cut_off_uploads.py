"""Uploads whose connection is lost half way."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn

from api.house import House
from tests.web.conftest import PageClient
from tests.web.refusals import FILE, FORM, TYPE, kept

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def cut_off(owner: PageClient, path: str, body: bytes, content_type: str) -> None:
    """Sends `body` in two pieces, then the connection is gone."""
    messages = [
        {"type": "http.request", "body": body[: len(body) // 2], "more_body": True},
        {"type": "http.request", "body": body[len(body) // 2 :], "more_body": True},
        {"type": "http.disconnect"},
    ]
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "client": ("127.0.0.1", 1),
        "server": ("evoke.test", 80),
        "headers": [(b"host", b"evoke.test"), (b"content-type", content_type.encode()), (b"cookie", cookie.encode())],
    }  # fmt: skip
    answers: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if len(messages) > 1 else messages[0]

    async def send(message: Any) -> None:
        answers.append(message)

    asyncio.run(owner.app(scope, receive, send))  # type: ignore[arg-type]
    assert answers[0]["status"] == 422  # nobody reads it any more, but it is no fault of ours


@on_sqlite
@pytest.mark.parametrize("path", ["/sessions", "/api/v1/sessions"])
def test_a_connection_lost_half_way_leaves_nothing(owner: PageClient, house: House, path: str) -> None:
    before = kept(house)
    for name in (b"talk.wav", b"talk.txt"):
        cut_off(owner, path, FORM + FILE % (name, b"x" * 3_000_000), TYPE)
        assert kept(house) == before
    cut_off(owner, path, b'{"agreement_confirmed": true, "turns": [', "application/json")
    assert kept(house) == before


@pytest.fixture
def server(owner: PageClient) -> Iterator[int]:
    """The application on a real socket; its port."""
    running = uvicorn.Server(uvicorn.Config(owner.app, host="127.0.0.1", port=0, log_level="critical"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not running.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield int(running.servers[0].sockets[0].getsockname()[1])
    running.should_exit = True
    thread.join(20)


@on_sqlite
def test_a_plug_pulled_out_half_way_leaves_nothing(owner: PageClient, house: House, server: int) -> None:
    before = kept(house)
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    head = (
        f"POST /api/v1/sessions HTTP/1.1\r\nhost: evoke.test\r\ncookie: {cookie}\r\ncontent-type: {TYPE}\r\n"
        "content-length: 9000000\r\n\r\n"
    )
    files = house.settings.data_dir / "files"
    with socket.create_connection(("127.0.0.1", server)) as wire:
        wire.sendall(head.encode() + FORM + (FILE % (b"talk.wav", b"x" * 4_000_000))[:-2])
        assert until(lambda: any(path.is_file() for path in files.rglob("*")))  # it is being written
    assert until(lambda: kept(house) == before)
    with socket.create_connection(("127.0.0.1", server)) as wire:
        wire.sendall(b"GET /health HTTP/1.1\r\nhost: evoke.test\r\nconnection: close\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 200")


def until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
