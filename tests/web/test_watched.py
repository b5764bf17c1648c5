"""What an installation tells those who watch it: whether it is well, how fast it answers, what it does. And nothing of
anybody."""

import io
import json
import logging
import re
import threading
import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from api.house import House
from models.columns import utc_now
from models.settings import Settings
from models.worker_beat import Beat, beat
from tests.conftest import PASSWORD, People, work_off
from tests.web.conftest import CONVERSATION, PageClient
from web.app import create_app
from web.logs import Json, set_up_logs
from web.pages import sessions
from web.worker import Worker

TOKEN = "a-token-for-prometheus"
SAID = ("kestrel", "olu.owner@example.org", "Olu Owner", "203.0.113.9", TOKEN, PASSWORD, "stop drinking", "Ferndale")
"""A word that was said, an address, a name, a network address, secrets, words of the talk, whose it is."""
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged at all, as JSON."""
    out, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(out)
    handler.setFormatter(Json())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def visit_with_odd_input(one: PageClient, worker: Worker) -> None:
    odd = "kestrel'\"<b>\n\x1b[31m olu.owner@example.org 203.0.113.9"
    one.post("/sign-in", data={"email": "olu.owner@example.org", "password": PASSWORD, "next": f"/?q={odd}"})
    one.get("/search", params={"words": odd})
    one.get(f"/sessions/{odd.encode().hex()}/kestrel", params={"token": TOKEN})
    one.get("/reset-password/kestrel")
    one.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    talk = {"transcript": CONVERSATION.replace("kids", "kestrel"), "title": odd, "kind": "role_play"}
    upload = {"agreement_confirmed": "yes", "held_on": "2026-11-01", "change_goal": odd}
    one.post("/sessions", files={name: (None, text) for name, text in (talk | upload).items()})
    one.post("/sessions", content=odd.encode(), headers={"content-type": "multipart/form-data; boundary=kestrel"})
    one.post("/api/v1/sessions", content=odd.encode(), headers={"content-type": "application/json"})
    one.request("KESTREL", "/sessions")
    one.get("/", headers={"x-request-id": odd.encode("ascii", "ignore").hex(), "x-forwarded-for": "203.0.113.9"})
    work_off(worker)
    session_id = one.get("/").text.split("/sessions/")[1].split('"')[0]
    one.get(f"/sessions/{session_id}")


def test_no_line_of_the_log_tells_of_anybody(
    settings: Settings, house: House, people: People, worker: Worker, lines: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("httpx", "httpx2", "httpcore"):  # the test's own client
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
    app = create_app(settings.model_copy(update={"metrics_from_loopback": True}))
    with PageClient(app, base_url="http://evoke.test", client=("203.0.113.9", 40001)) as one:
        visit_with_odd_input(one, worker)
        one.get("/health/live")

        def broken(*_values: object, **_named: object) -> None:
            raise ValueError(f"cannot read {SAID}")

        monkeypatch.setattr(sessions, "take_upload", broken)
        assert one.post("/sessions", data={"transcript": CONVERSATION}).status_code == 500
    app.state.house.database.close()
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [word for word in SAID if word.lower() in lines.getvalue().lower()] == []
    requests = [line for line in told if line["logger"] == "evoke.requests"]
    routes = {(line["method"], line["route"], line["status"]) for line in requests}
    assert {("POST", "/sessions", 303), ("GET", "/sessions/{session_id}", 200), ("OTHER", "/sessions", 405)} <= routes
    assert ("GET", "no such address", 404) in routes
    assert not any(line["route"] == "/health/live" for line in requests)
    assert all(re.fullmatch("[0-9a-f]{16}", line["request_id"]) and line["ms"] >= 0 for line in requests)
    (job,) = [line for line in told if line["logger"] == "evoke.jobs" and line["job"] == "code_transcript"]
    assert (job["outcome"], job["attempt"]) == ("done", 1)
    (fault,) = [line for line in told if line["message"].startswith("unexpected error")]
    assert "ValueError" in fault["error"]
    assert fault["request_id"] in {line["request_id"] for line in requests if line["status"] == 500}


def test_lines_are_json_or_plain(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = list(root.handlers)
    try:
        for form in ("plain", "json"):
            set_up_logs(settings.model_copy(update={"log_format": form}))
            try:
                raise ValueError(SAID[0])
            except ValueError:
                logging.getLogger("evoke.web").error("it broke", exc_info=True)
            told = capsys.readouterr().err
            assert "kestrel" not in told
            assert "ValueError" in told
            assert told.startswith("{") is (form == "json")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def test_health_is_told_to_a_proxy(settings: Settings, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(settings)
    with PageClient(app, base_url="http://evoke.test") as one:
        assert one.get("/health/live").text == "ok"
        looks: list[object] = []
        monkeypatch.setattr("web.pages.health._files", lambda house: looks.append(house) or "")
        assert (one.get("/health/ready").status_code, one.get("/health/ready").text) == (200, "ok")
        assert len(looks) == 1, "a list of a bucket costs money, and anybody may ask"
        with house.database.write() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        assert (one.get("/health/ready").status_code, "evoke migrate" in one.get("/health/ready").text) == (503, True)
        with house.database.write() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert one.get("/health/ready").status_code == 200  # a later version works beside this one
        app.state.files_there_until = 0.0
        monkeypatch.setattr("web.pages.health.SECONDS", 0.05)
        monkeypatch.setattr("web.pages.health._files", lambda _house: time.sleep(0.3))
        without_files = one.get("/health/ready")
        assert without_files.text == "ok, but the place of the files cannot be reached in time"
        assert without_files.status_code == 200, "pages that need none are answered"
        monkeypatch.undo()
        app.state.draining.set()
        assert one.get("/health/ready").text == "this process is ending"
        assert one.get("/health/live").status_code == 200
        app.state.draining = threading.Event()
        app.state.house.database.close()


@pytest.mark.parametrize("by", ["token", "loopback", "off"])
def test_who_may_read_the_metrics(settings: Settings, house: House, people: People, by: str) -> None:
    changed = {"token": {"metrics_token": SecretStr(TOKEN)}, "loopback": {"metrics_from_loopback": True}, "off": {}}[by]
    mine = settings.model_copy(update=changed)
    with house.database.write() as session:
        beat(session, Beat("one", "cpu", "linear-2", None, "", utc_now()))
    app = create_app(mine)
    right, wrong = {"authorization": f"Bearer {TOKEN}"}, {"authorization": f"Bearer {TOKEN}x"}
    asked = {}
    for address in ("127.0.0.1", "203.0.113.9"):
        with PageClient(app, base_url="http://evoke.test", client=(address, 40001)) as one:
            one.get(f"/sessions/{people.team.id}")
            asked[address] = [one.get("/metrics", headers=one_of).status_code for one_of in (right, wrong, {})]
            asked[address].append(one.get("/metrics", headers={"x-forwarded-for": "198.51.100.7"}).status_code)
            if by == "token":
                told = one.get("/metrics", headers=right).text
    assert (
        asked
        == {
            "token": {"127.0.0.1": [200, 404, 404, 404], "203.0.113.9": [200, 404, 404, 404]},
            "loopback": {"127.0.0.1": [200, 200, 200, 404], "203.0.113.9": [404, 404, 404, 404]},
            "off": {"127.0.0.1": [404, 404, 404, 404], "203.0.113.9": [404, 404, 404, 404]},
        }[by]
    )
    if by == "token":
        assert 'evoke_requests_total{method="GET",route="/sessions/{session_id}",status="3xx"} 2.0' in told
        assert 'evoke_queue_workers{queue="cpu"} 1.0' in told
        assert 'evoke_queue_jobs{queue="gpu",state="due"} 0.0' in told
        assert 'evoke_check{check="workers"} 0.0' in told
        assert "Ferndale" not in told
        assert str(people.team.id) not in told
    app.state.house.database.close()
