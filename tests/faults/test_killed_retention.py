"""A worker killed with SIGKILL in the middle of what the night does when a time is over: nothing half-deleted is seen,
and the next worker finishes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlmodel import select

from api.house import House
from models import queue
from models.practice import PracticeSession, Recording
from models.proof import Verdict, check_proof
from models.queue import enqueue
from models.retention import KeptFigures, Part, RetentionStep
from models.transcript import TranscriptVersion
from models.withdrawal import DeletionProof, ProofKey
from tests.conftest import People, work_off
from tests.faults.test_killed_deletion import CHILD, SLOT
from tests.web.conftest import Client, PageClient, client
from tests.web.kept_sessions import PHRASE, heard, make_older
from tests.web.test_withdrawal import left
from web.worker import Worker

__all__ = ["client"]
KILLED_AT = {
    "with the recording's step written": ("coding.let_go", "_finish_recording", "before"),
    "before its file goes": ("models.storage.Storage", "delete", "before"),
    "after its file went": ("models.storage.Storage", "delete", "after"),
    "with its rows deleted and nothing committed": ("coding.let_go", "_forget_recordings", "after"),
    "with a new key and the words under the old one": ("coding.forget_words", "renew_session_key", "after"),
    "with the words gone and nothing committed": ("coding.let_go", "forget_words", "after"),
    "with the scores' end begun and nothing committed": ("coding.let_go", "begin_deletion", "after"),
    "before the files of the database are made anew": ("coding.nightly", "scrub", "before"),
    "with figures kept and nothing deleted": ("coding.delete_session", "keep_figures", "after"),
    "with all rows deleted and nothing committed": ("coding.delete_session", "delete_rows", "after"),
}
"""In the order in which the night comes to them."""
WORKERS = f"""
import os, sys
import coding.jobs, web.worker

for line in sys.stdin:  # each its own process, of a program that is loaded only once
    pid = os.fork()
    if pid == 0:
        sys.argv[1:] = line.split(" ", 3)[:3] + ["{SLOT}"]
        exec({CHILD!r})
        os._exit(0)
    print(os.WTERMSIG(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.fixture
def kill_at(house: House) -> Iterator[Callable[[str], None]]:
    """Runs a worker until it is killed there."""
    environment = os.environ | house.settings.as_environment()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen([sys.executable, "-c", WORKERS], env=environment, **pipes) as workers:

        def kill(where: str) -> None:
            workers.stdin.write(" ".join(KILLED_AT[where]) + "\n")
            assert workers.stdout.readline().strip() == str(int(signal.SIGKILL)), where

        yield kill
        workers.stdin.close()


def test_a_night_that_dies_everywhere_is_finished_by_the_next_worker(
    client: Client, people: People, house: House, worker: Worker, kill_at: Callable[[str], None]
) -> None:
    session_id = heard(client, people, house, worker, title=f"About {PHRASE}")
    make_older(house, session_id, days=800)
    with house.database.write() as session:
        enqueue(session, "nightly")
    owner = client(people.owner)
    for where in KILLED_AT:
        kill_at(where)
        whole_or_absent(owner, house, session_id)
        assert queue.release_worker(house.database, SLOT) == 1
    work_off(worker)
    assert house.storage.keys() == []
    assert left(house, session_id) == {}
    with house.database.read() as session:
        steps = session.exec(select(RetentionStep)).all()
        figures = session.exec(select(KeptFigures)).all()
        [proof] = session.exec(select(DeletionProof)).all()
        keys = session.exec(select(ProofKey.public_key)).all()
    assert sorted(step.part for step in steps) == [Part.RECORDING, Part.WORDS]
    assert all(step.done_at for step in steps)
    assert [len(step.files) for step in steps if step.files is not None] == [1]  # also where it had gone before
    assert len(figures) == 1
    assert check_proof(proof.document, known_keys=keys) is Verdict.GENUINE


def whole_or_absent(owner: PageClient, house: House, session_id: str) -> None:
    """What people get at this moment agrees with what is written down."""
    with house.database.read() as session:
        practice = session.get(PracticeSession, UUID(session_id))
        parts = {step.part for step in session.exec(select(RetentionStep))}
        sound = session.exec(select(Recording.id)).all()
        versions = session.exec(select(TranscriptVersion.recording_id)).all()
    assert practice is not None
    assert set(versions) == ({*sound} or {None})
    page = owner.get(f"/sessions/{session_id}")
    assert page.status_code == (404 if practice.withdrawn_at else 200)
    found = owner.get("/search", params={"q": PHRASE}).text.count(f"/sessions/{session_id}#u")
    if practice.withdrawn_at is None:
        assert ("The recording went on" in page.text) == (Part.RECORDING in parts)
        assert ("What was said went on" in page.text) == (Part.WORDS in parts) == (PHRASE not in page.text)
    assert bool(found) == (practice.withdrawn_at is None and Part.WORDS not in parts)
