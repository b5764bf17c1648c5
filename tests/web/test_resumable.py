"""Large recordings in pieces: nothing that came is lost, nothing comes twice, and in the end it is a session as any."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, func, select, update

from api import take_piece as taking
from api.finish_upload import LEFT_FREE
from api.house import House
from coding import resumable
from models.columns import utc_now
from models.keys import SessionKey
from models.permissions import Permission, narrowed
from models.person import Person
from models.practice import PracticeSession, Recording
from models.resumable_upload import ResumableUpload, UploadPiece
from models.session_words import session_words
from models.storage import open_recording
from models.sweep import sweep_files, sweep_keys, sweep_uploads
from tests.coding.speech.making import tone, write_sound
from tests.conftest import People
from tests.web.chunks import actions, files
from tests.web.conftest import Client
from tests.web.resumable import FIELDS, UPLOADS, begin, begun, checksum, metadata, send

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def wav() -> bytes:
    return write_sound(tone(5, 48_000), 48_000, "wav", "pcm_s16le")


def kept(house: House) -> bytes:
    with house.database.read() as session:
        recording = session.exec(select(Recording)).one()
        with open_recording(session, house.storage, recording) as clear:
            return clear.read()


def count(house: House, table: type[Any]) -> int:
    with house.database.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


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


def test_no_clear_byte_lies_on_disk(client: Client, people: People, house: House, wav: bytes) -> None:
    owner = client(people.owner)
    send(owner, begun(owner, len(wav)), 0, wav)
    stored = [path.read_bytes() for path in (house.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert stored
    assert not any(wav[at : at + 48] in one for one in stored for at in range(0, len(wav) - 48, 4096))


def test_another_offset_is_told_which_is_waited_for(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begun(owner, 30)
    assert send(owner, url, 0, b"0123456789").status_code == 204
    for offset in (0, 5, 11, 30, 4000):
        answer = send(owner, url, offset, b"x")
        assert (answer.status_code, answer.json()["code"], answer.json()["offset"]) == (409, "offset_differs", 10)
        assert (answer.headers["upload-offset"], answer.headers["tus-resumable"]) == ("10", "1.0.0")
    assert send(owner, url, 10, b"x" * 21).status_code == 413
    assert owner.post(f"{begun(owner, 4)}/finish").json()["code"] == "upload_unfinished"


def test_more_than_was_said_without_a_length_is_refused(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begun(owner, 100_000)
    answer = send(owner, url, 0, (b"x" * 30_000 for _ in range(4)))  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert owner.head(url).headers["upload-offset"] == "0"
    assert files(house) == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_another_checksum_is_not_kept(
    client: Client, people: People, house: House, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "KEPT_EVERY", 100_000)
    owner = client(people.owner)
    url, piece = begun(owner, 500_000), b"sound" * 100_000
    answer = send(owner, url, 0, piece[:-1] + b"!", **checksum(piece, algorithm))
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum_differs")
    assert (owner.head(url).headers["upload-offset"], files(house)) == ("0", [])
    assert send(owner, url, 0, piece, **checksum(piece, algorithm)).headers["upload-offset"] == "500000"
    assert count(house, UploadPiece) == len(files(house)) == 1


@on_sqlite
def test_headers_that_cannot_be_read(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    for headers, status, code in (
        ({"tus-resumable": "0.2.2"}, 412, "tus_version"),
        ({"upload-length": "-1"}, 400, "header_wrong"),
        ({"upload-length": "ten"}, 400, "header_wrong"),
        ({"upload-length": "9" * 40}, 400, "header_wrong"),
        ({"upload-defer-length": "1"}, 400, "header_wrong"),
        ({"upload-metadata": "title"}, 422, "session_details_wrong"),
        ({"upload-metadata": "title ???"}, 400, "header_wrong"),
        ({"upload-metadata": "title /w=="}, 400, "header_wrong"),
        ({"upload-metadata": "title YQ==,title YQ=="}, 400, "header_wrong"),
        ({"upload-metadata": metadata({**FIELDS, "filename": "talk.docx"})}, 422, "recordings_only"),
        ({"upload-metadata": metadata({**FIELDS, "agreement_confirmed": "no"})}, 422, "session_details_wrong"),
        ({"upload-metadata": metadata({**FIELDS, "practitioner": str(people.lead.person_id)})}, 422,
         "session_details_wrong"),
        ({"upload-length": "0"}, 422, "empty_recording"),
        ({"upload-length": "3000000000"}, 413, "too_large"),
    ):  # fmt: skip
        answer = begin(owner, 10, **headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), headers
        assert answer.headers["tus-resumable"] == "1.0.0"
    assert count(house, ResumableUpload) == count(house, SessionKey) == 0
    url = begun(owner, 10)
    for headers, status, code in (
        ({"content-type": "text/plain"}, 415, "not_a_piece"),
        ({"upload-offset": ""}, 400, "header_wrong"),
        ({"upload-offset": "-1"}, 400, "header_wrong"),
        ({"upload-checksum": "md4 YQ=="}, 400, "header_wrong"),
        ({"upload-checksum": "sha1 YQ=="}, 400, "header_wrong"),
        ({"upload-checksum": "sha1"}, 400, "header_wrong"),
    ):
        answer = send(owner, url, 0, b"x", **headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), headers
    assert owner.head(url).headers["upload-offset"] == "0"
    assert send(owner, url, 0, b"").headers["upload-offset"] == "0"


def test_of_two_who_send_the_same_one_is_first(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begun(owner, 2_000_000)
    with ThreadPoolExecutor(4) as threads:
        sent = [threads.submit(send, client(people.owner), url, 0, bytes([one]) * 1_000_000) for one in range(4)]
        answers = [one.result() for one in sent]
    assert sorted(one.status_code for one in answers) == [204, 409, 409, 409]
    assert {one.headers["upload-offset"] for one in answers} == {"1000000"}
    assert len(files(house)) == count(house, UploadPiece) == 1


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


def test_a_program_sends_for_whom_it_may(client: Client, people: People, house: House, wav: bytes) -> None:
    from models.organisation import Organisation
    from tests.contract.made_places import add_client

    with house.database.write() as session:
        program = add_client(session, session.get_one(Organisation, people.owner.organisation_id))
        elsewhere = add_client(session, session.get_one(Organisation, people.stranger.organisation_id))
    lms, other = client(program), client(elsewhere)
    fields = {**FIELDS, "practitioner": str(people.owner.person_id)}
    assert begin(lms, 10).status_code == 422  # nobody's practice
    assert begin(other, 10, fields).status_code == 422
    url = begun(lms, len(wav), fields)
    for stranger in (other, client(people.stranger), client(people.teammate)):
        for answer in (stranger.head(url), stranger.get(url), send(stranger, url, 0, b"x"), stranger.delete(url),
                       stranger.post(f"{url}/finish")):  # fmt: skip
            assert answer.status_code == 404
        assert stranger.get(UPLOADS).json()["uploads"] == []
    assert client(people.owner).get(url).status_code == 403  # it is of theirs, and not theirs to touch
    narrow = client(narrowed(program, (Permission.FOLLOW_SESSION,)))
    assert begin(narrow, 10, fields).json()["code"] == send(narrow, url, 0, b"x").json()["code"] == "insufficient_scope"
    assert client(None).head(url).status_code == 401
    assert send(lms, url, 0, wav).status_code == 204
    done = lms.post(f"{url}/finish")
    assert done.status_code == 201
    assert client(people.owner).get(done.json()["url"]).status_code == 200


def test_begun_twice_with_one_key_is_one(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    first, again = (begin(owner, 10, **{"idempotency-key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert begin(owner, 11, **{"idempotency-key": "k"}).json()["code"] == "idempotency_key_reused"
    assert begin(owner, 0, **{"idempotency-key": "l"}).status_code == 422
    assert begin(owner, 10, **{"idempotency-key": "l"}).status_code == 201
    assert count(house, ResumableUpload) == 2


@on_sqlite
def test_how_many_may_be_open_and_how_much_room_there_is(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    monkeypatch.setattr(resumable, "MOST_OPEN", 2)
    url = begun(owner, 1_000_000)
    begun(owner, 10)
    assert begin(owner, 10).json()["code"] == "too_many_uploads"
    assert owner.delete(url).status_code == 204
    begun(owner, 1_000_000)

    def free(bytes_free: int) -> None:
        monkeypatch.setattr("api.finish_upload.disk_usage", lambda path: type("Disk", (), {"free": bytes_free}))

    free(LEFT_FREE + 1_500_000)
    monkeypatch.setattr(resumable, "MOST_OPEN", 9)
    assert begin(owner, 1_000_000).json()["code"] == "no_room_for_upload"  # the rest of the other is to come too
    assert begin(owner, 400_000).status_code == 201


def test_what_nothing_comes_to_goes(client: Client, people: People, house: House, wav: bytes) -> None:
    owner = client(people.owner)
    stays, goes, done = (begun(owner, len(wav)) for _ in range(3))
    for url in (stays, goes, done):
        send(owner, url, 0, wav)
    assert owner.post(f"{done}/finish").status_code == 201
    long_ago = utc_now() - timedelta(days=house.settings.unsent_recording_days, minutes=1)
    with house.database.write() as session:
        old = col(ResumableUpload.id).in_([UUID(url.rpartition("/")[2]) for url in (goes, done)])
        session.exec(update(ResumableUpload).where(old).values(changed_at=long_ago))
    assert sweep_uploads(house.database, house.settings) == 2
    assert sweep_files(house.database, house.settings, older_than_hours=-1).lost == 0
    sweep_keys(house.database, older_than_hours=-1)
    assert owner.get(goes).status_code == owner.get(done).status_code == 404
    assert actions(house)[-1] == "upload_expired"
    assert len(files(house)) == 2
    assert owner.post(f"{stays}/finish").status_code == 201


def test_it_goes_with_its_session_and_is_in_ones_own_data(
    client: Client, people: People, house: House, wav: bytes
) -> None:
    from models.cascade import delete_rows
    from training.own_data import own_data

    owner = client(people.owner)
    url = begun(owner, len(wav))
    send(owner, url, 0, wav)
    begun(owner, 10)
    session_id = owner.post(f"{url}/finish").json()["id"]
    with house.database.read() as session:
        data = own_data(session, session.get_one(Person, people.owner.person_id))
    assert [(one["state"], one["bytes_that_came"]) for one in data["uploads"]] == [
        ("finished", len(wav)), ("open", 0),
    ]  # fmt: skip
    with house.database.write() as session:
        gone = delete_rows(session, session.exec(select(PracticeSession)).one().id)
    assert gone["resumable_upload"]["rows"] == 1
    assert owner.get(url).status_code == owner.post(f"{url}/finish").status_code == 404
    assert session_id


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
