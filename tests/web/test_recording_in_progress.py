"""A conversation that comes in chunks while it is recorded: kept sealed, whole, its recorder's own; then a session."""

import hashlib

import pytest
from sqlmodel import select

from api.house import House
from models.keys import SessionKey
from models.practice import PracticeSession
from models.recording_in_progress import RecordedChunk, RecordingInProgress
from models.session_words import session_words
from tests.conftest import People
from tests.web.chunks import BASE, actions, begin, cut, decoded, files, put, put_all, send, webm
from tests.web.conftest import Client


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
