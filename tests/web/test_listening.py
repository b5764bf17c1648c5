"""Whoever may see a session may listen to its recording, in pieces, and nothing of its copy outlives it."""

import base64
import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import av
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from coding import make_listening_copy as job
from coding.listening import NAME
from coding.speech.errors import RecordingUnreadable
from models.audit import AuditEvent
from models.cipher import SealBroken
from models.columns import utc_now
from models.job import Job
from models.listening_copy import listening_place, open_copy
from models.listening_copy_kept import PEAKS_A_SECOND, ListeningCopy
from models.practice import PracticeSession, Recording
from models.queue import enqueue
from models.settings import Settings
from models.sweep import Swept, sweep_files
from tests.coding.speech.test_bleep import recording
from tests.conftest import People, work_off
from tests.fixtures.heard import add_heard
from tests.web.conftest import Client, PageClient
from tests.web.kept_sessions import lies_in, make_older
from tests.web.test_bleep import HEARD
from tests.web.test_nightly import Record, at_night, everywhere
from tests.web.test_withdrawal import ALL, add, left
from web.worker import Worker

pytestmark = pytest.mark.usefixtures("own_temporary_folder")
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def state(one: PageClient, session_id: str) -> str:
    answer = one.post(f"/api/v1/sessions/{session_id}/listening")
    return str(answer.json()["state"]) if answer.status_code == 202 else str(answer.status_code)


def copies(house: House) -> list[str]:
    return [key for key in house.storage.keys() if "listening" in key]  # noqa: SIM118


@pytest.fixture
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the child process does, without starting one each time."""
    monkeypatch.setattr(job, "limit_memory", lambda: None)
    monkeypatch.setattr(
        job,
        "_run_child",
        lambda recording_id, settings: job.Made(**job._copy(settings, recording_id)),  # type: ignore[arg-type]
    )


quickly = pytest.mark.usefixtures("_in_this_process")


def heard(people: People, worker: Worker) -> str:
    """A coded session with a recording of some seconds, as if it had been heard."""
    sound = recording("pcm_s16le", "wav", 16_000, 1).getvalue()
    return str(add_heard(worker, people.owner, sound=sound, said=HEARD))


def ready(client: Client, people: People, worker: Worker) -> str:
    session_id = heard(people, worker)
    assert state(client(people.owner), session_id) == "working"
    work_off(worker)
    return session_id


def test_who_may_see_it_listens_to_it_in_pieces(client: Client, people: People, house: House, worker: Worker) -> None:
    owner, coach, stranger = client(people.owner), client(people.colleague), client(people.stranger)
    session_id = heard(people, worker)
    at = f"/api/v1/sessions/{session_id}"
    for name in ("peaks", "sound"):
        answer = coach.get(f"{at}/{name}")
        assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "sound_not_ready", "none")
    assert [state(one, session_id) for one in (coach, owner, stranger)] == ["working", "working", "404"]
    with house.database.read() as session:
        assert len(session.exec(select(Job).where(col(Job.name) == NAME)).all()) == 1
    assert coach.get(f"{at}/peaks").json()["state"] == "working"
    work_off(worker)
    assert [state(one, session_id) for one in (coach, owner)] == ["ready", "ready"]

    whole = coach.get(f"{at}/sound")
    assert (whole.status_code, whole.headers["content-type"], whole.headers["accept-ranges"]) == (
        200, "audio/mpeg", "bytes",
    )  # fmt: skip
    sound = whole.content
    with av.open(io.BytesIO(sound)) as file:
        seconds = float(file.duration or 0) / 1e6
    size = len(sound)
    for wanted, first, last in ((f"bytes={size // 2}-", size // 2, size - 1), ("bytes=1000-1999", 1000, 1999)):
        part = owner.get(f"{at}/sound", headers={"range": wanted})
        assert (part.status_code, part.headers["content-range"]) == (206, f"bytes {first}-{last}/{size}")
        assert part.content == sound[first : last + 1]
    behind = owner.get(f"{at}/sound", headers={"range": f"bytes={size}-"})
    assert (behind.status_code, behind.headers["content-range"]) == (416, f"bytes */{size}")

    peaks = owner.get(f"{at}/peaks").json()
    assert (peaks["rate"], peaks["seconds"]) == (PEAKS_A_SECOND, pytest.approx(seconds, abs=0.1))
    found = base64.b64decode(peaks["peaks"])
    assert len(found) == pytest.approx(seconds * PEAKS_A_SECOND, abs=2)
    assert max(found) == 255
    for name in ("peaks", "sound"):
        assert stranger.get(f"{at}/{name}").status_code == 404
        assert client(people.teammate).get(f"{at}/{name}").status_code == 404
    with house.database.read() as session:
        heard_by = [e.actor_id for e in session.exec(select(AuditEvent)) if e.action == "recording_heard"]
    assert sorted(map(str, heard_by)) == sorted(str(one.person_id) for one in (people.colleague, people.owner))


@quickly
@on_sqlite
@quickly
def test_a_transcript_has_no_sound(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    assert state(owner, session_id) == "404"
    assert "nothing to listen to" in owner.get(f"/api/v1/sessions/{session_id}/sound").json()["detail"]


@quickly
def test_the_copy_goes_with_its_recording(client: Client, people: People, house: House, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = ready(client, people, worker)
    assert len(copies(house)) == 1
    make_older(house, session_id, days=31)
    at_night(house, worker)
    assert house.storage.keys() == []
    assert {"recording", "listening_copy"} & set(left(house, session_id)) == set()
    for name in ("peaks", "sound"):
        assert owner.get(f"/api/v1/sessions/{session_id}/{name}").status_code == 410
    assert state(owner, session_id) == "410"


@quickly
def test_no_byte_of_the_copy_is_left_after_a_withdrawal(
    client: Client, people: People, house: House, worker: Worker, record_property: Record
) -> None:
    owner = client(people.owner)
    session_id = ready(client, people, worker)
    sound = owner.get(f"/api/v1/sessions/{session_id}/sound").content
    peaks = owner.get(f"/api/v1/sessions/{session_id}/peaks").json()["peaks"]
    with house.database.read() as session:
        kept = session.exec(select(ListeningCopy)).one()
        sealed_row = bytes(kept.peaks)
    [name] = copies(house)
    sealed_file = (house.settings.data_dir / "files" / name).read_bytes()
    before = everywhere(house)
    looked_for = {
        "the sealed row": lies_in(before, sealed_row), "the sealed file": sealed_file[100:200] in before,
        "clear sound": sound[2000:2100] in before, "clear peaks": peaks[100:180].encode() in before,
    }  # fmt: skip
    assert looked_for == {"the sealed row": True, "the sealed file": True, "clear sound": False, "clear peaks": False}

    owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    assert owner.get(f"/api/v1/sessions/{session_id}/sound").status_code == 404
    work_off(worker)
    at_night(house, worker)
    assert copies(house) == []
    assert left(house, session_id) == {}
    after = everywhere(house)
    pieces = [sealed_file[100:200], sound[2000:2100], peaks[100:180].encode()]
    found = [one for one in pieces if one in after]
    if house.database.is_sqlite:  # PostgreSQL's log keeps what is sealed for a while
        pieces.append(sealed_row)
        found += [sealed_row] * lies_in(after, sealed_row)
    record_property("looked_for", len(pieces))
    record_property("found", len(found))
    assert found == []


@quickly
@on_sqlite
@quickly
def test_after_a_tone_over_names_there_is_only_a_copy_with_the_tone(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    session_id = ready(client, people, worker)
    at = f"/api/v1/sessions/{session_id}/sound"
    before = owner.get(at).content
    with_names = (house.settings.data_dir / "files" / copies(house)[0]).read_bytes()
    owner.post(f"/sessions/{session_id}/names", data={"right": "yes", "bleep": "yes"})
    assert owner.get(at).json()["state"] == "working"
    assert worker.run_one()  # the tone
    assert copies(house) == []
    assert owner.get(at).json()["state"] == "working"
    work_off(worker)
    assert owner.get(at).content != before
    assert len(copies(house)) == 1
    (place,) = copies(house)
    (house.settings.data_dir / "files" / place).write_bytes(with_names)
    with house.database.read() as session:
        kept = session.exec(select(Recording).where(col(Recording.session_id) == UUID(session_id))).one()
        file = open_copy(session, house.storage, kept)
    with pytest.raises(SealBroken), file:  # a job that was late could leave the one without the tone there
        file.read()


@quickly
@on_sqlite
@quickly
def test_a_copy_of_a_recording_that_changed_meanwhile_is_made_anew(
    client: Client, people: People, house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = heard(people, worker)
    real = job._run_child

    def of_before(recording_id: UUID, settings: Settings) -> job.Made:
        monkeypatch.setattr(job, "_run_child", real)
        return replace(real(recording_id, settings), made_from="0" * 64)

    monkeypatch.setattr(job, "_run_child", of_before)
    assert state(client(people.owner), session_id) == "working"
    work_off(worker)
    assert copies(house) == []
    with house.database.write() as session:
        waiting = session.exec(select(Job).where(col(Job.name) == NAME)).one()
        waiting.run_at = waiting.created_at
    work_off(worker)
    assert state(client(people.owner), session_id) == "ready"


@quickly
@on_sqlite
def test_who_lost_the_job_takes_nothing_from_who_did_it(
    client: Client, people: People, house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = heard(people, worker)
    real, second = job._run_child, Worker(house.settings, "second")

    def while_another_does_it(recording_id: UUID, settings: Settings) -> job.Made:
        monkeypatch.setattr(job, "_run_child", real)
        with house.database.write() as session:
            session.exec(update(Job).where(col(Job.name) == NAME).values(lease_until=utc_now() - timedelta(seconds=1)))
        assert second.run_one()
        return real(recording_id, settings)

    monkeypatch.setattr(job, "_run_child", while_another_does_it)
    assert state(client(people.owner), session_id) == "working"
    assert worker.run_one()
    second.close()
    assert (len(copies(house)), state(client(people.owner), session_id)) == (1, "ready")


@quickly
@on_sqlite
@quickly
def test_one_that_fails_is_told_and_tried_again(
    client: Client, people: People, house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    session_id = heard(people, worker)

    def broken(recording_id: UUID, settings: Settings) -> None:
        raise RecordingUnreadable

    with monkeypatch.context() as patch:
        patch.setattr("coding.make_listening_copy._run_child", broken)
        assert state(owner, session_id) == "working"
        work_off(worker)
    assert owner.get(f"/api/v1/sessions/{session_id}/peaks").json()["state"] == "failed"
    assert state(owner, session_id) == "working"
    work_off(worker)
    assert state(owner, session_id) == "ready"
    (house.settings.data_dir / "files" / copies(house)[0]).unlink()
    assert owner.get(f"/api/v1/sessions/{session_id}/sound").json()["state"] == "none"
    assert state(owner, session_id) == "working"


@quickly
@on_sqlite
@quickly
def test_it_is_ready_when_a_review_begins_and_a_sweep_leaves_it(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner, coach = client(people.owner), client(people.colleague)
    session_id = heard(people, worker)
    owner.post(f"/sessions/{session_id}/names", data={"right": "yes"})
    work_off(worker)
    assert coach.get(f"/api/v1/sessions/{session_id}/peaks").status_code == 200
    assert coach.post(f"/api/v1/sessions/{session_id}/reviews").status_code == 201
    assert work_off(worker) == 0
    assert sweep_files(house.database, house.settings, older_than_hours=-1) == Swept(0, 0, 0)
    assert len(copies(house)) == 1


@quickly
@on_sqlite
@quickly
def test_a_copy_cannot_be_put_in_the_place_of_another(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    session_id = ready(client, people, worker)
    with house.database.read() as session:
        kept = session.exec(select(Recording).where(col(Recording.session_id) == UUID(session_id))).one()
    files = house.settings.data_dir / "files"
    (files / listening_place(kept.storage_key)).write_bytes((files / kept.storage_key).read_bytes())
    with house.database.read() as session:
        file = open_copy(session, house.storage, kept)
    with pytest.raises(SealBroken), file:
        file.read()


@quickly
@on_sqlite
@quickly
def test_without_an_agreement_nobody_listens(client: Client, people: People, house: House, worker: Worker) -> None:
    session_id = ready(client, people, worker)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(session_id))
        practice.kind = practice.kind.__class__("real_practice")  # which nobody switched on here
        enqueue(session, NAME, recording_id=session.exec(select(Recording)).one().id)
    assert state(client(people.owner), session_id) == "409"
    for name in ("peaks", "sound"):
        answer = client(people.colleague).get(f"/api/v1/sessions/{session_id}/{name}")
        assert (answer.status_code, answer.json()["code"]) == (409, "agreement_missing")
