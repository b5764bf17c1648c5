"""An installation whose files lie in a bucket: the whole way of a recording, on two machines, and through faults."""

import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlmodel import col, select, update

from api.house import House
from api.upload_sinks import probe_stored
from coding.listening import NAME
from coding.speech.probe import probe
from models.cipher import ClearFile, RememberingReader
from models.columns import new_id, utc_now
from models.files_errors import FilesUnreachable
from models.job import Job, JobState
from models.practice import Recording
from models.queue import MAX_ATTEMPTS, enqueue
from models.settings import Settings
from models.storage import new_storage_key
from models.sweep import Swept, sweep_files, sweep_in_progress
from models.withdrawal import DeletionProof
from tests.conftest import People, work_off
from tests.fixtures.role_play import MONO, WHISPER
from tests.s3_service import Fault, S3Service, in_bucket, keys_in
from tests.web.chunks import begin, cut, put, webm
from tests.web.chunks import send as send_recording
from tests.web.conftest import Client, PageClient
from tests.web.refusals import kept as rows_kept
from tests.web.resumable import begun, kept, send
from tests.web.test_withdrawal import ALL, add, left
from web.app import create_app
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def settings(settings: Settings, s3: S3Service) -> Settings:
    return in_bucket(settings, s3, whisper_model=str(WHISPER), files_retry_seconds=0)


@on_sqlite
def test_a_recording_goes_the_whole_way_and_no_object_is_left(
    client: Client, people: People, house: House, worker: Worker, settings: Settings, s3: S3Service
) -> None:
    owner = client(people.owner)
    session_id = add(owner, MONO.name, MONO.read_bytes())
    assert work_off(worker) == 2
    at = f"/api/v1/sessions/{session_id}"
    assert owner.get(at).json()["stage"] == "ready"
    assert owner.post(f"{at}/listening").json()["state"] == "working"
    assert work_off(worker) == 1
    part = owner.get(f"{at}/sound", headers={"range": "bytes=1000-1999"})
    assert (part.status_code, len(part.content)) == (206, 1000)
    with s3.failing(Fault(status=503)):
        for answer in (owner.get(f"{at}/sound"), owner.post(f"{at}/listening")):
            assert (answer.status_code, answer.json()["code"]) == (503, "files_unreachable")
    assert len(keys_in(settings, s3)) == 2
    assert not (settings.data_dir / "files").exists()
    owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    assert work_off(worker) == 1
    assert left(house, session_id) == {}
    assert keys_in(settings, s3) == []
    with house.database.read() as session:
        [proof] = session.exec(select(DeletionProof)).all()
    assert len(proof.document["files"]) == 2


@on_sqlite
def test_pieces_may_come_to_one_machine_and_the_next_to_another(
    client: Client, people: People, house: House, settings: Settings, s3: S3Service, wav: bytes, tmp_path: Path
) -> None:
    """They share the database, the bucket and the master key, and no folder."""
    key = (settings.data_dir / "master.key").read_text()
    there = settings.model_copy(
        update={"data_dir": tmp_path / "other", "database_url": settings.url, "master_key": SecretStr(key)}
    )
    here, other = client(people.owner), PageClient(create_app(there), base_url="http://evoke.test")
    other.cookies.update(here.cookies)
    url, half = begun(here, len(wav)), len(wav) // 2
    assert send(here, url, 0, wav[:half]).status_code == 204
    assert send(other, url, half, wav[half:]).status_code == 204
    assert other.post(f"{url}/finish").status_code == 201
    assert kept(house) == wav
    chunks, recording = cut(webm(6)), begin(here)
    for number, chunk in enumerate(chunks):
        assert put([here, other][number % 2], recording, number, chunk).status_code == 200
    assert send_recording(other, recording, len(chunks)).status_code == 201
    assert len(keys_in(settings, s3)) == 2  # two recordings, and no piece of either
    assert not (there.data_dir / "files").exists()
    other.app.state.house.database.close()


@on_sqlite
@pytest.mark.parametrize("fault", [Fault(status=503), Fault(cut=True)], ids=["slow down", "cut"])
def test_what_is_sent_while_files_cannot_be_reached_is_refused_and_nothing_stays(
    client: Client, people: People, house: House, settings: Settings, s3: S3Service, wav: bytes, fault: Fault
) -> None:
    owner = client(people.owner)
    url, resumable = begin(owner), begun(owner, len(wav))
    before = rows_kept(house)
    sent = {"data": {"kind": "role_play", "agreement_confirmed": "yes"}, "files": {"file": ("a.wav", wav)}}
    chunk = cut(webm(2))[0]
    with s3.failing(fault):
        program, page = owner.post("/api/v1/sessions", **sent), owner.post("/sessions", **sent)
        answers = [program, put(owner, url, 0, chunk), send(owner, resumable, 0, wav)]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
            503, "files_unreachable", "30"
        ), answer.text  # fmt: skip
    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    assert "cannot be reached just now" in page.text
    assert (rows_kept(house), keys_in(settings, s3)) == (before, [])
    assert put(owner, url, 0, chunk).status_code == 200
    assert send(owner, resumable, 0, wav).status_code == 204
    assert owner.post("/api/v1/sessions", **sent).status_code == 201


@on_sqlite
def test_pieces_are_put_together_later_and_what_stayed_is_swept(
    client: Client, people: People, house: House, settings: Settings, s3: S3Service, wav: bytes
) -> None:
    owner = client(people.owner)
    url = begun(owner, len(wav))
    assert send(owner, url, 0, wav).status_code == 204
    with s3.failing(Fault(status=503)):
        assert owner.post(f"{url}/finish").json()["code"] == "files_unreachable"
    with s3.failing(Fault(status=503), only="POST"):  # which deletes: the pieces stay, and the session is there
        assert owner.post(f"{url}/finish").status_code == 201
    assert kept(house) == wav
    assert len(keys_in(settings, s3)) == 2
    sweep_in_progress(house.database, settings)
    [known] = house.storage.keys()
    forgotten = new_storage_key(people.owner.organisation_id, new_id())
    house.storage.put(forgotten, b"1")
    assert sweep_files(house.database, settings) == Swept(0, 0, 0)  # it may be on its way yet
    assert sweep_files(house.database, settings, older_than_hours=-1) == Swept(unfinished=0, lost=1, put_back=0)
    assert sorted(house.storage.keys()) == sorted([known, f"lost/{forgotten}"])


@on_sqlite
def test_jobs_wait_for_the_files_and_a_deletion_ends_done(
    client: Client, people: People, house: House, worker: Worker, settings: Settings, s3: S3Service
) -> None:
    owner = client(people.owner)
    session_id = add(owner, MONO.name, MONO.read_bytes())
    for _ in range(MAX_ATTEMPTS + 1):  # however long it takes
        with s3.failing(Fault(status=503)):
            assert work_off(worker) == 1
        assert _the_job(house).problem == "transcribe_recording: FilesUnreachable"
        _time_passes(house)
    assert owner.get(f"/api/v1/sessions/{session_id}").json()["stage"] == "transcribing"
    owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    with s3.failing(Fault(status=503), only="POST"):
        assert work_off(worker) == 1
    assert len(keys_in(settings, s3)) == 1
    _time_passes(house)
    assert work_off(worker) == 1
    assert (left(house, session_id), keys_in(settings, s3)) == ({}, [])


@on_sqlite
def test_a_child_that_cannot_reach_the_files_says_so(
    client: Client, people: People, house: House, worker: Worker, settings: Settings, s3: S3Service
) -> None:
    """It would look like a recording that cannot be read."""
    owner = client(people.owner)
    session_id = add(owner, MONO.name, MONO.read_bytes())
    with house.database.write() as session:
        session.exec(update(Job).values(state=JobState.DONE))
        recording = session.exec(select(Recording)).one()
        enqueue(session, NAME, organisation_id=people.owner.organisation_id, recording_id=recording.id)
    with s3.failing(Fault(status=503)):
        with pytest.raises(FilesUnreachable):
            probe_stored(house, UUID(session_id), recording.id)
        assert work_off(worker) == 1
    with house.database.read() as session:
        waits = session.exec(select(Job).where(col(Job.name) == NAME)).one()
    assert (waits.state, waits.attempts, waits.problem) == (JobState.WAITING, 0, f"{NAME}: FilesUnreachable")


class _HalfThere(RememberingReader):
    """A recording whose second half cannot be reached."""

    def __init__(self, whole: bytes) -> None:
        self._half, self._at = io.BytesIO(whole[: len(whole) // 2]), len(whole)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._half.seek(offset if whence != io.SEEK_END else self._at + offset, whence and whence % 2)

    def tell(self) -> int:
        return self._half.tell()

    def part(self, most: int) -> bytes:
        if part := self._half.read(most):
            return part
        raise FilesUnreachable


def test_no_decoder_takes_a_fault_of_the_files_for_the_end_of_the_talk() -> None:
    with pytest.raises(FilesUnreachable), ClearFile(_HalfThere(MONO.read_bytes())) as file:
        probe(file)


def _the_job(house: House) -> Job:
    with house.database.read() as session:
        return session.exec(select(Job).where(col(Job.state) == JobState.WAITING)).one()


def _time_passes(house: House) -> None:
    with house.database.write() as session:
        session.exec(update(Job).values(run_at=utc_now() - timedelta(seconds=1)))
