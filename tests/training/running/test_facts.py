"""Facts are read from rows as they are left by workers and people, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from api.house import House
from models.audit import record_check_of_trail
from models.backup.noted import Noted, note
from models.columns import new_id, utc_now
from models.job import Job, JobState
from models.job_queues import EVERY_QUEUE
from models.organisation import Organisation
from models.practice import PracticeSession, Recording, SessionKind, Stage
from models.settings import Settings
from models.worker_beat import Beat, beat, known_workers, no_longer
from tests.conftest import CONVERSATION, People, work_off
from tests.web.conftest import Client, client
from training.running.facts import Facts, read_facts
from training.running.names import QUEUES
from web.heartbeat import Heartbeat
from web.worker import Worker

__all__ = ["client"]


def facts_of(house: House) -> Facts:
    with house.database.read() as session:
        return read_facts(session, house.settings)


def test_an_empty_installation_has_facts_too(house: House) -> None:
    facts = facts_of(house)
    assert (facts.jobs, facts.took, facts.workers, facts.authorities) == ((), (), (), 0)
    assert (facts.pace.real_time, facts.pace.utterances, facts.reviews.oldest) == (None, None, None)
    assert facts.young
    assert facts.disks[0].free > 0


def test_what_waits_and_what_was_done(house: House, people: People, client: Client, worker: Worker) -> None:
    one = client(people.owner)
    file = {"file": ("a.txt", CONVERSATION.encode())}
    assert one.post("/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes"}, files=file).is_success
    (waiting,) = facts_of(house).jobs
    assert (waiting.name, waiting.queue, waiting.due, waiting.running) == ("code_transcript", "cpu", 1, 0)
    assert waiting.oldest is not None
    work_off(worker)
    facts = facts_of(house)
    (took,) = [done for done in facts.took if done.name == "code_transcript"]
    assert took.jobs == 1
    assert 0 < took.median == took.p95
    assert facts.pace.utterances is not None
    assert facts.pace.utterances > 0
    assert facts.reviews.waiting == 1
    assert facts.reviews.oldest is not None


def test_how_fast_recordings_are_heard(house: House, people: People) -> None:
    now = utc_now()
    with house.database.write() as session:
        practice = PracticeSession(
            organisation_id=people.owner.organisation_id, practitioner_id=people.owner.person_id,
            kind=SessionKind.ROLE_PLAY,
            added_by_id=people.owner.person_id, held_on=now.date(), agreement_confirmed=True, stage=Stage.CODING,
        )  # fmt: skip
        session.add(practice)
        session.flush()
        recording = Recording(session_id=practice.id, storage_key="k", size_bytes=1, seconds=600.0, sha256="0" * 64)
        session.add(recording)
        session.add(Job(
            name="transcribe_recording", args={"recording_id": str(recording.id)}, state=JobState.DONE,
            started_at=now - timedelta(minutes=5), finished_at=now,
        ))  # fmt: skip
    assert facts_of(house).pace.real_time == pytest.approx(0.5)


def test_workers_say_that_they_live_and_end(house: House, settings: Settings, worker: Worker) -> None:
    said = Beat("gone", ",".join(QUEUES), "linear-2", True, "", utc_now())
    with house.database.write() as session:
        beat(session, said)
        known_workers(session)[0].seen_at = utc_now() - timedelta(minutes=5)
    heart = Heartbeat(settings, worker.database, name="here", queues=EVERY_QUEUE, stopping=worker.stopping)
    with house.database.write() as session:
        beat(session, heart.said())
    gone, here = facts_of(house).workers
    assert (gone.alive, here.alive, here.takes, here.coder) == (False, True, QUEUES, "linear-2")
    assert here.speech_ready is False  # the tests have no model of that name
    with heart:
        pass
    with house.database.read() as session:
        assert [one.name for one in known_workers(session)] == ["gone"]
    with house.database.write() as session:
        no_longer(session, "gone")


def test_the_last_check_of_the_trail_and_of_a_backup(house: House, people: People) -> None:
    assert facts_of(house).audit.at is None
    with house.database.write() as session:
        record_check_of_trail(session, whole=True)
    assert facts_of(house).audit.ok
    with house.database.write() as session:
        record_check_of_trail(session, whole=False)
        session.get_one(Organisation, people.owner.organisation_id)
    assert not facts_of(house).audit.ok
    set_id, elsewhere = new_id(), house.settings.model_copy(update={"data_dir": house.settings.data_dir / "none"})
    assert (facts_of(house).backup.at, facts_of(house).drill.at) == (None, None)
    for what, day, result in (
        (Noted.BACKUP, 26, "ok"), (Noted.BACKUP, 27, "missing files"), (Noted.BACKUP, 25, "ok"), (Noted.DRILL, 20, "ok")
    ):  # fmt: skip
        said = {"at": f"2026-11-{day}T02:00:00+00:00", "result": result, "set": "one"}
        with house.database.write() as session:
            assert note(session, what, set_id=set_id, said=said) is (day != 25)
    with house.database.read() as session:
        facts = read_facts(session, elsewhere)  # a process of another machine, with a data folder of its own
    assert (facts.backup.ok, facts.backup.at) == (False, datetime(2026, 11, 27, 2, tzinfo=UTC))
    assert (facts.drill.ok, facts.drill.at) == (True, datetime(2026, 11, 20, 2, tzinfo=UTC))
