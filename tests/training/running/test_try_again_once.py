"""Two administrators who press *Try again* at once: the work is enqueued once."""

import threading

import pytest
from sqlmodel import col, func, select

from api.house import House
from models.columns import utc_now
from models.job import Job, JobState
from models.organisation import Organisation
from models.person import Role
from models.queue import enqueue
from tests.conftest import People, add_person
from training.running.given_up import NothingToTryAgain, try_again


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_the_second_finds_none(house: House, people: People) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        first, second = (add_person(session, home, name, role=Role.ADMINISTRATOR) for name in ("Ada One", "Ben Two"))
        job = enqueue(session, "send_mail", organisation_id=home.id)
        job.state, job.problem, job.finished_at = JobState.FAILED, "send_mail: MailRefused", utc_now()
        session.add(job)
    found: list[object] = []

    def presses_too() -> None:
        try:
            with house.database.write() as session:
                found.append(try_again(session, name="send_mail", error="MailRefused", by=second))
        except NothingToTryAgain as nothing:
            found.append(nothing)

    other = threading.Thread(target=presses_too)
    with house.database.write() as session:
        assert try_again(session, name="send_mail", error="MailRefused", by=first) == 1
        other.start()
        other.join(0.5)
        assert found == [], "it waits"
    other.join(30)
    assert [type(one) for one in found] == [NothingToTryAgain]
    with house.database.read() as session:
        waiting = select(func.count()).select_from(Job).where(col(Job.state) == JobState.WAITING)
        assert session.exec(waiting).one() == 1
