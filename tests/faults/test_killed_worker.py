"""`evoke serve` for real, whose worker is killed with SIGKILL in every stage."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.coding import Coding
from models.job import Job, JobState
from models.settings import Settings
from models.transcript import HeardClipRow, TranscriptVersion
from tests.fixtures.role_play import MONO, WHISPER

ADMINISTRATOR = {"authority": "Ferndale", "name": "Ada", "email": "ada@example.org", "password": "three calm words"}
DETAILS = {"agreement_confirmed": "yes", "change_goal": "drink less"}
TALK = "Worker: What worries you?\nParent: I want to stop, for the kids.\n" * 40


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    client: httpx.Client

    def worker(self) -> psutil.Process | None:
        children = psutil.Process(self.process.pid).children()
        return next((child for child in children if "worker" in _command(child)), None)

    def stage(self, session_id: str) -> str:
        return str(self.client.get(f"/api/v1/sessions/{session_id}/progress").json()["stage"])


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def wait_for(what: Callable[[], bool], seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if what():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise TimeoutError


@pytest.fixture
def served(settings: Settings, tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mine = settings.model_copy(
        update={"whisper_model": str(WHISPER), "whisper_download": False, "coder": "", "requests_per_minute": 0}
    )
    command = [sys.executable, "-m", "web.cli", "serve", "--port", str(port)]
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | mine.as_environment(), stdout=log, stderr=log)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=120, trust_env=False
        ) as client:
            try:
                wait_for(lambda: client.get("/health").status_code == 200)
                client.post("/first-administrator", data=ADMINISTRATOR).raise_for_status()
                yield Served(process, client)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


@pytest.mark.slow
def test_a_worker_killed_in_every_stage_loses_nothing(served: Served, house: House) -> None:
    recording = {"file": (MONO.name, MONO.read_bytes())}
    ids = [served.client.post("/api/v1/sessions", data=DETAILS, files=recording).json()["id"]]
    ids += [
        served.client.post("/api/v1/sessions", data=DETAILS, files={"file": ("talk.txt", TALK.encode())}).json()["id"]
        for _ in range(6)
    ]
    killed = Counter[str]()

    def kill_in(stage: str) -> bool:
        worker = served.worker()
        if worker is not None and any(served.stage(one) == stage for one in ids):
            worker.kill()
            killed[stage] += 1
            return True
        return False

    for stage in ("queued", "transcribing", "coding"):
        wait_for(lambda stage=stage: kill_in(stage))  # type: ignore[misc]
    wait_for(lambda: all(served.stage(one) == "ready" for one in ids))
    assert killed == {"queued": 1, "transcribing": 1, "coding": 1}
    with house.database.read() as session:
        assert len(session.exec(select(TranscriptVersion)).all()) == len(ids)
        assert len(session.exec(select(Coding)).all()) == len(ids)
        assert session.exec(select(HeardClipRow)).all() == []
        jobs = session.exec(select(Job).where(col(Job.name).not_in(["nightly", "practice_mails"]))).all()
        assert {job.state for job in jobs} == {JobState.DONE}
        assert max(job.attempts for job in jobs) > 1
        assert Counter(e.action for e in session.exec(select(AuditEvent)))["session_added"] == len(ids)
    assert house.storage.keys()


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_child_outlives_a_killed_server(served: Served) -> None:
    """Nor a child's child, in the middle of a recording."""
    wait_for(lambda: served.worker() is not None)
    recording = {"file": (MONO.name, MONO.read_bytes())}
    served.client.post("/api/v1/sessions", data=DETAILS, files=recording).raise_for_status()
    server = psutil.Process(served.process.pid)
    hears = "coding.speech.hearing_child"
    wait_for(lambda: any(hears in _command(one) for one in server.children(recursive=True)))
    children = server.children(recursive=True)
    assert len(children) == 3
    served.process.kill()
    served.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert (len(gone), alive) == (3, [])
