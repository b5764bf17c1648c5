"""What a set says of stored files, and what a restore does with those that lie in the storage already."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from api.house import House
from models.backup.make import make_backup
from models.backup.noted import Noted, last_noted
from models.backup.sets import read_manifest, set_names
from models.backup.stored_files import Copied, copy_files
from models.columns import utc_now
from models.deletion_ledger import check_places, keep_up
from models.listening_copy import listening_place
from models.places import Place
from models.practice import Recording
from models.session_words import file_key
from models.settings import Settings, SettingsWrong
from models.spoken_answer import SpokenAnswer, SpokenState
from models.storage import open_recording
from models.sweep_spoken import sweep_spoken_answers
from tests.conftest import People, settings_of_tests
from tests.fixtures.role_play import MONO
from tests.web.backup.command import run
from tests.web.chunks import begin, put_all
from tests.web.conftest import Client
from tests.web.resumable import begun
from tests.web.resumable import send as send_piece
from tests.web.test_withdrawal import ALL, add
from training.running.check import State
from training.running.start_checks import start_checks
from web.cli import main

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def anew(settings: Settings, tmp_path: Path, sqlite_template: Path) -> Settings:
    """An empty installation with the master key of the first."""
    folder = tmp_path / "anew"
    folder.mkdir()
    (folder / "master.key").write_bytes((settings.open_data_dir() / "master.key").read_bytes())
    (folder / "evoke.sqlite3").write_bytes(sqlite_template.read_bytes())
    return settings_of_tests(folder)


def restore(monkeypatch: pytest.MonkeyPatch, settings: Settings, place: Place, private: Path, *more: str) -> int:
    return run(monkeypatch, settings, "restore", f"{place.shown}/latest", "--key", str(private), *more)


def test_a_damaged_file_gives_way_to_that_of_the_set_and_a_newer_one_stays(
    client: Client, people: People, house: House, place: Place, private: Path, anew: Settings,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    owner, files = client(people.owner), house.settings.data_dir / "files"
    for _ in range(4):
        add(owner, MONO.name, MONO.read_bytes())
    with house.database.read() as session:
        recordings = session.exec(select(Recording)).all()
        cut_off, changed, bleeped, same = recordings
        key = file_key(session, bleeped)
    stale = listening_place(bleeped.storage_key)
    (files / stale).write_bytes(b"with the name")
    make_backup(house.database, house.settings, place)
    wanted = {one.storage_key: (files / one.storage_key).read_bytes() for one in recordings}
    (files / cut_off.storage_key).write_bytes(wanted[cut_off.storage_key][:-100])
    damaged = bytearray(wanted[changed.storage_key])
    damaged[len(damaged) // 2] ^= 1
    (files / changed.storage_key).write_bytes(damaged)
    writer = house.storage.writer(bleeped.storage_key, key=key, record_id=bleeped.id)
    writer.write(b"with a tone over the name")
    writer.finish()
    (files / stale).unlink()
    wanted[bleeped.storage_key] = (files / bleeped.storage_key).read_bytes()
    shutil.copytree(files, anew.data_dir / "files")

    ledger = str(house.settings.data_dir / "ledger")
    assert restore(monkeypatch, anew, place, private, "--ledger", ledger) == 0
    said = capsys.readouterr().out
    assert "1 files were there with other bytes, and stay" in said
    assert "2 files were there and not whole" in said
    assert {key: (anew.data_dir / "files" / key).read_bytes() for key in wanted} == wanted
    assert same.storage_key in wanted
    assert not (anew.data_dir / "files" / stale).exists(), "in the set's copy to listen to the name is heard"
    restored = House.of(anew)
    with restored.database.read() as session:
        now = session.get_one(Recording, bleeped.id)
        assert (now.sha256, now.size_bytes) == (writer.sha256, writer.size)
        with open_recording(session, restored.storage, now) as clear:
            assert clear.read() == b"with a tone over the name"
    restored.database.close()


def test_sound_of_what_is_not_yet_a_session_is_named_where_it_is_gone(
    client: Client, people: People, house: House, place: Place
) -> None:
    owner = client(people.owner)
    sent = put_all(owner, begin(owner), b"sound of a recorder")
    upload = begun(owner, 8)
    assert send_piece(owner, upload, 0, b"loud").status_code == 204
    chunks = [one.key for one in house.storage.files() if "/in-progress/" in one.key]
    assert len(chunks) == sent + 1
    whole = make_backup(house.database, house.settings, place).manifest
    assert (whole.files, whole.missing) == (sent + 1, ())
    for one in chunks[1:]:
        house.storage.delete(one)
    lacking = make_backup(house.database, house.settings, place).manifest
    assert list(lacking.missing) == sorted(chunks[1:])


def test_a_recording_that_becomes_a_session_while_a_set_is_made_is_told_from_what_was_deleted(
    client: Client, people: People, house: House, place: Place, private: Path, anew: Settings,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    owner, sound = client(people.owner), MONO.read_bytes()
    finished, thrown_away, withdrawn = (begun(owner, len(sound)) for _ in range(3))
    for one in (finished, thrown_away, withdrawn):
        assert send_piece(owner, one, 0, sound).status_code == 204

    def meanwhile(*given: Any, **named: Any) -> Copied:
        monkeypatch.undo()
        session_id = owner.post(f"{withdrawn}/finish").json()["id"]
        owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
        assert owner.post(f"{finished}/finish").status_code == 201
        assert owner.delete(thrown_away).status_code == 204
        return copy_files(*given, **named)

    monkeypatch.setattr("models.backup.make.copy_files", meanwhile)
    assert run(monkeypatch, house.settings, "make", place.shown) == 0
    said = capsys.readouterr().out
    assert "1 recordings that came in pieces became sessions while it was made" in said
    assert "2 files went" in said
    made = read_manifest(place, set_names(place)[-1])
    assert (made.came_whole, made.gone, made.missing, made.files) == (1, 2, (), 0)
    assert restore(monkeypatch, anew, place, private, "--ledger", str(house.settings.data_dir / "ledger")) == 0
    assert "Have them sent again" in capsys.readouterr().out
    following = make_backup(house.database, house.settings, place).manifest
    assert (following.came_whole, following.gone, following.missing) == (0, 0, ())
    assert following.files == 2, "the one that was withdrawn waits for a worker"


def test_backups_and_drills_are_known_wherever_they_were(
    client: Client, people: People, house: House, place: Place, private: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add(client(people.owner))
    made = make_backup(house.database, house.settings, place).manifest
    with house.database.read() as session:
        assert last_noted(session, Noted.BACKUP) == (made.made_at, True)
        assert last_noted(session, Noted.DRILL) is None
    other = tmp_path / "another machine"
    other.mkdir()
    (other / "master.key").write_bytes((house.settings.data_dir / "master.key").read_bytes())
    monkeypatch.setattr("models.settings.get_settings", lambda: settings_of_tests(other))
    drill = ["backup", "drill", f"{place.shown}/latest", "--key", str(private), "--sample", "0"]
    assert main([*drill, "--ledger", str(house.settings.data_dir / "ledger")]) == 0
    assert not (other / "evoke.sqlite3").exists(), "no database is made to note it in"
    make_backup(house.database, house.settings, place)
    with house.database.read() as session:
        assert last_noted(session, Noted.DRILL) is not None
    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)
    assert main([*drill, "--ledger", str(tmp_path / "nowhere")]) == 2
    with house.database.read() as session:
        _, ok = last_noted(session, Noted.DRILL) or (None, True)
    assert not ok


def test_a_place_of_the_ledger_whose_disk_is_not_there_is_not_made(
    client: Client, people: People, house: House, place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    second = tmp_path / "mounted" / "ledger"
    settings = house.settings.model_copy(update={"ledger_url": str(second)})
    check_places(settings)
    assert "EVOKE_LEDGER_URL" in caplog.text
    assert keep_up(house.database, settings) == 0
    with pytest.raises(SettingsWrong, match="EVOKE_LEDGER_URL"):
        make_backup(house.database, settings, place)
    [broken] = [one for one in start_checks(settings, house.database) if one.key == "ledger"]
    assert broken.state is State.BROKEN
    assert not second.parent.exists()
    second.mkdir(parents=True)
    make_backup(house.database, settings, place)
    assert (second / "ledger" / "ledger.json").exists()


def test_a_restore_that_was_cut_off_is_run_again_and_says_which_place_of_the_ledger_is_lost(
    client: Client, people: People, house: House, place: Place, private: Path, anew: Settings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    second = tmp_path / "second"
    second.mkdir()
    add(client(people.owner))
    make_backup(house.database, house.settings.model_copy(update={"ledger_url": str(second)}), place)
    anew = anew.model_copy(update={"ledger_url": str(second)})

    def cut_off(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as disk:
        disk.setattr("coding.restore.restore.write_entries", cut_off)
        assert restore(monkeypatch, anew, place, private) == 2
    assert restore(monkeypatch, anew, place, private) == 0
    said = capsys.readouterr().out
    assert f"was there in {second}, and not in {anew.data_dir}" in said
    assert "last found to have everything at 20" in said
    assert (anew.data_dir / "ledger" / "ledger.json").read_bytes() == (second / "ledger" / "ledger.json").read_bytes()


def test_an_answer_that_was_spoken_before_the_backup_goes_in_the_first_sweep(house: House, people: People) -> None:
    """As `models.ledger_actions` says."""
    with house.database.write() as session:
        spoken = SpokenAnswer(
            organisation_id=people.owner.organisation_id, person_id=people.owner.person_id, state=SpokenState.HEARD,
            sealed=b"from the backup", made_at=utc_now() - timedelta(hours=2),
        )  # fmt: skip
        session.add(spoken)
    assert sweep_spoken_answers(house.database, house.settings) == 1, "without its sound too"
    with house.database.read() as session:
        assert session.get(SpokenAnswer, spoken.id) is None
