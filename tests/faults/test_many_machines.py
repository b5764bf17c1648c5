"""The scaled profile as plain processes: PostgreSQL, two websites behind a proxy, two workers; nothing sticks."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from sqlmodel import select

from api.house import House
from models.coding import Coding
from models.resumable_upload import ResumableUpload
from models.settings import Settings
from tests.conftest import CONVERSATION, PASSWORD, People
from tests.faults.machines import Machine, Proxy, machine
from tests.faults.test_killed_worker import wait_for
from tests.fixtures.role_play import MONO, WHISPER
from tests.web.resumable import FIELDS, TYPE, metadata
from tests.web.streams import events, token_of

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
SSE = {"accept": "text/event-stream"}


@pytest.fixture
def installation(settings: Settings, house: House, people: People) -> Settings:
    """With people in it, whose master key every machine is given."""
    return settings.model_copy(update={"whisper_model": str(WHISPER), "unready_seconds": 2, "grace_seconds": 20})


def browser(address: str) -> httpx.Client:
    """Each of its requests is a connection of its own."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=address, trust_env=False, timeout=60, follow_redirects=True, limits=limits)


@pytest.mark.slow
def test_nobody_notices_how_many_there_are(installation: Settings, house: House, people: People) -> None:
    recording = MONO.read_bytes()
    with ExitStack() as stack:
        folder = installation.data_dir.parent
        first, second = (stack.enter_context(machine(folder, installation, "web")) for _ in range(2))
        for only in ("speech", "other"):
            stack.enter_context(machine(folder, installation, "worker", "--name", only, "--only", only))
        proxy = Proxy([first.port, second.port])
        one = stack.enter_context(browser(stack.enter_context(proxy.open())))
        direct = {at.port: stack.enter_context(browser(at.address)) for at in (first, second)}
        for at in (first, second):
            wait_for(lambda at=at: at.answers(direct[at.port]))  # type: ignore[misc]

        one.post("/sign-in", data={"email": "olu.owner@example.org", "password": PASSWORD}).raise_for_status()
        assert [one.get("/account").status_code for _ in range(4)] == [200] * 4  # signed in at one, known at the other
        for at in direct.values():
            at.cookies = one.cookies

        new = {"upload-length": str(len(recording)), "upload-metadata": metadata({**FIELDS, "filename": "a.ogg"})}
        url = one.post("/api/v1/uploads", headers={"tus-resumable": "1.0.0", **new}).headers["location"]
        offset = 0
        while offset < len(recording):
            piece = recording[offset : offset + 15_000]
            sent = one.patch(url, content=piece, headers={**TYPE, "upload-offset": str(offset)})
            assert sent.status_code == 204, sent.text
            offset = int(one.head(url).headers["upload-offset"])
        assert set(proxy.given[-8:]) == set(direct)
        done = direct[second.port].post(f"{url}/finish")
        assert done.status_code == 201, done.text
        progress = f"{done.json()['url']}/progress"

        with direct[first.port].stream("GET", progress, headers=SSE) as answer:
            told = events(answer)
            next(told)
            second.process.kill()
            assert [name for _, name, _ in told][-1] == "ready"
        assert [one.get(done.json()["url"]).status_code for _ in range(4)] == [200] * 4
        assert first.keeps | second.keeps <= {"running.lock"}, "a website keeps nothing by itself"
    with house.database.read() as session:
        assert len(session.exec(select(Coding)).all()) == 1


@pytest.fixture
def website(installation: Settings) -> Iterator[Machine]:
    with machine(installation.data_dir.parent, installation, "web") as one, browser(one.address) as asked:
        wait_for(lambda: one.answers(asked))
        yield one


@pytest.mark.slow
def test_a_website_told_to_stop_ends_what_it_began(website: Machine, house: House, people: People) -> None:
    """It answers for a while, listeners are let go, and what is just sent is taken to its end."""
    with browser(website.address) as one, ExitStack() as stack:
        token = token_of(house, people.owner)
        one.headers["authorization"] = f"Bearer {token}"
        added = one.post(
            "/api/v1/sessions", data={"agreement_confirmed": "yes"}, files={"file": ("a.txt", CONVERSATION.encode())}
        ).json()
        told = events(stack.enter_context(one.stream("GET", f"{added['url']}/progress", headers=SSE)))
        assert next(told)[0] == "queued-0"
        new = {"upload-length": "200000", "upload-metadata": metadata(FIELDS), "tus-resumable": "1.0.0"}
        urls = [one.post("/api/v1/uploads", headers=new).headers["location"] for _ in range(2)]
        sending = [stack.enter_context(_begin_piece(website.port, url, token, b"x" * 100_000)) for url in urls]

        website.process.terminate()
        answers = list[int]()
        gone = threading.Thread(target=website.process.wait)
        gone.start()
        while len(answers) < 5:
            answers.append(one.get("/health").status_code)
            time.sleep(0.2)
        assert answers == [200] * 5
        assert list(told) == []  # ended, not broken off
        sending[0].sendall(b"x" * 100_000)
        assert sending[0].recv(1000).startswith(b"HTTP/1.1 204")
        sending[1].close()
        gone.join(30)
        assert not gone.is_alive()
    with house.database.read() as session:
        assert sorted(session.exec(select(ResumableUpload.offset_bytes)).all()) == [100_000, 200_000]


def _begin_piece(port: int, url: str, token: str, some: bytes) -> socket.socket:
    """`some` of 200,000 bytes have come; the rest is on its way."""
    sending = socket.create_connection(("127.0.0.1", port))
    head = (
        f"PATCH {url} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\nupload-offset: 0\r\n"
        "tus-resumable: 1.0.0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: 200000\r\n\r\n"
    )
    sending.sendall(head.encode() + some)
    return sending
