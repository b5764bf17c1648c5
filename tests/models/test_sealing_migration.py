"""A house from before sessions had keys: it is sealed, reads as it did, and its old clear text is gone."""

import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import psycopg
import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlmodel import select

from api.house import House
from coding.actions import SessionDetails, add_transcript_session, say_who_is_practitioner
from coding.transcript.read import read_transcripts
from models.chunks import ChunkStore
from models.columns import new_id, utc_now
from models.keys import shred_session_key
from models.master_key import MasterKeys
from models.migrations import alembic_config, upgrade
from models.permissions import Actor
from models.practice import PracticeSession, Recording, SessionKind
from models.recording_in_progress import RecordingInProgress
from models.sealed import open_from
from models.session_words import details_of, file_key, heard_turns_of, recording_words
from models.storage import new_storage_key, open_recording
from tests.conftest import People, work_off
from training.build_session_view import build_session_view
from web.worker import Worker

PHRASE = "the green teapot of Wilhelmina"
TALK = f"Worker: What happened?\nWilhelmina: I broke {PHRASE}.\nWorker: You broke {PHRASE}, and want it whole.\n"
SOUND = b"some sound" * 1000


@pytest.fixture
def coded(house: House, people: People, worker: Worker) -> UUID:
    (parsed,) = read_transcripts("talk.txt", TALK.encode())
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, title=f"About {PHRASE}", change_goal=f"mend {PHRASE}",
    )  # fmt: skip
    with house.database.write() as session:
        practice = add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner)
    assert work_off(worker) == 1
    with house.database.write() as session:
        kept = session.get_one(PracticeSession, practice.id)
        say_who_is_practitioner(session, practice=kept, label="Worker", by=people.owner)
    assert work_off(worker) == 1
    return practice.id


def view(house: House, reader: Actor, session_id: UUID) -> dict[str, Any]:
    with house.database.read() as session:
        return asdict(build_session_view(session, session.get_one(PracticeSession, session_id), reader=reader))


def bytes_of_the_database(house: House) -> bytes:
    """Its files as they lie on the disk."""
    if house.database.is_sqlite:
        folder, pattern = house.settings.data_dir, "*.sqlite3*"
    else:
        with psycopg.connect(house.settings.database_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            found = connection.execute(
                "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database "
                "WHERE datname = current_database()"
            ).fetchone()
            assert found is not None
        folder, pattern = Path(found[0]), "*"
        assert folder.is_relative_to(tempfile.gettempdir())
    return b"".join(path.read_bytes() for path in folder.glob(pattern) if path.is_file())


def add_old_recordings(house: House, people: People, session_id: UUID) -> tuple[UUID, UUID]:
    """As version 0006 kept them: sealed with the organisation's key, and their names in the clear. The recording, of
    which a part is heard, and one in progress."""
    recording_id, in_progress_id, owner = new_id(), new_id(), people.owner
    plain = (lambda one: one.hex) if house.database.is_sqlite else (lambda one: one)
    now = datetime.now(UTC)
    with house.database.write() as session:
        connection = session.connection()
        wrapped = connection.execute(
            text("SELECT wrapped_key FROM organisation WHERE id = :id"), {"id": plain(owner.organisation_id)}
        ).scalar_one()
        key = MasterKeys(house.settings).unwrap(bytes(wrapped), owner.organisation_id.bytes)
        connection.execute(
            text("INSERT INTO recording (id, session_id, storage_key, original_name, size_bytes, sha256, notes, "
                 "hotwords, heard_turns, created_at) "
                 "VALUES (:id, :session, :key, :name, 1, 'x', '[]', :words, :turns, :now)"),
            {"id": plain(recording_id), "session": plain(session_id), "name": f"{PHRASE}.wav", "words": PHRASE,
             "turns": json.dumps([{"start": 1}]), "now": now,
             "key": new_storage_key(owner.organisation_id, recording_id)},
        )  # fmt: skip
        connection.execute(
            text("INSERT INTO heard_clip (recording_id, method, data) VALUES (:id, 'm', :data)"),
            {"id": plain(recording_id), "data": json.dumps({"text": PHRASE})},
        )
        connection.execute(
            text("INSERT INTO recording_in_progress (id, organisation_id, person_id, practitioner_id, details, "
                 "media_type, microphones, state, chunks, size_bytes, seconds, agreed_at, changed_at) VALUES "
                 "(:id, :organisation, :person, :person, :details, 'audio/webm', 1, 'open', 1, 1, 1, :now, :now)"),
            {"id": plain(in_progress_id), "organisation": plain(owner.organisation_id),
             "person": plain(owner.person_id), "details": json.dumps({"title": PHRASE}), "now": now},
        )  # fmt: skip
    writer = house.storage.writer(new_storage_key(owner.organisation_id, recording_id), key=key, record_id=recording_id)
    writer.write(SOUND)
    writer.finish()
    ChunkStore(house.storage, owner.organisation_id, in_progress_id, key).write(0, SOUND)
    return recording_id, in_progress_id


def test_a_house_from_before_reads_as_it_did_and_nothing_lies_in_the_clear(
    house: House, people: People, coded: UUID
) -> None:
    before = view(house, people.owner, coded)
    command.downgrade(alembic_config(house.database), "0006")
    recording_id, in_progress_id = add_old_recordings(house, people, coded)
    assert PHRASE.encode() in bytes_of_the_database(house)

    upgrade(house.database)
    known_then = {"replaced_count": 0, "names_to_check": False}
    after = view(house, people.owner, coded)
    known_then["kept"] = after["kept"]  # which names the recording it has by now
    assert after == before | {"has_recording": True} | known_then
    assert PHRASE in json.dumps(before, default=str)
    on_disk = bytes_of_the_database(house)
    assert b"Olu Owner" in on_disk
    assert PHRASE.encode() not in on_disk
    assert b"Wilhelmina" not in on_disk
    with house.database.read() as session:
        recording = session.get_one(Recording, recording_id)
        assert recording_words(session, recording).original_name == f"{PHRASE}.wav"
        kept = open_from(session, recording, session_id=recording.session_id, column="heard_turns")
        assert kept == [{"start": 1}]
        assert heard_turns_of(session, recording, method="m") is None  # nobody knows how they were heard
        with open_recording(session, house.storage, recording) as file:
            assert file.read() == SOUND
        begun = session.exec(select(RecordingInProgress)).one()
        assert details_of(session, begun) == {"title": PHRASE}
        key = file_key(session, begun)
    assert ChunkStore(house.storage, begun.organisation_id, in_progress_id, key).read(0) == SOUND


def test_what_was_clear_goes_also_where_the_upgrade_was_cut_off_after_its_last_migration(
    house: House, coded: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.downgrade(alembic_config(house.database), "0006")
    with monkeypatch.context() as patched:
        patched.setattr("models.migrations.scrub", Mock(side_effect=ConnectionError))
        with pytest.raises(ConnectionError):
            upgrade(house.database)
    assert PHRASE.encode() in bytes_of_the_database(house)
    upgrade(house.database)
    assert PHRASE.encode() not in bytes_of_the_database(house)
    assert not inspect(house.database.write_engine).has_table("to_be_scrubbed")


def test_an_older_version_is_refused_what_it_could_not_read(house: House, coded: UUID) -> None:
    with house.database.write() as session:
        shred_session_key(session, coded)
    with pytest.raises(RuntimeError, match="Go back to a backup"):
        command.downgrade(alembic_config(house.database), "0006")
    upgrade(house.database)
    with house.database.read() as session:
        assert session.get_one(PracticeSession, coded).sealed
