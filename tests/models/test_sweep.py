"""What a worker's start does to files without a row, with the right database and with a wrong one."""

import os
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from api.house import House
from coding.recordings import own_recording
from models.audit import AuditEvent
from models.chunks import IN_PROGRESS
from models.columns import new_id, utc_now
from models.database import Database
from models.migrations import upgrade
from models.practice import PracticeSession, Recording, SessionKind
from models.recording_in_progress import RecordingInProgress, RecordingState
from models.storage import new_storage_key
from models.sweep import Swept, sweep_files, sweep_in_progress
from tests.conftest import People

DAYS_OLD = 3 * 24 * 3600


def put_file(house: House, key: str, *, old: bool = True) -> Path:
    path = house.settings.data_dir / "files" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(key.encode())
    if old:
        os.utime(path, (time.time() - DAYS_OLD,) * 2)
    return path


def files(house: House) -> list[str]:
    root = house.settings.data_dir / "files"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def kept(house: House, people: People) -> Recording:
    """A recording with its row and its file."""
    owner = people.owner
    with house.database.write() as session:
        practice = PracticeSession(
            organisation_id=owner.organisation_id, practitioner_id=owner.person_id, added_by_id=owner.person_id,
            kind=SessionKind.ROLE_PLAY, held_on=date(2026, 1, 5), agreement_confirmed=True,
        )  # fmt: skip
        recording = Recording(session_id=practice.id, storage_key="", size_bytes=1, sha256="0" * 64)
        recording.storage_key = new_storage_key(owner.organisation_id, recording.id)
        session.add(practice)
        session.flush()
        session.add(recording)
    put_file(house, recording.storage_key)
    return recording


def test_only_an_upload_that_never_ended_is_deleted(house: House, people: People, kept: Recording) -> None:
    key = new_storage_key(people.owner.organisation_id, new_id())
    put_file(house, f"{key}#1")
    put_file(house, f"{key}#2", old=False)
    assert sweep_files(house.database, house.settings) == Swept(unfinished=1, lost=0, put_back=0)
    assert files(house) == sorted([kept.storage_key, f"{key}#2"])


def test_a_recording_without_a_row_is_kept_aside(
    house: House, people: People, kept: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    forgotten, fresh = (new_storage_key(people.owner.organisation_id, new_id()) for _ in range(2))
    put_file(house, forgotten)
    put_file(house, fresh, old=False)
    with caplog.at_level("INFO"):
        assert sweep_files(house.database, house.settings) == Swept(unfinished=0, lost=1, put_back=0)
    assert files(house) == sorted([kept.storage_key, fresh, f"lost/{forgotten}"])
    assert "1 set aside" in caplog.text
    assert sweep_files(house.database, house.settings) == Swept(0, 0, 0)


def test_an_empty_second_database_touches_no_recording(house: House, kept: Recording, tmp_path: Path) -> None:
    """As when EVOKE_DATABASE_URL is mistyped, or left out after a move to PostgreSQL."""
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    upgrade(other)
    assert sweep_files(other, house.settings) == Swept(0, 0, 0)
    other.close()
    assert files(house) == [kept.storage_key]


def test_an_older_backup_loses_no_recording(house: House, kept: Recording) -> None:
    """The backup knows the organisation but not yet the recording; then the newer database comes back."""
    with house.database.write() as session:
        recording = session.get_one(Recording, kept.id)
        session.delete(recording)
    assert sweep_files(house.database, house.settings).lost == 1
    assert files(house) == [f"lost/{kept.storage_key}"]
    with house.database.write() as session:
        session.add(Recording(**kept.model_dump()))
    assert sweep_files(house.database, house.settings) == Swept(unfinished=0, lost=0, put_back=1)
    assert files(house) == [kept.storage_key]


def test_sound_that_cannot_be_deleted_keeps_its_row_and_is_not_set_aside(
    house: House, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    owner = people.owner
    with house.database.write() as session:
        thrown_away = RecordingInProgress(
            organisation_id=owner.organisation_id, person_id=owner.person_id, practitioner_id=owner.person_id,
            media_type="audio/webm", microphones=1, state=RecordingState.THROWN_AWAY,
        )  # fmt: skip
        session.add(thrown_away)
    path = put_file(house, f"{owner.organisation_id}/{IN_PROGRESS}/{thrown_away.id}/000000.sealed")

    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    with monkeypatch.context() as read_only:
        read_only.setattr("models.storage.shutil.rmtree", refuse)
        assert sweep_in_progress(house.database, house.settings) == 0
    assert "cannot be deleted" in caplog.text
    assert sweep_files(house.database, house.settings) == Swept(0, 0, 0)
    assert path.exists()
    assert sweep_in_progress(house.database, house.settings) == 1
    assert not path.exists()


def test_a_recording_that_somebody_goes_on_with_at_this_moment_is_not_thrown_away(house: House, people: People) -> None:
    owner = people.owner
    with house.database.write() as session:
        begun = RecordingInProgress(
            organisation_id=owner.organisation_id, person_id=owner.person_id, practitioner_id=owner.person_id,
            media_type="audio/webm", microphones=1,
            changed_at=utc_now() - timedelta(days=house.settings.unsent_recording_days + 1),
        )  # fmt: skip
        session.add(begun)
    sweep = threading.Thread(target=sweep_in_progress, args=(house.database, house.settings))
    with house.database.write() as session:
        recording = own_recording(session, begun.id, by=owner, locked=True)
        sweep.start()
        sweep.join(0.5)
        assert sweep.is_alive()  # it waits
        recording.changed_at = utc_now()
        session.add(recording)
    sweep.join(30)
    with house.database.read() as session:
        assert session.get_one(RecordingInProgress, begun.id).state is RecordingState.OPEN
        actions = session.exec(select(AuditEvent.action)).all()
    assert "recording_expired" not in actions
