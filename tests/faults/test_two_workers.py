"""Two real workers on PostgreSQL: one is killed, one is told to stop, in the middle of one job that would never end."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable

import pytest

from api.house import House
from models import queue
from models.job import Job, JobState

WORKER = """
import sys, time
from coding.jobs import JobType
from models.job_queues import JobQueue
from models.settings import get_settings
from web import delivered_worker
from web.jobs import JOBS
from web.worker_process import run_worker

def hold(context, **ids):
    while True:
        time.sleep(0.05)

JOBS["send_notice"] = JobType(hold, lambda *_args, **_ids: None)
delivered_worker.LOOK_SECONDS = 1.0
run_worker(get_settings(), name=sys.argv[1], parent=None, queues=(JobQueue.MAIL,))
"""


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_job_outlives_a_killed_worker_and_one_told_to_stop(house: House) -> None:
    lease = 5
    settings = house.settings.model_copy(update={"job_lease_seconds": lease, "drain_seconds": 1})
    workers: dict[str, subprocess.Popen[bytes]] = {}

    def start(name: str) -> None:
        command = [sys.executable, "-c", WORKER, name]
        workers[name] = subprocess.Popen(command, env=os.environ | settings.as_environment())

    def job() -> Job:
        with house.database.read() as session:
            return session.get_one(Job, job_id)

    try:
        start("one")
        start("two")
        with house.database.write() as session:
            job_id = queue.enqueue(session, "send_notice", session_id=uuid.uuid4()).id
        wait_until(lambda: job().state is JobState.RUNNING, 240)
        first = job().worker
        assert first is not None
        workers[first].kill()
        wait_until(lambda: job().worker not in (None, first), lease + 120)
        second = job().worker
        assert second is not None
        assert job().attempts == 2
        workers[second].terminate()
        assert workers[second].wait(60) == 0
        assert (job().state, job().attempts) == (JobState.WAITING, 1)
        claimed = queue.claim(house.database, worker="three", lease_seconds=60)
        assert claimed is not None
        assert (claimed.job_id, claimed.attempts) == (job_id, 2)
    finally:
        for process in workers.values():
            process.kill()
            process.wait()


def wait_until(what: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)
