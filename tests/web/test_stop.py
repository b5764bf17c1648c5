"""Stopping the work on a session: who may, how soon, and that it goes on from there."""

import threading
import time
from typing import Any

import psutil
import pytest
from sqlmodel import select

from api.house import House
from coding.speech.hearing_process import HearingProcess
from models.audit import AuditEvent
from models.job import Job, JobState
from models.settings import Settings
from models.transcript import HeardClipRow
from tests.conftest import CONVERSATION, People
from tests.faults.test_killed_hearing import Watch
from tests.fixtures.role_play import MONO, WHISPER
from tests.web.conftest import Client, work_off
from web.worker import Worker

DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"whisper_model": str(WHISPER), "waiting_recordings": 2})


def add(client: Any, name: str, data: bytes) -> str:
    answer = client.post("/api/v1/sessions", data=DETAILS, files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_who_may_stop_a_session(client: Client, people: People, worker: Worker, house: House) -> None:
    ids = [add(client(people.owner), "talk.txt", CONVERSATION.encode()) for _ in range(2)]
    for stranger in (people.teammate, people.lead, people.stranger, people.stranger_coach):
        for path in (f"/sessions/{ids[0]}/stop", f"/api/v1/sessions/{ids[0]}/stop"):
            assert client(stranger).post(path).status_code == 404
    assert client(None).post(f"/sessions/{ids[0]}/stop", follow_redirects=False).status_code in (303, 401)
    with house.database.read() as session:
        assert {job.state for job in session.exec(select(Job))} == {JobState.WAITING}

    page = client(people.owner).post(f"/sessions/{ids[0]}/stop").text
    assert "Olu Owner stopped this. The transcript is kept; start again when you like." in page
    assert "Start again</button>" in page
    assert client(people.colleague).post(f"/api/v1/sessions/{ids[1]}/stop").status_code == 202
    assert "Cass Coach stopped this." in client(people.owner).get(f"/sessions/{ids[1]}").text
    assert client(people.owner).post(f"/api/v1/sessions/{ids[1]}/stop").json()["code"] == "nothing_to_stop"
    assert work_off(worker) == 0
    with house.database.read() as session:
        stopped = [event for event in session.exec(select(AuditEvent)) if event.action == "session_stopped"]
    assert [event.actor_id for event in stopped] == [people.owner.person_id, people.colleague.person_id]

    client(people.owner).post(f"/sessions/{ids[0]}/retry")
    assert work_off(worker) == 1
    assert client(people.owner).get(f"/api/v1/sessions/{ids[0]}").json()["stage"] == "ready"
    assert client(people.owner).post(f"/sessions/{ids[0]}/stop").status_code == 409


def test_without_its_audit_row_nothing_is_stopped(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    session_id = add(owner, "talk.txt", CONVERSATION.encode())

    def broken(self: AuditEvent, **_: object) -> None:
        raise RuntimeError("the audit cannot be written")

    monkeypatch.setattr(AuditEvent, "__init__", broken)
    assert owner.post(f"/sessions/{session_id}/stop").status_code == 500
    with house.database.read() as session:
        assert session.exec(select(Job)).one().state is JobState.WAITING


@pytest.mark.slow
def test_a_recording_that_is_being_heard_stops_within_a_second_and_goes_on_later(
    client: Client, people: People, worker: Worker, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hearing process is halted after its second clip, so that it can only end by being ended."""
    watch = Watch(monkeypatch)
    owner = client(people.owner)
    session_id = add(owner, MONO.name, MONO.read_bytes())
    halted = threading.Event()
    children: list[psutil.Process] = []

    def halt(process: HearingProcess, word: str, value: Any) -> None:
        if len(watch.clips) == 2 and not halted.is_set():
            children.append(psutil.Process(process.pid))
            children[0].suspend()
            halted.set()

    watch.on = halt
    working = threading.Thread(target=worker.run_one)
    working.start()
    assert halted.wait(120)
    assert ">Stop</button>" in owner.get(f"/sessions/{session_id}").text
    assert owner.post(f"/api/v1/sessions/{session_id}/stop").status_code == 202
    started = time.monotonic()
    working.join(60)
    took = time.monotonic() - started
    assert not children[0].is_running()
    assert took < 1.0
    read = owner.get(f"/api/v1/sessions/{session_id}").json()
    assert (read["stage"], read["problem_code"]) == ("stopped", "stopped_by_person")
    with house.database.read() as session:
        kept = len(session.exec(select(HeardClipRow)).all())
        assert session.exec(select(Job)).one().state is JobState.CANCELLED
    assert kept == 2

    heard = list(watch.clips[:kept])
    watch.clips.clear()
    assert owner.post(f"/api/v1/sessions/{session_id}/retry").status_code == 202
    assert work_off(worker) == 2
    assert owner.get(f"/api/v1/sessions/{session_id}").json()["stage"] == "ready"
    assert not set(heard) & set(watch.clips)


@pytest.mark.slow
def test_who_adds_faster_than_can_be_written_down_is_told_to_wait(
    client: Client, people: People, house: House, settings: Settings
) -> None:
    assert settings.waiting_recordings == 2
    owner = client(people.owner)
    ids = [add(owner, MONO.name, MONO.read_bytes()) for _ in range(2)]
    files = {"file": (MONO.name, MONO.read_bytes())}
    refused = owner.post("/api/v1/sessions", data=DETAILS, files=files)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_waiting")
    assert (
        "2 recordings of your organisation are still waiting" in owner.post("/sessions", data=DETAILS, files=files).text
    )
    assert len(house.storage.keys()) == 2
    add(owner, "talk.txt", CONVERSATION.encode())
    add(client(people.stranger), MONO.name, MONO.read_bytes())
    assert owner.post(f"/api/v1/sessions/{ids[0]}/stop").status_code == 202
    add(owner, MONO.name, MONO.read_bytes())
