import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from api.house import House
from coding.context import JobContext
from coding.jobs import JobType
from models import queue
from models.columns import utc_now
from models.job import Job, JobState
from models.job_queues import PLACES
from models.queue import MAX_ATTEMPTS, UNFINISHED, Claim, enqueue
from tests.conftest import work_off
from web.jobs import JOBS
from web.sweeps import SWEEP_AGAIN_SECONDS, SWEEP_SECONDS
from web.worker import Worker


def test_every_job_has_a_queue() -> None:
    assert set(JOBS) == set(PLACES)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_newer_website_asks_for_waits_for_a_newer_worker(house: House, worker: Worker) -> None:
    with house.database.write() as session:
        job_id = enqueue(session, "of_the_next_version").id
    for _ in range(MAX_ATTEMPTS + 1):
        assert work_off(worker) == 1
        with house.database.write() as session:
            job = session.get_one(Job, job_id)
            assert (job.state, job.attempts) == (JobState.WAITING, 0)
            assert job.run_at > utc_now() + timedelta(seconds=50)
            job.run_at = utc_now()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_full_disk_uses_up_no_try_of_a_job(
    house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor does it end in 'something went wrong, several times': nothing has, and there will be room again."""

    def run(context: JobContext) -> None:
        with context.write() as session:
            session.connection().exec_driver_sql("CREATE TABLE much AS SELECT randomblob(3000000)")
            context.finish(session)

    monkeypatch.setitem(JOBS, "keep_much", JobType(run, lambda *_: None))
    with house.database.write() as session:
        job_id = enqueue(session, "keep_much").id
    set_pages(worker, 1)  # SQLite takes those that it has
    for _ in range(MAX_ATTEMPTS + 1):
        assert work_off(worker) == 1
        with house.database.write() as session:
            job = session.get_one(Job, job_id)
            assert (job.state, job.attempts, job.problem) == (JobState.WAITING, 0, "keep_much: DatabaseFull")
            assert job.run_at > utc_now() + timedelta(seconds=50)
            job.run_at = utc_now()
    assert "waits for the database: OperationalError SQLITE_FULL" in caplog.text
    set_pages(worker, 10_000_000)
    assert work_off(worker) == 1
    with house.database.read() as session:
        assert session.get_one(Job, job_id).state is JobState.DONE


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_job_is_given_back_when_that_can_be_written_again(
    house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk without one free byte, for a while. A job of yesterday uses up its tries: it may be what fills it."""

    def full(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError("UPDATE", {}, error)

    tries = []

    def give_back(session: Session, claimed: Claim, **how: Any) -> None:
        tries.append(how)
        if len(tries) % 3:
            full()
        really(session, claimed, **how)

    really = queue.give_back
    monkeypatch.setattr(queue, "give_back", give_back)
    monkeypatch.setattr("web.worker.WAITS", (0, 0))
    monkeypatch.setitem(JOBS, "keep_much", JobType(full, lambda *_: None))
    with house.database.write() as session:
        job_id = enqueue(session, "keep_much").id
    for age, attempts in ((timedelta(), 0), (timedelta(days=2), 1)):
        with house.database.write() as session:
            job = session.get_one(Job, job_id)
            job.run_at, job.created_at = utc_now(), job.created_at - age
        assert work_off(worker) == 1
        with house.database.read() as session:
            job = session.get_one(Job, job_id)
            assert (job.state, job.attempts) == (JobState.WAITING, attempts)
    assert len(tries) == 6


def set_pages(worker: Worker, most: int) -> None:
    with worker.database.write() as session:
        session.connection().exec_driver_sql(f"PRAGMA max_page_count={most}")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_files_that_cannot_be_swept_keep_nobody_from_the_rest_of_the_sweep(
    house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("web.sweeps.sweep_files", fail)
    monkeypatch.setattr("web.sweeps.sweep_keys", done.append)
    worker.sweeps.all()
    assert done == [worker.database]
    with house.database.read() as session:
        asked = session.exec(select(Job.name).where(Job.state.in_(UNFINISHED))).all()  # type: ignore[attr-defined]
    assert "nightly" in asked
    worker.sweeps.due()
    assert len(done) == 1
    worker.sweeps.swept -= SWEEP_AGAIN_SECONDS + 1
    worker.sweeps.due()
    assert len(done) == 2
    monkeypatch.setattr("web.sweeps.sweep_files", lambda *_: None)
    worker.sweeps.all()
    worker.sweeps.swept -= SWEEP_SECONDS - 60
    worker.sweeps.due()
    assert len(done) == 3
