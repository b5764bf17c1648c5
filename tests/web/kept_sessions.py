"""Sessions that are heard, made older, and what of them went: for the tests of how long things are kept."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from coding.transcript.versions import latest_transcript
from models.coding import Coding
from models.job import Job, JobState
from models.practice import PracticeSession, Recording, Stage
from models.retention import Part, RetentionStep
from models.transcript import TranscriptVersion
from tests.conftest import People, work_off
from tests.fixtures.role_play import MONO
from tests.web.conftest import Client
from tests.web.test_withdrawal import add
from web.worker import Worker

PHRASE = "nettle soup at half past nine"
TALK = f"Worker: What would you like?\nParent: There was {PHRASE}, and I want to stop.\nWorker: You want to stop.\n"


def make_older(house: House, session_id: str, **days: float) -> None:
    """As if everything of the session had been done so long before."""
    by = timedelta(**days)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(session_id))
        practice.created_at -= by
        versions = select(TranscriptVersion.id).where(col(TranscriptVersion.session_id) == practice.id)
        for coding in session.exec(select(Coding).where(col(Coding.transcript_id).in_(versions))).all():
            coding.created_at -= by
            session.add(coding)
        session.add(practice)


def with_sound(house: House, session_id: str) -> None:
    """Gives a coded session the recording of another, as if it had been written down from that."""
    with house.database.write() as session:
        recording = session.exec(select(Recording)).one()
        recording.session_id = UUID(session_id)
        session.add(recording)
        version = latest_transcript(session, UUID(session_id))
        assert version is not None
        version.recording_id = recording.id
        session.add(version)


def heard(client: Client, people: People, house: House, worker: Worker, **more: str) -> str:
    """A coded session with a recording, without the minutes of hearing one."""
    owner = client(people.owner)
    sound = add(owner, MONO.name, MONO.read_bytes())
    with house.database.write() as session:
        session.exec(update(Job).where(col(Job.name) == "transcribe_recording").values(state=JobState.CANCELLED))
    session_id = add(owner, data=TALK.encode(), **more)
    work_off(worker)
    with_sound(house, session_id)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(sound))
        practice.stage, practice.problem_code, practice.problem = Stage.STOPPED, "stopped_by_person", "Stopped."
        session.add(practice)
    return session_id


def went(house: House) -> list[tuple[str, Part]]:
    with house.database.read() as session:
        steps = session.exec(select(RetentionStep).order_by(col(RetentionStep.at))).all()
    assert all(step.done_at for step in steps)
    return [(str(step.session_id), step.part) for step in steps]


def lies_in(found: bytes, sealed: bytes) -> bool:
    """As it is, or as PostgreSQL writes bytes out."""
    return sealed in found or sealed.hex().encode() in found
