"""An answer that is spoken: its words come to whoever spoke, and to nobody else; its sound and they are soon gone."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import col, select, update

from api.house import House
from api.rate_limits import SPOKEN
from coding.hear_answer import GAVE_UP, PROBLEMS, UNREADABLE
from coding.speech.errors import NoSpeechFound, RecordingTooLong, SpeechModelMissing
from coding.spoken_answers import keep_heard
from coding.transcript.parsed import DoubtfulText, ParsedTranscript, ParsedTurn
from models.audit import AuditEvent
from models.columns import utc_now
from models.job import Job, JobState
from models.keys import SessionKey
from models.queue import enqueue
from models.settings import Settings
from models.spoken_answer import KEPT_FOR, SpokenAnswer
from models.sweep import sweep_files, sweep_keys
from models.sweep_spoken import sweep_spoken_answers
from tests.coding.speech.making import write_sound
from tests.conftest import People
from tests.fixtures.role_play import MONO, WHISPER
from tests.fixtures.two_minutes import MONO as TWO_MINUTES
from tests.web.chunks import files, webm
from tests.web.conftest import Client, PageClient, work_off
from tests.web.exercises import address_of, first_of
from web.worker import Worker

WHERE = "/spoken-answers"
JSON = {"accept": "application/json"}
sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"whisper_model": str(WHISPER)})


def speak(client: PageClient, sound: bytes = b"sound") -> str:
    """Its address."""
    answer = client.post(WHERE, content=sound, headers=JSON)
    assert answer.status_code == 201, answer.text
    return f"{WHERE}/{answer.json()['id']}"


def told(client: PageClient, where: str) -> dict[str, Any]:
    answer = client.get(where, headers=JSON)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def actions(house: House) -> list[str]:
    with house.database.read() as session:
        rows = select(AuditEvent.action).where(col(AuditEvent.subject_type) == "SpokenAnswer")
        return list(session.exec(rows.order_by(col(AuditEvent.sequence))))


def kept(house: House) -> tuple[int, int]:
    """Rows, and keys of any kind."""
    with house.database.read() as session:
        return len(session.exec(select(SpokenAnswer)).all()), len(session.exec(select(SessionKey)).all())


def test_it_is_written_down_and_then_forgotten(client: Client, people: People, house: House, worker: Worker) -> None:
    owner = client(people.owner)
    where = speak(owner, MONO.read_bytes())
    assert told(owner, where) == {"state": "waiting", "behind": False, "text": "", "doubts": [], "problem": ""}
    assert files(house) == [f"{people.owner.organisation_id}/spoken/{where.rpartition('/')[2]}.sealed"]
    work_off(worker)
    heard = told(owner, where)
    assert heard["state"] == "heard"
    assert heard["text"].startswith("What worries you about your drinking?")
    assert "Speaker" not in heard["text"]
    assert all(doubt in heard["text"] for doubt in heard["doubts"])
    assert files(house) == []
    assert told(owner, where) == heard  # until the page says that it has come
    with house.database.read() as session:
        assert b"drinking" not in (session.exec(select(SpokenAnswer.sealed)).one() or b"")
    assert owner.delete(where).status_code == 204
    assert owner.get(where, headers=JSON).status_code == 404
    assert owner.delete(where).status_code == 404
    assert kept(house) == (0, 0)
    assert actions(house) == ["spoken_answer_taken", "spoken_answer_heard", "spoken_answer_deleted"]


def test_it_is_the_speakers_alone(client: Client, people: People, house: House) -> None:
    where = speak(client(people.owner))
    for other in (people.colleague, people.lead, people.stranger):
        for method in ("GET", "DELETE"):
            assert client(other).request(method, where, headers=JSON).status_code == 404
    nobody = client(None)
    assert nobody.post(WHERE, content=b"sound", headers=JSON).status_code == 401
    assert nobody.get(where, headers=JSON).status_code == 401
    assert kept(house) == (1, 1)
    assert actions(house) == ["spoken_answer_taken"]


@sqlite
def test_what_cannot_be_written_down_says_why_and_its_sound_goes(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    silence = write_sound(np.zeros((1, 3 * 48_000), np.float32), 48_000, "webm", "libopus")
    for sound, problem in (
        (silence, PROBLEMS[NoSpeechFound]),
        (TWO_MINUTES.read_bytes(), PROBLEMS[RecordingTooLong]),
        (b"no sound at all", UNREADABLE),
    ):
        where = speak(owner, sound)
        work_off(worker)
        answer = told(owner, where)
        assert (answer["state"], answer["problem"], answer["text"]) == ("not_heard", problem, "")
        assert files(house) == []
    assert "typ" in PROBLEMS[RecordingTooLong]
    with house.database.read() as session:
        assert set(session.exec(select(Job.state))) == {JobState.DONE}


@sqlite
def test_without_a_speech_model_it_says_so(client: Client, people: People, house: House, tmp_path: Path) -> None:
    worker = Worker(house.settings.model_copy(update={"whisper_model": str(tmp_path / "none")}), "test")
    owner = client(people.owner)
    where = speak(owner, webm(1))
    work_off(worker)
    worker.close()
    assert told(owner, where)["problem"] == PROBLEMS[SpeechModelMissing]
    assert files(house) == []


@sqlite
def test_after_several_faults_it_says_so(
    client: Client, people: People, house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("coding.hear_answer._hear", fail)
    owner = client(people.owner)
    where = speak(owner)
    while told(owner, where)["state"] == "waiting":
        with house.database.write() as session:
            session.exec(update(Job).values(run_at=utc_now() - timedelta(seconds=1)))
        assert work_off(worker) > 0
    assert told(owner, where)["problem"] == GAVE_UP
    owner.delete(where)
    assert files(house) == []


def test_a_recording_ahead_of_it_is_told(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    where = speak(owner)
    with house.database.write() as session:
        other = enqueue(session, "transcribe_recording", recording_id=UUID(int=1))
        other.state = JobState.RUNNING
        session.add(other)
    assert told(owner, where)["behind"]
    with house.database.write() as session:
        session.exec(update(Job).values(state=JobState.RUNNING))
    assert not told(owner, where)["behind"]  # it is being heard itself


def test_one_at_a_time_and_what_is_not_wanted_is_not_heard(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    first = speak(owner)
    second = speak(owner)
    assert owner.get(first, headers=JSON).status_code == 404
    assert len(files(house)) == 1
    assert owner.delete(second).status_code == 204
    assert files(house) == []
    assert work_off(worker) == 2
    assert "hearing" not in vars(worker.workshop)
    assert kept(house) == (0, 0)


def test_doubtful_words_are_named(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    where = speak(owner)
    turns = (
        ParsedTurn("1", "Speaker 1", ("You worry. The tins are empty.",), doubts=(DoubtfulText(11, 30, ("unsure",)),)),
        ParsedTurn("2", "Speaker 1", ("What helps?",)),
    )
    with house.database.write() as session:
        keep_heard(session, session.exec(select(SpokenAnswer)).one(), ParsedTranscript("x", turns))
    heard = told(owner, where)
    assert heard["text"] == "You worry. The tins are empty. What helps?"
    assert heard["doubts"] == ["The tins are empty."]


def test_what_nobody_fetches_goes_after_an_hour(client: Client, people: People, house: House) -> None:
    where = speak(client(people.owner))
    assert sweep_spoken_answers(house.database, house.settings) == 0
    old = utc_now() - KEPT_FOR - timedelta(seconds=1)
    with house.database.write() as session:
        session.exec(update(SpokenAnswer).values(made_at=old))
    orphan = house.settings.data_dir / "files" / str(people.owner.organisation_id) / "spoken" / f"{UUID(int=7)}.sealed"
    orphan.write_bytes(b"x")
    days_ago = time.time() - 3 * 24 * 3600
    os.utime(orphan, (days_ago, days_ago))
    assert sweep_files(house.database, house.settings).lost == 0  # nothing said is set aside
    assert sweep_spoken_answers(house.database, house.settings) == 1
    assert files(house) == []
    assert kept(house) == (0, 0)
    assert client(people.owner).get(where, headers=JSON).status_code == 404
    assert actions(house) == ["spoken_answer_taken", "spoken_answer_deleted"]


@sqlite
def test_its_key_outlives_a_sweep_of_keys(client: Client, people: People, house: House) -> None:
    speak(client(people.owner))
    assert sweep_keys(house.database, older_than_hours=-1) == 0
    assert kept(house) == (1, 1)


@sqlite
def test_a_worker_that_is_busy_sweeps_too(client: Client, people: People, house: House, worker: Worker) -> None:
    speak(client(people.owner))
    with house.database.write() as session:
        session.exec(update(SpokenAnswer).values(made_at=utc_now() - KEPT_FOR - timedelta(seconds=1)))
    worker.sweeps.spoken()
    assert kept(house) == (0, 0)
    speak(client(people.owner))
    with house.database.write() as session:
        session.exec(update(SpokenAnswer).values(made_at=utc_now() - KEPT_FOR - timedelta(seconds=1)))
    worker.sweeps.spoken()  # not again within minutes
    assert kept(house) == (1, 1)


@sqlite
def test_limits(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    assert owner.post(WHERE, content=b"", headers=JSON).json()["detail"] == "No sound came. Say it again, or type it."
    large = owner.post(WHERE, content=bytes(4_000_001), headers=JSON)
    assert (large.status_code, kept(house)) == (413, (0, 0))
    for _ in range(SPOKEN.most - 2):
        owner.post(WHERE, content=b"", headers=JSON)
    refused = owner.post(WHERE, content=b"sound", headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert "you can type" in refused.json()["detail"]


@sqlite
def test_it_is_offered_where_something_is_written(client: Client, people: People) -> None:
    owner = client(people.owner)
    assert 'data-speak="answer"' in owner.get(address_of(first_of("answer_the_parent"))).text
    assert "data-speak" not in owner.get(address_of(first_of("spot_the_code"))).text
    talk = owner.post("/practice/parents/wine-at-night")
    assert 'data-speak="said"' in talk.text
