"""What looks after names heeds legal holds, and one authority's trouble stops nobody else's night."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select, update

from api.house import House
from coding.bleep_recording import Bleeped, beside
from coding.hold import lift_hold, place_hold
from models.coding import Coding
from models.columns import utc_now
from models.job import Job, JobState
from models.name_check import NameCheck
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, Recording
from models.queue import cancel
from models.rotate import shred_organisation
from models.settings import Settings
from models.storage import open_recording
from tests.coding.speech.test_bleep import recording
from tests.conftest import People, add_person, work_off
from tests.web.conftest import Client
from tests.web.test_bleep import heard
from tests.web.test_names import add, said
from tests.web.test_nightly import at_night
from web.worker import Worker


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Administrator", role=Role.ADMINISTRATOR)


def hold(house: House, session_id: str, admin: Actor) -> None:
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(session_id))
        place_hold(session, practice=practice, reason="Complaint 2026-114", by=admin)


def lift(house: House, session_id: str, admin: Actor) -> None:
    with house.database.write() as session:
        lift_hold(session, practice=session.get_one(PracticeSession, UUID(session_id)), by=admin)


def sound_of(house: House) -> bytes:
    with house.database.read() as session:
        kept = session.exec(select(Recording)).one()
        with open_recording(session, house.storage, kept) as file:
            return file.read()


def test_an_authority_whose_keys_are_destroyed_stops_nobodys_night(
    client: Client, people: People, worker: Worker, house: House
) -> None:
    owner, elsewhere = client(people.owner), client(people.stranger)
    file = {"file": ("talk.wav", recording("pcm_s16le", "wav", 16_000, 1).getvalue())}
    details = {"kind": "role_play", "agreement_confirmed": "yes", "names": "Kayleigh, mum"}
    add(elsewhere)
    sent = elsewhere.post("/api/v1/sessions", data=details, files=file)
    add(owner)
    work_off(worker)
    with house.database.write() as session:
        kept, check = session.exec(select(Recording)).one(), select(NameCheck).where(col(NameCheck.said).is_not(None))
        theirs = [
            one for one in session.exec(check).all()
            if session.get_one(PracticeSession, one.session_id).organisation_id != people.owner.organisation_id
        ]  # fmt: skip
        kept.session_id = theirs[0].session_id  # as if it had been written down from that
        long_ago = utc_now() - timedelta(days=house.settings.name_check_days, minutes=1)
        session.exec(update(NameCheck).values(created_at=long_ago))
        session.exec(update(Coding).values(created_at=long_ago))
        organisation = session.get_one(Organisation, people.stranger.organisation_id)
        shred_organisation(session, organisation=organisation, by=None)
    assert sent.status_code == 201
    at_night(house, worker)
    with house.database.read() as session:
        nights = session.exec(select(Job.state).where(col(Job.name) == "nightly")).all()
        assert JobState.FAILED not in nights
        assert session.exec(select(NameCheck.said).where(col(NameCheck.said).is_not(None))).all() == []


def test_names_under_a_legal_hold_are_checked_once_it_is_lifted(
    client: Client, people: People, worker: Worker, house: House, admin: Actor
) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    page, before = f"/sessions/{session_id}/names", said(owner, session_id)
    assert page in owner.get(f"/sessions/{session_id}").text
    hold(house, session_id, admin)
    assert page not in owner.get(f"/sessions/{session_id}").text
    assert owner.get(page).status_code == 409
    answer = owner.post(page, data={"right": "yes", "more": "Oakhurst, place"})
    assert (answer.status_code, "Oakhurst, place" in answer.text) == (409, True)
    assert "legal hold" in answer.text
    work_off(worker)
    assert said(owner, session_id) == before
    with house.database.read() as session:
        assert session.exec(select(NameCheck)).one().said is not None
    lift(house, session_id, admin)
    assert owner.post(page, data={"right": "yes"}).status_code == 200
    with house.database.read() as session:
        assert session.exec(select(NameCheck)).one().said is None


def test_no_tone_goes_over_a_recording_under_a_legal_hold(
    client: Client, people: People, worker: Worker, house: House, admin: Actor
) -> None:
    owner = client(people.owner)
    session_id, _ = heard(owner, people, house, recording("pcm_s16le", "wav", 16_000, 1))
    work_off(worker)
    before = sound_of(house)
    owner.post(f"/sessions/{session_id}/names", data={"right": "yes", "bleep": "yes"})
    hold(house, session_id, admin)  # before the worker came to it
    work_off(worker)
    assert sound_of(house) == before
    assert not any("bleeped" in key for key in list(house.storage.keys()))
    assert owner.post(f"/sessions/{session_id}/bleep").status_code == 409
    lift(house, session_id, admin)
    owner.post(f"/sessions/{session_id}/bleep")
    work_off(worker)
    assert sound_of(house) != before


def test_a_tone_that_came_too_late_leaves_no_copy_of_the_recording(
    client: Client, people: People, worker: Worker, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file is written by a process that does not hear that the job was cancelled, as by a deletion."""
    owner = client(people.owner)
    heard(owner, people, house, recording("pcm_s16le", "wav", 16_000, 1))
    work_off(worker)

    def cancelled_meanwhile(recording_id: UUID, settings: Settings) -> Bleeped:
        with house.database.write() as session:
            kept = session.get_one(Recording, recording_id)
            (house.settings.data_dir / "files" / beside(kept)).write_bytes(b"sealed")
            cancel(session, organisation_id=people.owner.organisation_id, ids=[recording_id])
        return Bleeped(1, "0", 1)

    monkeypatch.setattr("coding.bleep_recording._run_child", cancelled_meanwhile)
    with house.database.read() as session:
        session_id = session.exec(select(PracticeSession.id)).one()
    owner.post(f"/sessions/{session_id}/names", data={"right": "yes", "bleep": "yes"})
    work_off(worker)
    assert not any("bleeped" in key for key in list(house.storage.keys()))


def test_one_whose_words_are_damaged_keeps_no_others(
    client: Client, people: People, worker: Worker, house: House
) -> None:
    owner = client(people.owner)
    session_id, _ = heard(owner, people, house, recording("pcm_s16le", "wav", 16_000, 1))
    add(owner)
    work_off(worker)
    long_ago = utc_now() - timedelta(days=house.settings.name_check_days, minutes=1)
    with house.database.write() as session:
        session.exec(update(NameCheck).values(created_at=long_ago))
        session.exec(update(Coding).values(created_at=long_ago))
        session.exec(update(Recording).values(sealed=b"x" * 40))
    at_night(house, worker)
    with house.database.read() as session:
        assert JobState.FAILED not in session.exec(select(Job.state).where(col(Job.name) == "nightly")).all()
        waits = session.exec(select(NameCheck.session_id).where(col(NameCheck.said).is_not(None))).all()
        assert [str(one) for one in waits] == [session_id]
