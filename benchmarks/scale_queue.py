"""How many jobs a second real workers on PostgreSQL get: Procrastinate brings each and it is claimed under a lease.

The jobs do nothing. First the claims alone: the worker leaves each job as it is claimed. Then each job also renews its
lease and ends itself.
"""

import os
import time
from collections.abc import Iterator

from sqlalchemy import text

from benchmarks.beside import ready_to_go, site_on_postgres
from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_least, for_information
from models.columns import new_id
from models.database import Database
from models.queue import enqueue
from models.settings import Settings

JOBS, ORGANISATIONS, PROCESSES = 6000, 50, 4
CLAIMS = """
from web.worker import Worker
Worker.run_claimed = lambda self, claimed: None
"""
JOBS_TOO = """
from coding.jobs import JobType
from web.jobs import JOBS
def nothing(context, **ids):
    with context.write() as session:
        context.finish(session)
JOBS["send_notice"] = JobType(nothing, lambda *_args, **_ids: None)
"""
WORKS = """
import logging, sys
from models.job_queues import JobQueue
from models.settings import get_settings
from web.worker_process import run_worker
print("ready", flush=True)
sys.stdin.readline()
logging.disable(logging.INFO)
run_worker(get_settings(), name=sys.argv[1], parent=None, queues=(JobQueue.MAIL,))
"""


def measure() -> Iterator[Figure | NotMeasured]:
    with site_on_postgres() as (settings, database):
        yield for_information("jobs enqueued a second, one transaction each", _enqueue(database), "/s")
        claims = JOBS / _drained(database, settings, CLAIMS + WORKS)
        yield at_least(f"queue claims a second, {PROCESSES} workers on {os.cpu_count()} cores", claims, 300, "/s")
        with database.write() as session:
            session.connection().execute(text("UPDATE job SET state = 'done' WHERE state = 'running'"))
        _enqueue(database)
        whole = JOBS / _drained(database, settings, JOBS_TOO + WORKS)
        yield for_information(f"jobs that do nothing, a second, {PROCESSES} workers", whole, "/s")


def _enqueue(database: Database) -> float:
    """Of organisations in turn; how many a second."""
    organisations = [new_id() for _ in range(ORGANISATIONS)]
    began = time.perf_counter()
    for number in range(JOBS):
        with database.write() as session:
            enqueue(session, "send_notice", organisation_id=organisations[number % ORGANISATIONS], any_id=new_id())
    return JOBS / (time.perf_counter() - began)


def _drained(database: Database, settings: Settings, code: str) -> float:
    """Seconds until none of the jobs waits any more."""
    with ready_to_go(settings, code, [(f"bench-{one}",) for one in range(PROCESSES)]) as go:
        began = time.perf_counter()
        go()
        while _waiting(database):
            time.sleep(0.1)
        return time.perf_counter() - began


def _waiting(database: Database) -> bool:
    with database.read() as session:
        waits = text("SELECT 1 FROM job WHERE state = 'waiting' AND name = 'send_notice' LIMIT 1")
        return session.connection().execute(waits).first() is not None
