"""Large recordings in pieces: in the end each is a session as any, once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from api.house import House
from models.practice import PracticeSession, Recording
from models.resumable_upload import UploadPiece
from models.session_words import session_words
from tests.conftest import People
from tests.web.chunks import actions, files
from tests.web.conftest import Client
from tests.web.resumable import FIELDS, UPLOADS, begin, begun, count, kept, send

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_pieces_become_the_session_that_the_whole_would_be(
    client: Client, people: People, house: House, wav: bytes
) -> None:
    owner = client(people.owner)
    limits = owner.options(UPLOADS)
    assert (limits.status_code, limits.headers["tus-version"]) == (204, "1.0.0")
    assert limits.headers["tus-extension"] == "creation,expiration,checksum,termination"
    assert limits.headers["tus-max-size"] == "2048000000"
    answer = begin(owner, len(wav))
    url = answer.headers["location"]
    assert (answer.status_code, answer.headers["tus-resumable"], answer.headers["upload-offset"]) == (201, "1.0.0", "0")
    assert answer.headers["upload-expires"].endswith("GMT")
    at = 0
    for end in (100_000, 100_001, 300_000, len(wav)):
        sent = send(owner, url, at, wav[at:end])
        assert (sent.status_code, sent.headers["upload-offset"], sent.content) == (204, str(end), b"")
        asked = owner.head(url)
        assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == (str(end), str(len(wav)))
        assert asked.headers["cache-control"] == "no-store"
        at = end
    assert owner.get(UPLOADS).json()["uploads"] == [owner.get(url).json()]
    done = owner.post(f"{url}/finish")
    assert done.status_code == 201, done.text
    assert done.headers["location"] == done.json()["url"]
    assert kept(house) == wav
    with house.database.read() as session:
        recording = session.exec(select(Recording)).one()
        practice = session.exec(select(PracticeSession)).one()
        assert session_words(session, practice).title == "Friday"
    assert (recording.sha256, recording.size_bytes) == (hashlib.sha256(wav).hexdigest(), len(wav))
    assert files(house) == [recording.storage_key]  # the pieces are gone
    assert count(house, UploadPiece) == 0
    assert actions(house) == ["upload_begun", "session_added", "upload_finished"]
    again = owner.post(f"{url}/finish")  # as when the answer was lost on its way
    assert (again.status_code, again.json()) == (201, done.json())
    shown = owner.get(url).json()
    assert (shown["state"], shown["session_id"], shown["expires_at"]) == ("finished", done.json()["id"], None)
    assert send(owner, url, len(wav), b"more").json()["code"] == "upload_closed"
    assert owner.delete(url).json()["code"] == "upload_closed"
    # Sent whole, it answers in the same shape.
    whole = owner.post("/api/v1/sessions", data={"agreement_confirmed": "yes"}, files={"file": ("talk.wav", wav)})
    assert set(whole.json()) == set(done.json())
    assert whole.json()["stage"] == done.json()["stage"] == "queued"


def test_of_two_who_finish_both_hear_of_one_session(client: Client, people: People, house: House, wav: bytes) -> None:
    owner = client(people.owner)
    url = begun(owner, len(wav))
    send(owner, url, 0, wav)
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(client(people.owner).post, f"{url}/finish") for _ in range(2)]
        answers = [one.result() for one in both]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert count(house, PracticeSession) == len(files(house)) == 1


def test_what_is_no_recording_is_told_as_anywhere(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url, junk = begun(owner, 3000), b"no sound at all " * 200
    send(owner, url, 0, junk[:3000])
    whole = owner.post("/api/v1/sessions", data=FIELDS, files={"file": ("talk.wav", junk)})
    answer = owner.post(f"{url}/finish")
    assert (answer.status_code, answer.json()["code"]) == (whole.status_code, whole.json()["code"])
    assert len(files(house)) == 1  # the piece, until it is thrown away
    assert owner.delete(url).status_code == 204
    assert files(house) == []
    assert owner.head(url).status_code == owner.get(url).status_code == 404
    assert actions(house) == ["upload_begun", "upload_thrown_away"]


def test_real_practice_is_asked_for_what_it_needs(client: Client, people: People, house: House, wav: bytes) -> None:
    owner = client(people.owner)
    refused = begin(owner, len(wav), {**FIELDS, "kind": "real_practice"})
    assert (refused.status_code, refused.json()["code"]) == (422, "session_details_wrong")
    url = begun(owner, len(wav))
    send(owner, url, 0, wav)
    answer = owner.post(f"{url}/finish", json={"details": {"kind": "real_practice"}})
    assert answer.json()["code"] == "session_details_wrong"
    assert owner.post(f"{url}/finish", json={"details": {"title": "Monday"}}).status_code == 201
    with house.database.read() as session:
        assert session_words(session, session.exec(select(PracticeSession)).one()).title == "Monday"


@on_sqlite
def test_pieces_that_are_damaged_are_the_storages_fault(
    client: Client, people: People, house: House, wav: bytes
) -> None:
    owner = client(people.owner)
    url = begun(owner, len(wav))
    send(owner, url, 0, wav[:50_000])
    send(owner, url, 50_000, wav[50_000:])
    first, second = sorted((house.settings.data_dir / "files").rglob("*.sealed"))
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    assert owner.post(f"{url}/finish").json()["code"] == "recording_damaged"
    first.write_bytes(one)
    assert owner.post(f"{url}/finish").status_code == 201


@on_sqlite
def test_without_its_audit_row_no_session_is_made(
    client: Client, people: People, house: House, wav: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    url = begun(owner, len(wav))
    send(owner, url, 0, wav)
    before = files(house)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr("models.audit._append", broken)
        assert owner.post(f"{url}/finish").status_code == 500
    assert (files(house), count(house, PracticeSession), owner.get(url).json()["state"]) == (before, 0, "open")
    assert owner.post(f"{url}/finish").status_code == 201
