"""The same thing asked for twice at once, as by an impatient double click, is done once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from api.house import House
from coding.actions import (
    NothingToRetry,
    SessionDetails,
    add_transcript_session,
    retry_session,
    say_who_is_practitioner,
)
from coding.transcript.read import read_transcripts
from models.audit import AuditEvent
from models.columns import utc_now
from models.job import Job, JobState
from models.practice import PracticeSession, SessionKind, Stage
from models.transcript import SpeakerDecision
from tests.conftest import CONVERSATION, People, work_off
from web.worker import Worker


@pytest.fixture
def coded(house: House, people: People, worker: Worker) -> UUID:
    (parsed,) = read_transcripts("talk.txt", CONVERSATION.encode())
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, change_goal="stop drinking",
    )  # fmt: skip
    with house.database.write() as session:
        practice = add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner)
    assert work_off(worker) == 1
    return practice.id


def at_once(house: House, session_id: UUID, *acts: Callable[[Session, PracticeSession], None]) -> list[Exception]:
    """Each in a transaction of its own; all have read the session before one goes on. What they raised."""
    start = Barrier(len(acts))

    def click(act: Callable[[Session, PracticeSession], None]) -> Exception | None:
        with house.database.read() as session:
            session.get_one(PracticeSession, session_id)
        start.wait(30)
        try:
            with house.database.write() as session:
                act(session, session.get_one(PracticeSession, session_id))
        except NothingToRetry as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return [error for error in pool.map(click, acts) if error is not None]


def waiting_jobs(house: House) -> list[str]:
    with house.database.read() as session:
        return list(session.exec(select(Job.name).where(col(Job.state) == JobState.WAITING)))


def audited(house: House, action: str) -> int:
    with house.database.read() as session:
        return len(session.exec(select(AuditEvent).where(col(AuditEvent.action) == action)).all())


def test_two_clicks_on_the_practitioner_are_one_decision_and_one_coding(
    house: House, people: People, worker: Worker, coded: UUID
) -> None:
    def choose(label: str) -> Callable[[Session, PracticeSession], None]:
        return lambda session, practice: say_who_is_practitioner(
            session, practice=practice, label=label, by=people.owner
        )

    assert at_once(house, coded, *[choose("Parent")] * 4) == []
    assert waiting_jobs(house) == ["code_transcript"]
    assert audited(house, "practitioner_decided") == 1
    assert work_off(worker) == 1
    assert at_once(house, coded, choose("Parent")) == []  # a page from before is still open
    assert waiting_jobs(house) == []
    with house.database.read() as session:
        assert len(session.exec(select(SpeakerDecision)).all()) == 1
        assert session.get_one(PracticeSession, coded).stage is Stage.READY
    assert at_once(house, coded, choose("Worker")) == []  # another choice is another decision
    assert waiting_jobs(house) == ["code_transcript"]
    assert audited(house, "practitioner_decided") == 2


def test_a_decision_on_a_stopped_session_sets_it_going_again(house: House, people: People, coded: UUID) -> None:
    for _ in range(2):
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, coded)
            say_who_is_practitioner(session, practice=practice, label="Parent", by=people.owner)
            practice.stage, practice.problem_code, practice.problem = Stage.STOPPED, "gave_up", "It did not work."
            session.add(practice)
    assert waiting_jobs(house) == ["code_transcript"] * 2


def test_two_clicks_on_try_again_are_one_job(house: House, people: People, coded: UUID) -> None:
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, coded)
        practice.stage, practice.problem_code, practice.problem = Stage.STOPPED, "gave_up", "It did not work."
        session.add(practice)

    def again(session: Session, practice: PracticeSession) -> None:
        retry_session(session, practice=practice, by=people.owner)

    errors = at_once(house, coded, again, again, again, again)

    assert [type(error) for error in errors] == [NothingToRetry] * 3
    assert waiting_jobs(house) == ["code_transcript"]
    assert audited(house, "session_retried") == 1
