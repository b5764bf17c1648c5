"""A conversation that comes in chunks while it is recorded: kept sealed, whole, its recorder's own; then a session."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from api.house import House
from coding.recordings import MOST_OPEN
from coding.retention import set_periods
from coding.retention_periods import Periods
from coding.speech.decode import decode
from models.audit import AuditEvent
from models.columns import utc_now
from models.keys import SessionKey
from models.organisation import Organisation
from models.person import Role
from models.practice import PracticeSession, Recording, SessionKind
from models.recording_in_progress import RecordedChunk, RecordingInProgress, RecordingState
from models.session_words import session_words
from models.storage import open_recording
from models.sweep import sweep_files, sweep_recordings
from tests.coding.speech.making import tone, write_sound
from tests.conftest import People, add_person
from tests.web.conftest import Client, PageClient

BASE = "/api/v1/recordings-in-progress"
DETAILS = {"kind": "simulated", "agreement_confirmed": "yes", "change_goal": "drink less"}
NEW = {"details": DETAILS, "media_type": "audio/webm;codecs=opus", "microphones": 1}


def webm(seconds: float, *, hertz: float = 440.0) -> bytes:
    return write_sound(tone(seconds, 48_000, hertz=hertz), 48_000, "webm", "libopus", bit_rate=32_000)


def cut(sound: bytes, pieces: int = 3) -> list[bytes]:
    size = -(-len(sound) // pieces)
    return [sound[at : at + size] for at in range(0, len(sound), size)]


def begin(client: PageClient, **also: Any) -> str:
    answer = client.post(BASE, json={**NEW, **also})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["url"]
    return str(answer.json()["url"])


def put(client: PageClient, url: str, number: int, sound: bytes, *, part: int = 0, seconds: float | None = None) -> Any:
    query = {"part": part, "seconds": 2.0 * (number + 1) if seconds is None else seconds}
    return client.put(f"{url}/chunks/{number}", content=sound, params=query)


def put_all(client: PageClient, url: str, *parts: bytes) -> int:
    number = 0
    for part, sound in enumerate(parts):
        for piece in cut(sound):
            assert put(client, url, number, piece, part=part).status_code == 200
            number += 1
    return number


def send(client: PageClient, url: str, chunks: int, **details: str) -> Any:
    return client.post(f"{url}/send", json={"chunks": chunks, "details": details})


def files(house: House) -> list[str]:
    return sorted(house.storage.keys())


def decoded(house: House) -> tuple[Recording, Any]:
    with house.database.read() as session:
        recording = session.exec(select(Recording)).one()
        return recording, decode(open_recording(session, house.storage, recording))


def actions(house: House) -> list[str]:
    with house.database.read() as session:
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.at)))
        return [
            event.action for event in events if event.action not in ("signed_in", "session_seen", "session_exported")
        ]


def test_chunks_become_a_session_byte_for_byte(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    sound = webm(5)
    chunks = put_all(owner, url, sound)
    shown = owner.get(url).json()
    assert (shown["next_chunk"], shown["parts"], shown["size_bytes"], shown["seconds"]) == (3, 1, len(sound), 6.0)
    assert owner.get(BASE).json()["recordings"] == [shown]
    assert "A recording of yours is not sent yet" in owner.get("/").text
    answer = send(owner, url, chunks, title="Friday practice")
    assert answer.status_code == 201, answer.text
    assert owner.get(answer.json()["url"]).json()["title"] == "Friday practice"
    recording, heard = decoded(house)
    assert recording.sha256 == hashlib.sha256(sound).hexdigest()
    assert heard.decoded_seconds == pytest.approx(5, abs=0.1)
    assert files(house) == [recording.storage_key]  # the chunks are gone
    assert owner.get(BASE).json()["recordings"] == []
    assert "not sent yet" not in owner.get("/").text
    assert actions(house) == ["recording_begun", "session_added", "recording_sent"]
    with house.database.read() as session:
        practice = session.exec(select(PracticeSession)).one()
        assert session.exec(select(RecordedChunk)).all() == []
        goal = session_words(session, practice).change_goal
    assert (practice.kind.value, goal, practice.agreement_confirmed) == ("simulated", "drink less", True)
    again = send(owner, url, chunks)  # as when the answer was lost on its way
    assert (again.status_code, again.json()) == (201, answer.json())
    assert put(owner, url, chunks, b"more").json()["code"] == "recording_closed"
    assert owner.delete(url).json()["code"] == "recording_closed"


def test_no_clear_byte_of_a_chunk_lies_on_disk(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    sound = webm(4)
    put_all(owner, url, sound)
    stored = [path.read_bytes() for path in (house.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert len(stored) == 3
    pieces = [sound[at : at + 48] for at in range(0, len(sound) - 48, 1024)]
    assert not any(piece in one for one in stored for piece in pieces)
    assert owner.get(f"{url}/parts/0").content == sound


def test_chunks_changed_round_are_noticed(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    chunks = put_all(owner, url, webm(4))
    first, second = sorted((house.settings.data_dir / "files").rglob("*.sealed"))[:2]
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    answer = send(owner, url, chunks)
    assert (answer.status_code, answer.json()["code"]) == (500, "recording_damaged")
    assert owner.get(url).json()["state"] == "open"
    first.unlink()
    assert send(owner, url, chunks).json()["code"] == "recording_damaged"
    first.write_bytes(one)
    second.write_bytes(other)
    assert send(owner, url, chunks).status_code == 201


def test_a_chunk_that_is_gone_is_the_storages_fault_in_several_parts_too(
    client: Client, people: People, house: House
) -> None:
    owner = client(people.owner)
    url = begin(owner)
    chunks = put_all(owner, url, webm(2), webm(2))
    last = sorted((house.settings.data_dir / "files").rglob("*.sealed"))[-1]
    sealed = last.read_bytes()
    last.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert send(owner, url, chunks).json()["code"] == "recording_damaged"
    last.unlink()
    assert send(owner, url, chunks).json()["code"] == "recording_damaged"
    last.write_bytes(sealed)
    assert send(owner, url, chunks).status_code == 201


def test_the_same_chunk_again_changes_nothing_and_a_gap_is_refused(client: Client, people: People) -> None:
    owner = client(people.owner)
    url = begin(owner)
    pieces = cut(webm(3))
    early = put(owner, url, 1, pieces[1])
    assert (early.status_code, early.json()["code"], early.json()["next_chunk"]) == (409, "chunk_out_of_order", 0)
    assert put(owner, url, 0, pieces[0]).json()["next_chunk"] == 1
    assert put(owner, url, 0, pieces[0]).json()["next_chunk"] == 1
    other = put(owner, url, 0, pieces[1])
    assert (other.status_code, other.json()["code"], other.json()["next_chunk"]) == (409, "chunk_differs", 1)
    assert owner.get(url).json()["size_bytes"] == len(pieces[0])
    late = send(owner, url, 2)
    assert (late.status_code, late.json()["next_chunk"]) == (409, 1)
    assert put(owner, url, 1, pieces[1], part=2).status_code == 422  # part 1 was never begun
    assert put(owner, url, -1, pieces[1], seconds=1).status_code == 404


def test_going_on_after_a_crash_joins_the_parts(client: Client, people: People, house: House) -> None:
    """The first part ends in the middle of a chunk, as a browser leaves it that is killed."""
    owner = client(people.owner)
    url = begin(owner)
    first = cut(webm(6), 6)[:4]
    for number, piece in enumerate(first):
        put(owner, url, number, piece)
    rest = cut(webm(3, hertz=880), 2)
    for number, piece in enumerate(rest, start=len(first)):
        assert put(owner, url, number, piece, part=1).status_code == 200
    assert owner.get(url).json()["parts"] == 2
    assert owner.get(f"{url}/parts/1").content == b"".join(rest)
    answer = send(owner, url, 6)
    assert answer.status_code == 201, answer.text
    recording, heard = decoded(house)
    assert heard.decoded_seconds == pytest.approx(7, abs=0.4)
    assert recording.seconds == pytest.approx(heard.decoded_seconds, abs=0.1)
    assert "2 stretches" in recording.notes[0]
    assert files(house) == [recording.storage_key]
    end = heard.samples.length
    seconds = [heard.samples.read(first, first + 16_000)[0] for first in (16_000, end - 32_000)]
    crossings = [int(((one[:-1] < 0) & (one[1:] >= 0)).sum()) for one in seconds]
    assert crossings == pytest.approx([440, 880], abs=4)  # each second of sound is in its place


def test_what_is_no_sound_is_refused_and_kept(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    assert send(owner, url, 0).json()["code"] == "empty_recording"
    put(owner, url, 0, b"no sound at all")
    assert send(owner, url, 1).json()["code"] == "not_a_recording"
    put(owner, url, 1, b"nor in this part", part=1)
    assert send(owner, url, 2).json()["code"] == "not_a_recording"
    assert owner.get(url).json()["next_chunk"] == 2
    assert len(files(house)) == 2
    with house.database.read() as session:
        assert session.exec(select(PracticeSession)).all() == []


def test_a_part_without_sound_is_left_out_and_told(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    put(owner, url, 0, webm(2)[:60])  # the head of a file, and then the battery was empty
    put(owner, url, 1, webm(3), part=1)
    assert send(owner, url, 2).status_code == 201
    recording, heard = decoded(house)
    assert heard.decoded_seconds == pytest.approx(3, abs=0.1)
    assert "1 of them are not in it: they could not be read" in recording.notes[1]


def test_throwing_away_leaves_nothing(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    put_all(owner, url, webm(2))
    assert owner.delete(url).status_code == 204
    assert files(house) == []
    assert owner.get(url).status_code == 404
    assert put(owner, url, 3, b"late").status_code == 404
    assert owner.get(BASE).json()["recordings"] == []
    assert actions(house) == ["recording_begun", "recording_thrown_away"]
    with house.database.read() as session:
        assert session.exec(select(RecordingInProgress)).one().sealed is None
        assert session.exec(select(SessionKey)).one().wrapped is None
        assert session.exec(select(RecordedChunk)).all() == []


def test_the_page_says_who_hears_it_and_how_long_it_is_kept(client: Client, people: People, house: House) -> None:
    coach = client(people.colleague)
    page = coach.get("/sessions/record").text
    assert "deleted 30 days after it was written down and marked, and the words 12 months after." in page
    assert "Role play:" not in page
    assert "Olu Owner" in page  # a coach records for the team
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        ada = add_person(session, home, "Ada Administrator", role=Role.ADMINISTRATOR)
        times = Periods(recording_days=7)
        set_periods(session, organisation_id=home.id, kind=SessionKind.SIMULATED, periods=times, by=ada)
    page = coach.get("/sessions/record").text
    assert "<strong>Simulated:</strong> The recording is deleted 7 days after" in page
    assert "<strong>Role play:</strong> The recording is deleted 30 days after" in page
    assert client(None).get("/sessions/record", follow_redirects=False).headers["location"].startswith("/sign-in?next=")


def test_without_agreement_nothing_begins(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    answer = owner.post(BASE, json={**NEW, "details": {"kind": "role_play", "held_on": "2999-01-01"}})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"agreement_confirmed", "held_on"}
    for wrong in ({"media_type": "video/webm"}, {"microphones": 3}, {"details": "yes"}):
        refused = owner.post(BASE, json={**NEW, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_understood")
    other = owner.post(BASE, json={**NEW, "details": {**DETAILS, "practitioner": str(people.stranger.person_id)}})
    assert set(other.json()["fields"]) == {"practitioner"}
    assert actions(house) == []


CALLS = [("GET", ""), ("PUT", "/chunks/0?seconds=1"), ("GET", "/parts/0"), ("POST", "/send"), ("DELETE", "")]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_it_is_the_recorders_alone(client: Client, people: People, house: House, method: str, path: str) -> None:
    """A coach of the team hears that it is not theirs; all others, that there is no such thing."""
    owner = client(people.owner)
    url = begin(owner)
    sound = webm(2)
    put(owner, url, 0, sound)
    sent = {"json": {"chunks": 1}} if path == "/send" else {"content": sound} if method == "PUT" else {}
    for who, status in (
        (people.colleague, 403), (people.teammate, 404), (people.lead, 404), (people.stranger, 404),
        (people.stranger_coach, 404), (None, 401),
    ):  # fmt: skip
        answer = client(who).request(method, f"{url}{path}", **sent)
        assert answer.status_code == status, who
        assert answer.headers["content-type"] == "application/problem+json"
    assert client(people.colleague).get(BASE).json()["recordings"] == []
    elsewhere = owner.request(method, f"{url}{path}", headers={"sec-fetch-site": "cross-site"}, **sent)
    assert elsewhere.status_code == (200 if method == "GET" else 403)
    assert owner.get(url).json()["next_chunk"] == 1
    assert owner.request(method, f"{BASE}/not-an-id{path}", **sent).status_code == 404
    assert owner.request(method, f"{url}{path}", **sent).status_code in (200, 201, 204)


def test_a_coach_records_for_somebody_of_the_team(client: Client, people: People, house: House) -> None:
    coach = client(people.colleague)
    url = begin(coach, details={**DETAILS, "practitioner": str(people.owner.person_id)})
    chunks = put_all(coach, url, webm(2))
    assert client(people.owner).get(url).status_code == 403
    answer = send(coach, url, chunks)
    assert client(people.owner).get(answer.json()["url"]).status_code == 200


def test_there_is_an_end(client: Client, people: People, house: House) -> None:
    """What came before the limit stays and can be sent."""
    limited = house.settings.model_copy(update={"upload_limit_mb": 1, "recording_limit_minutes": 1})
    owner = client(people.owner)
    owner.app.state.house = replace(house, settings=limited)
    url = begin(owner)
    chunks = put_all(owner, url, webm(2))
    for answer in (put(owner, url, chunks, bytes(10), seconds=61), put(owner, url, chunks, bytes(999_000))):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert put(owner, url, chunks, bytes(4_000_001)).status_code == 413
    assert put(owner, url, chunks, b"").json()["code"] == "upload_broken"
    assert put(owner, url, chunks, b"x", seconds=float("nan")).status_code == 422
    assert send(owner, url, chunks).status_code == 201
    for _ in range(MOST_OPEN):
        begin(owner)  # and then the microphone did not start: the page has nothing to show of these
        put(owner, begin(owner), 0, b"sound")
    assert owner.post(BASE, json=NEW).json()["code"] == "too_many_recordings"


def age(house: House, **days: float) -> None:
    with house.database.write() as session:
        for one in session.exec(select(RecordingInProgress)):
            one.changed_at = utc_now() - timedelta(**days)
            session.add(one)


def test_what_is_never_sent_goes_after_some_days(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    put_all(owner, url, webm(2))
    age(house, days=6)
    shown = owner.get(url).json()
    left = datetime.fromisoformat(shown["changed_at"]) + timedelta(days=7) - utc_now()
    assert timedelta(hours=23) < left < timedelta(days=1)
    assert sweep_recordings(house.database, house.settings) == 0
    assert sweep_files(house.database, house.settings, older_than_hours=-1).lost == 0
    assert len(files(house)) == 3
    age(house, days=8)
    assert sweep_recordings(house.database, house.settings) == 1
    assert files(house) == []
    assert actions(house) == ["recording_begun", "recording_expired"]
    with house.database.read() as session:
        assert session.exec(select(RecordingInProgress)).all() == []


def test_sound_that_outlived_its_end_is_swept(client: Client, people: People, house: House) -> None:
    """The process died after the session was made, and before the chunks were deleted."""
    owner = client(people.owner)
    url = begin(owner)
    chunks = put_all(owner, url, webm(2))
    root = house.settings.data_dir / "files"
    left = {path: path.read_bytes() for path in root.rglob("*.sealed")}
    assert send(owner, url, chunks).status_code == 201
    for path, sealed in left.items():
        path.write_bytes(sealed)
    assert sweep_recordings(house.database, house.settings) == 0
    assert len(files(house)) == 1
    with house.database.read() as session:
        assert session.exec(select(RecordingInProgress)).one().state is RecordingState.SENT
    age(house, days=8)
    assert sweep_recordings(house.database, house.settings) == 1
    assert send(owner, url, chunks).status_code == 404
