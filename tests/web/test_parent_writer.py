"""A program that puts simulated parents' lines in words: what it is sent, what of its answers is said, and who sets it.

The service is a server of the test's own on this machine, which answers as it is told.
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from api.house import House
from coding.scheme.codes import ClientTalk
from models.keys import SessionKey
from models.parent_writer import parent_writer_of
from models.permissions import Actor
from models.sweep import sweep_keys
from tests.conftest import People
from tests.training.simulated.conftest import ByHeart
from tests.web.conftest import Client, PageClient, admin, client
from training.simulated.choose import lines_of
from training.simulated.format import Band, Did
from training.simulated.kept import PARENT, YOU
from training.simulated.shelf import scenarios
from training.simulated.writer import EndpointWriter, Outcome, writer_for

__all__ = ["admin", "client"]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
KELLY = scenarios()["wine-at-night"]
LINE = next(line for line in lines_of(KELLY, Did.REFLECTED, Band.UNSURE) if line.leans is ClientTalk.CT)
TALK = [(PARENT, "Come in."), (YOU, "You're worn out, and you keep going for them.")]
KEY = "sk-made-up-for-a-test"


@dataclass
class Service:
    """`answer` is what it says; `body` overrules the whole of its answer."""

    address: str = ""
    answer: str = "I want to be there for them in the morning."
    status: int = 200
    body: bytes | None = None
    slow: float = 0.0
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
            made.asked.append((self.path, self.headers.get("authorization", ""), sent))
            time.sleep(made.slow)
            said = {"choices": [{"message": {"role": "assistant", "content": made.answer}}]}
            body = made.body if made.body is not None else json.dumps(said).encode()
            self.send_response(made.status)
            if made.status == 302:
                self.send_header("location", f"{made.address}/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def tried(service: Service, codes: ByHeart | None = None, **more: float) -> Outcome:
    writer = EndpointWriter(service.address, "a-model", KEY, **more)
    return writer.tried(KELLY, TALK, LINE, Band.UNSURE, codes=codes or ByHeart()).outcome


def test_it_is_told_the_line_the_leaning_and_the_talk_and_no_name(service: Service) -> None:
    assert tried(service) is Outcome.TAKEN
    ((path, authorization, sent),) = service.asked
    assert (path, authorization, sent["model"]) == ("/v1/chat/completions", f"Bearer {KEY}", "a-model")
    told, *talk = sent["messages"]
    assert LINE.text in told["content"]
    assert "towards the change" in told["content"]
    assert [one["role"] for one in talk] == ["assistant", "user"]
    assert "Olu" not in json.dumps(sent)


@pytest.mark.parametrize(
    "answer",
    [
        "", "…", "x" * 400, "As an AI language model I cannot drink.", "*sighs* I don't know.", "See https://a.example",
        "This is a role-play.", "[Kelly looks away]", "I just want to die sometimes.", "He hit me last night.",
        "They'd be better off without me.",
    ],
)  # fmt: skip
def test_what_is_out_of_the_part_is_not_said(service: Service, answer: str) -> None:
    service.answer = answer
    assert tried(service) is Outcome.NOT_FIT


def test_what_leans_otherwise_or_cannot_be_coded_is_not_said(service: Service) -> None:
    assert tried(service, ByHeart(parent=ClientTalk.ST)) is Outcome.LEANS_OTHERWISE
    assert tried(service, ByHeart(parent=ClientTalk.FN)) is Outcome.LEANS_OTHERWISE
    assert tried(service, ByHeart(broken=True)) is Outcome.NOT_CODED


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"choices": []}', b'{"choices": [{"message": {"content": 3}}]}']
)
def test_an_answer_that_cannot_be_read_is_none(service: Service, body: bytes) -> None:
    service.body = body
    assert tried(service) is Outcome.UNREACHABLE


def test_a_slow_a_huge_a_refusing_and_a_redirecting_service_are_none(service: Service) -> None:
    service.slow = 1.0
    assert tried(service, seconds=0.2) is Outcome.UNREACHABLE
    service.slow, service.body = 0.0, b" " * 200_000
    assert tried(service) is Outcome.UNREACHABLE
    for status in (401, 302, 500):
        service.body, service.status = None, status
        assert tried(service) is Outcome.UNREACHABLE
    assert {path for path, _, _ in service.asked} == {"/v1/chat/completions"}, "no redirect is followed"
    assert (
        EndpointWriter("http://127.0.0.1:9/v1", "m", "").tried(KELLY, TALK, LINE, Band.UNSURE, codes=ByHeart()).outcome
        is Outcome.UNREACHABLE
    )


@pytest.fixture
def ada(client: Client, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> PageClient:
    codes = ByHeart()
    monkeypatch.setattr("coding.coder.desk.CodingDesk.code", lambda _, *turns, **more: codes.code(*turns, **more))
    monkeypatch.setattr("coding.coder.desk.CodingDesk.warm", lambda _: None)
    return client(admin)


@on_sqlite
def test_an_administrator_sets_tests_and_ends_it_and_nobody_else(
    ada: PageClient, client: Client, people: People, house: House, service: Service
) -> None:
    for other in (people.owner, people.colleague, people.stranger):
        assert client(other).get("/parent-writer").status_code == 404
        assert client(other).post("/parent-writer", data={"address": service.address}).status_code == 404
    assert "Save an address and a model first" in ada.post("/parent-writer/test").text
    home = people.owner.organisation_id
    for wrong in (
        "http://models.example.org/v1",
        "ftp://x",
        "https://",
        "http://10.0.0.1/v1",
        "https://u:p@x.example/",
        "http://127.0.0.1:9200/_all?",
        "http://127.0.0.1:9200/_all#",
        "https://x.example/v1?key=",
    ):
        refused = ada.post("/parent-writer", data={"address": wrong, "model": "m"})
        assert (refused.status_code, "begins with https://" in refused.text) == (422, True), wrong
    form = {"address": service.address, "model": "a-model", "secret": KEY}
    saved = ada.post("/parent-writer", data=form)
    assert "Saved." in saved.text
    assert KEY not in saved.text
    with house.database.read() as session:
        assert writer_for(session, home) is None, "off until it is switched on"
    ada.post("/parent-writer", data=form | {"secret": "", "is_on": "yes"})
    assert sweep_keys(house.database, older_than_hours=0) == 0
    with house.database.read() as session:
        writer = writer_for(session, home)
        assert writer is not None
        assert (writer.address, writer.secret) == (service.address, KEY)
    service.answer = "I want mornings to be different."
    assert "this would be said" in ada.post("/parent-writer/test").text
    assert "/parent-writer" in ada.get("/connections").text
    ada.post("/parent-writer", data=form | {"address": f"{service.address}/other", "secret": "", "is_on": "yes"})
    with house.database.read() as session:
        moved, row = writer_for(session, home), parent_writer_of(session, home)
        assert moved is not None
        assert row is not None
        assert moved.secret == "", "a secret goes to no other address than it was given for"
        key_id = row.id
    ada.post("/parent-writer/end")
    with house.database.read() as session:
        assert parent_writer_of(session, home) is None
        assert session.get(SessionKey, key_id) is None


@on_sqlite
def test_in_a_talk_its_words_are_said_and_marked_and_without_it_the_written_line(
    ada: PageClient, client: Client, people: People, service: Service
) -> None:
    ada.post("/parent-writer", data={"address": service.address, "model": "m", "is_on": "yes"})
    trainee = client(people.owner)
    assert "language model at 127.0.0.1" in trainee.get("/practice/parents/wine-at-night").text
    service.answer = "Zebras are what I think of, and I want to stop."
    talk = trainee.post("/practice/parents/wine-at-night", follow_redirects=False).headers["location"]
    for position in range(1, 8):
        page = trainee.post(talk, data={"said": "You're worn out, and you keep going for them.", "position": position})
        if "Zebras" in page.text:
            break
    assert "put in words by the program" in page.text
    service.status = 500
    count = page.text.count("Zebras")
    page = trainee.post(talk, data={"said": "What would you like to be different?", "position": position + 1})
    assert page.text.count("Zebras") == count
    assert len(re.findall("evoke-turn--client", page.text)) == position + 2
