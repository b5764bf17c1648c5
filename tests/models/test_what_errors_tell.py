"""A database error goes into logs, and what people said must not go with it."""

import logging
import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from api.house import House
from coding.jobs import JOBS, JobType
from models.coding import Score
from models.columns import new_id
from models.job import Job
from models.queue import enqueue
from web.worker import Worker

SAID = "my father hit me with his belt"


def fail_to_keep(session: Session) -> None:
    """The interval does not hold the value, which a rule of the table forbids."""
    session.add(Score(coding_id=new_id(), name="reflections", value=1, low=2, high=3, note=SAID))
    session.flush()


def test_a_failing_insert_does_not_repeat_what_was_said(house: House) -> None:
    with pytest.raises(IntegrityError) as caught, house.database.write() as session:
        fail_to_keep(session)
    told = "".join(traceback.format_exception(caught.value))
    assert SAID not in told
    assert "INSERT INTO score" in told  # what failed is still told


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_nor_does_a_value_that_postgresql_refuses(house: House) -> None:
    with pytest.raises(DBAPIError) as caught, house.database.read() as session:
        session.connection().execute(text("SELECT CAST(:said AS integer)"), {"said": SAID})
    assert SAID not in "".join(traceback.format_exception(caught.value))


def test_the_rule_that_was_broken_is_still_told(house: House) -> None:
    with pytest.raises(IntegrityError, match="interval_holds_value"), house.database.write() as session:
        fail_to_keep(session)


def test_neither_the_log_nor_the_job_repeats_what_was_said(
    house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def insert(context, **_ids: str) -> None:  # type: ignore[no-untyped-def]
        with context.write() as session:
            fail_to_keep(session)

    def complain(_context, **_ids: str) -> None:  # type: ignore[no-untyped-def]
        raise ValueError(f"cannot read {SAID!r}")

    for name, run in (("insert", insert), ("complain", complain)):
        monkeypatch.setitem(JOBS, name, JobType(run, lambda *_args, **_ids: None))
        with house.database.write() as session:
            enqueue(session, name, transcript_id=new_id())
    with caplog.at_level(logging.DEBUG):
        assert worker.run_one()
        assert worker.run_one()
    with house.database.read() as session:
        problems = sorted(job.problem or "" for job in session.exec(select(Job)))
    assert problems == ["complain: ValueError", "insert: IntegrityError"]
    assert SAID not in caplog.text
    assert "in fail_to_keep" in caplog.text
    assert "in complain" in caplog.text
