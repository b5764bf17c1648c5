"""The process that hears is killed with SIGKILL in every one of its stages; nothing that was heard is heard again."""

import os
import signal
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from sqlalchemy import update
from sqlmodel import select

from api.house import House
from coding.speech.hearing_process import HearingProcess
from models.columns import utc_now
from models.job import Job, JobState
from models.practice import PracticeSession, Recording, Stage
from models.settings import Settings
from models.transcript import HeardClipRow, TranscriptVersion
from tests.conftest import People
from tests.fixtures.role_play import MONO, WHISPER
from tests.web.conftest import Client, client, work_off
from web.worker import Worker

__all__ = ["client"]
DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"whisper_model": str(WHISPER)})


class Watch:
    """Sees what the process tells, and calls `on` with each word before the worker does anything about it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clips: list[tuple[float, int]] = []
        self.loads = self.diarised = 0
        self.on: Callable[[HearingProcess, str, Any], None] = lambda process, word, value: None
        ask = HearingProcess._ask

        def watched(process: HearingProcess, request: Any, *, check: Any, handlers: Any = None) -> Any:
            self.loads += request["do"] == "load"
            seen = {word: self._seen(process, word, handle) for word, handle in (handlers or {}).items()}
            return ask(process, request, check=check, handlers=seen)

        monkeypatch.setattr(HearingProcess, "_ask", watched)

    def _seen(self, process: HearingProcess, word: str, handle: Callable[[Any], None]) -> Callable[[Any], None]:
        def see(value: Any) -> None:
            if word == "clip":
                self.clips.append((value["clip"]["start"], value["clip"]["channel"]))
            self.diarised += word == "turns"
            handle(value)
            self.on(process, word, value)

        return see


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


KILL_WHEN: dict[str, Callable[[str, Any], bool]] = {
    "decode": lambda word, value: word == "progress" and value == 0,
    "diarise": lambda word, value: word == "progress" and 0.05 <= value < 0.1,
    "transcribe": lambda word, value: word == "clip",
}


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("stage", KILL_WHEN)
def test_killed_in_a_stage_it_goes_on_from_what_was_heard(
    client: Client, people: People, worker: Worker, house: House, watch: Watch, stage: str
) -> None:
    killed: list[int] = []

    def kill(process: HearingProcess, word: str, value: Any) -> None:
        if not killed and KILL_WHEN[stage](word, value):
            assert process.pid is not None
            killed.append(process.pid)
            os.kill(process.pid, signal.SIGKILL)

    watch.on = kill
    answer = client(people.owner).post("/api/v1/sessions", data=DETAILS, files={"file": (MONO.name, MONO.read_bytes())})
    assert answer.status_code == 201
    assert worker.run_one()
    assert len(killed) == 1
    before = len(watch.clips)
    assert before == (1 if stage == "transcribe" else 0)
    with house.database.write() as session:
        job = session.exec(select(Job)).one()
        assert (job.state, job.problem) == (JobState.WAITING, "transcribe_recording: HearingEnded")
        assert session.exec(select(PracticeSession)).one().stage is Stage.TRANSCRIBING
        assert len(session.exec(select(HeardClipRow)).all()) == before
        session.exec(update(Job).values(run_at=utc_now()))
    assert work_off(worker) == 2
    assert worker.workshop.hearing.pid not in killed
    assert watch.loads == 2
    assert watch.diarised == 1
    assert len(watch.clips) == len(set(watch.clips)) > 2
    with house.database.read() as session:
        assert session.exec(select(PracticeSession)).one().stage is Stage.READY
        assert session.exec(select(HeardClipRow)).all() == []
        assert len(session.exec(select(TranscriptVersion)).all()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_job_taken_up_with_other_settings_hears_anew_who_speaks_when(
    client: Client, people: People, worker: Worker, house: House, watch: Watch
) -> None:
    def kill(process: HearingProcess, word: str, value: Any) -> None:
        if word == "clip":
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)

    watch.on = kill
    client(people.owner).post("/api/v1/sessions", data=DETAILS, files={"file": (MONO.name, MONO.read_bytes())})
    assert worker.run_one()
    watch.on = lambda process, word, value: None
    with house.database.write() as session:
        session.exec(update(Job).values(run_at=utc_now()))
    successor = Worker(house.settings.model_copy(update={"whisper_language": ""}), "with other settings")
    try:
        assert work_off(successor) == 2
    finally:
        successor.close()
    assert watch.diarised == 2
    with house.database.read() as session:
        assert session.exec(select(PracticeSession)).one().stage is Stage.READY
        assert session.exec(select(Recording)).one().heard_turns is None
        assert session.exec(select(TranscriptVersion)).one().method == successor.workshop.hearing.method


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_one_process_hears_one_recording_after_the_other(
    client: Client, people: People, worker: Worker, watch: Watch
) -> None:
    for _ in range(2):
        client(people.owner).post("/api/v1/sessions", data=DETAILS, files={"file": (MONO.name, MONO.read_bytes())})
    assert work_off(worker) == 4
    assert watch.loads == 1
    process = worker.workshop.hearing.pid
    assert process is not None
    assert psutil.pid_exists(process)
    worker.workshop.close()
    assert not psutil.pid_exists(process)
