"""The page Running: who may see it, what it says, and having work tried again."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.house import House
from models.audit import AuditEvent
from models.columns import utc_now
from models.job import Job, JobState
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, Stage
from models.queue import enqueue
from models.worker_beat import Beat, beat
from tests.conftest import CONVERSATION, People, add_person, work_off
from tests.web.conftest import Client, PageClient
from training.running.names import QUEUES
from web.worker import Worker


@pytest.fixture
def admin_elsewhere(house: House, people: People) -> Actor:
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        return add_person(session, away, "Abe Elsewhere", role=Role.ADMINISTRATOR)


def work_begins(session: Session, name: str = "here") -> None:
    beat(session, Beat(name, ",".join(QUEUES), "linear-2", True, "", utc_now()))


def fail(session: Session, name: str, why: str, organisation_id: UUID | None, **ids: UUID) -> Job:
    job = enqueue(session, name, organisation_id=organisation_id, **ids)
    job.state, job.problem, job.finished_at = JobState.FAILED, f"{name}: {why}", utc_now()
    session.add(job)
    session.flush()
    return job


def stop(house: House, owner: PageClient, why: str) -> UUID:
    """A session whose coding failed."""
    file = {"file": ("a.txt", CONVERSATION.encode())}
    made = owner.post("/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes"}, files=file)
    session_id = UUID(made.json()["id"])
    with house.database.write() as session:
        failed = update(Job).where(col(Job.name) == "code_transcript", col(Job.state) == JobState.WAITING)
        session.exec(failed.values(state=JobState.FAILED, problem=f"code_transcript: {why}", finished_at=utc_now()))
        practice = session.get_one(PracticeSession, session_id)
        practice.stage, practice.problem_code, practice.problem = Stage.STOPPED, "gave_up", "It stopped."
        session.add(practice)
    return session_id


def states(house: House, name: str) -> list[str]:
    with house.database.read() as session:
        return sorted(one.state.value for one in session.exec(select(Job).where(col(Job.name) == name)))


def test_only_administrators_see_it(client: Client, people: People, admin: Actor) -> None:
    for who in (people.owner, people.colleague, people.lead):
        assert client(who).get("/running").status_code == 404
        assert client(who).post("/running/try-again", data={"job": "a", "error": "b"}).status_code == 404
    assert client(admin).get("/running").status_code == 200
    assert "Running" in client(admin).get("/administration").text


def test_one_calm_sentence_where_all_is_well(client: Client, people: People, admin: Actor, house: House) -> None:
    with house.database.write() as session:
        work_begins(session)
    page = client(admin).get("/running?again=x").text
    assert "Everything runs, and nothing is stuck." in page
    assert "data-check" not in page


def test_what_is_stuck_and_what_to_do(client: Client, people: People, admin: Actor, house: House) -> None:
    page = client(admin).get("/running").text
    assert "No worker is running" in page
    assert "<code>evoke worker</code>" in page
    with house.database.write() as session:
        work_begins(session, "the-worker-of-ferndale")
        beat(session, Beat("rest", "cpu", "encoder-9", None, "", utc_now()))
    page = client(admin).get("/running").text
    assert "2 different coders" in page
    assert "the-worker-of-ferndale" not in page  # two authorities: each would read the other's names


def test_a_session_that_failed_is_tried_again(
    client: Client, people: People, admin: Actor, admin_elsewhere: Actor, house: House, worker: Worker
) -> None:
    """By its own administrator, who is not shown which session it is."""
    session_id = stop(house, client(people.owner), "GaveUp")
    other = client(admin_elsewhere)
    assert "data-given-up" not in other.get("/running").text
    form = {"job": "code_transcript", "error": "GaveUp"}
    assert other.post("/running/try-again", data=form).status_code == 409
    one = client(admin)
    page = one.get("/running").text
    assert "Code a conversation" in page
    assert str(session_id) not in page
    answer = one.post("/running/try-again", data=form)
    assert "1 job is tried again." in answer.text
    assert "data-given-up" not in answer.text
    assert states(house, "code_transcript") == ["cancelled", "waiting"]
    work_off(worker)
    with house.database.read() as session:
        assert session.get_one(PracticeSession, session_id).stage is Stage.READY
        (noted,) = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "job_tried_again"))
        assert (noted.actor_id, noted.organisation_id) == (admin.person_id, admin.organisation_id)
    again = one.post("/running/try-again", data=form)
    assert again.status_code == 409
    assert "Perhaps somebody else has tried them again already" in again.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_not_the_operators_matter_is_not_there(
    client: Client, people: People, admin: Actor, house: House
) -> None:
    """A recording that is too long, a session that somebody took up again, what failed long ago, odd rows."""
    stop(house, client(people.owner), "RecordingTooLong")
    taken_up = stop(house, client(people.owner), "GaveUp")
    mine = people.owner.organisation_id
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, taken_up)
        practice.stage, practice.problem_code, practice.problem = Stage.QUEUED, None, None
        session.add(practice)
        fail(session, "send_notice", "GaveUp", mine).finished_at = utc_now() - timedelta(days=8)
        fail(session, "send_reset", "GaveUp", people.stranger.organisation_id)
        session.add(
            Job(name="code_transcript", args={}, organisation_id=mine, state=JobState.FAILED, finished_at=utc_now())
        )
    assert "data-given-up" not in client(admin).get("/running").text
    with house.database.write() as session:
        fail(session, "nightly", "GaveUp", None)
        for _ in range(3):
            fail(session, "send_notice", "SMTPServerDisconnected", mine, notice_id=people.team.id)
    page = client(admin).get("/running").text
    assert page.count("data-given-up") == 2
    assert "It begins anew by itself." in page
    assert "(3 times)" not in page  # one that was tried by hand and failed again is one
    assert client(admin).post("/running/try-again", data={"job": "nightly", "error": "GaveUp"}).status_code == 409
