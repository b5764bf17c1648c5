"""A set is made while people work, is whole or says what is not, and comes back without what was deleted since."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from obstore.exceptions import BaseError as StoreError
from sqlmodel import col, select, update

from api.house import House
from coding.consent import agreements_of
from coding.restore.drill import place_for_drill
from coding.restore.ledger_found import find_ledger
from coding.withdraw import withdraw_further_uses
from models.audit import AuditEvent
from models.audit_chain import check_chains
from models.backup.drill_folder import sweep_drills
from models.backup.keys import make_pair, signing_key, write_private_key
from models.backup.make import BackupFailed, make_backup, read_note
from models.backup.one_at_a_time import BackupUnderWay, one_at_a_time
from models.backup.sets import (
    delete_set,
    files_list,
    files_of,
    lines_of,
    read_manifest,
    set_names,
    unfinished_sets,
    write_manifest,
)
from models.columns import utc_now
from models.consent import Scope
from models.database import Database
from models.deletion_ledger import copy_ledger, entries_since, keep_up, ledger_id, ledger_places
from models.job import Job, JobState
from models.ledger_actions import NOT_NEEDED, NOTED, REAPPLIED
from models.people.leaving import mark_as_left
from models.person import Person
from models.places import Place, beside_files, open_place
from models.practice import PracticeSession
from models.session_permissions import visible_sessions
from models.settings import Settings
from models.withdrawal import Withdrawal
from tests.conftest import People, settings_of_tests, work_off
from tests.fixtures.role_play import MONO
from tests.s3_service import S3Service, in_bucket
from tests.web.conftest import Client
from tests.web.test_withdrawal import ALL, add, left
from training.audit_words import ACTIONS
from web.cli import main
from web.worker import Worker


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "backup.key"


@pytest.fixture
def settings(settings: Settings, private: Path) -> Settings:
    public, text = make_pair()
    write_private_key(private, text)
    return settings.model_copy(update={"backup_key": public})


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Place:
    return open_place(str(tmp_path / "backups"), settings, named="PLACE")


@pytest.fixture
def elsewhere(
    settings: Settings, tmp_path: Path, database_kind: str, postgres_server: str, sqlite_template: Path
) -> Iterator[Settings]:
    """An empty installation of the other kind, with the master key and nothing else of the first."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "master.key").write_bytes((settings.open_data_dir() / "master.key").read_bytes())
    if database_kind == "postgresql":
        (folder / "evoke.sqlite3").write_bytes(sqlite_template.read_bytes())
        yield settings_of_tests(folder)
        return
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        template = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield settings_of_tests(folder, database_url=postgres_server.replace("/postgres?", f"/{name}?"))
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(monkeypatch: pytest.MonkeyPatch, settings: Settings, *arguments: str) -> int:
    monkeypatch.setattr("models.settings.get_settings", lambda: settings)
    return main(["backup", *arguments])


def test_what_was_deleted_since_does_not_come_back(
    client: Client, people: People, house: House, worker: Worker, place: Place, private: Path, elsewhere: Settings,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    settings, owner = house.settings, client(people.owner)
    kept, taken_back = add(owner, title="This one stays"), add(owner, title="This one goes")
    recording = add(owner, MONO.name, MONO.read_bytes())
    with house.database.write() as session:  # it need not be written down, which takes long
        heard = update(Job).where(col(Job.name) == "transcribe_recording").values(state=JobState.CANCELLED)
        session.exec(heard)
    work_off(worker)
    further = _with_further_uses(house, kept, people)
    written: list[str] = []

    def somebody_works(said: str) -> None:
        if said == "Rows of practice_session":
            written.append(add(owner, title="Added meanwhile"))

    made = make_backup(house.database, settings, place, report=somebody_works)
    assert written, "the site goes on"
    assert made.manifest.files == 1
    assert made.manifest.missing == ()
    owner.post(f"/sessions/{taken_back}/withdraw", data=ALL)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(kept))
        assert withdraw_further_uses(session, practice=practice, positions=further, by=people.owner) == 1
        mark_as_left(session, person=session.get_one(Person, people.teammate.person_id), by=None)
    name, where = made.manifest.name, place.shown

    # Drill: everything is proved, and what was deleted since is found.
    assert run(monkeypatch, settings, "drill", f"{where}/latest", "--key", str(private)) == 0
    said = capsys.readouterr().out
    assert "GREEN" in said
    assert "1 opened and played" in said
    assert "Sessions scored again: 1" in said
    assert (read_note(settings, "last_drill.json") or {})["result"] == "ok"
    assert (read_note(settings, "last_backup.json") or {})["set"] == name

    # The other kind of database, elsewhere: the copy of the ledger beside the backups is not enough.
    assert run(monkeypatch, elsewhere, "restore", f"{where}/{name}", "--key", str(private)) == 2
    assert "--without-ledger" in capsys.readouterr().err
    ledger = str(settings.data_dir / "ledger")
    assert run(monkeypatch, elsewhere, "restore", f"{where}/{name}", "--key", str(private), "--ledger", ledger) == 0
    assert "The ledger of deletions was there and whole." in capsys.readouterr().out
    database, later = Database.of(elsewhere), Worker(elsewhere, "elsewhere")
    try:
        with database.read() as session:
            seen = {str(one.id) for one in session.exec(select(PracticeSession).where(visible_sessions(people.owner)))}
            assert seen == {kept, recording}
            agreed = {row.scope: row.given for row in agreements_of(session, UUID(kept))}
            assert agreed[Scope.RESEARCH] is False
            assert session.get_one(Person, people.teammate.person_id).left_at is not None
            assert all(one.broken is None for one in check_chains(session))
            actions = set(session.exec(select(AuditEvent.action).where(col(AuditEvent.action) == "backup_restored")))
            assert actions == {"backup_restored"}
        work_off(later)
        with database.read() as session:
            [gone] = session.exec(select(Withdrawal)).all()
            assert (str(gone.session_id), gone.done_at is not None) == (taken_back, True)
        restored = House.of(elsewhere)
        assert left(restored, taken_back) == {}
        restored.database.close()
        # What is restored can be backed up and goes on with the same ledger; it is not empty any more.
        assert (elsewhere.data_dir / "ledger" / "ledger.json").read_bytes() == Path(ledger, "ledger.json").read_bytes()
        assert run(monkeypatch, elsewhere, "restore", f"{where}/{name}", "--key", str(private), "--ledger", ledger) == 2
        assert "not empty" in capsys.readouterr().err
    finally:
        later.close()
        database.close()


def _with_further_uses(house: House, session_id: str, people: People) -> list[int]:
    """Everybody in it agrees to research; gives their positions."""
    from coding.consent import participants_of
    from models.columns import utc_now
    from models.consent import Agreement, HowGiven

    with house.database.write() as session:
        first, *_ = participants_of(session, UUID(session_id))
        session.add(
            Agreement(
                participant_id=first.id, scope=Scope.RESEARCH, given=True, how=HowGiven.FORM, given_on=utc_now().date(),
                recorded_by_id=people.owner.person_id,
            )
        )  # fmt: skip
        return [first.position]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_changed_byte_is_found_wherever_it_is(
    client: Client, people: People, house: House, place: Place, private: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add(client(people.owner), MONO.name, MONO.read_bytes())
    name = make_backup(house.database, house.settings, place).manifest.name
    which = f"{place.shown}/{name}"
    assert run(monkeypatch, house.settings, "check", which, "--key", str(private)) == 0
    assert "rows open" in capsys.readouterr().out
    assert place.folder is not None
    files = sorted(one for one in place.folder.rglob("*") if one.is_file() and "ledger" not in one.parts)
    of_kinds = [one for one in files if one.name in ("manifest.json", "files.jsonl", "person.sealed")]
    blob = next(one for one in files if one.parent.parent.name == "files")
    for one in (*of_kinds, blob):
        whole = one.read_bytes()
        changed = bytearray(whole)
        changed[len(changed) // 2] ^= 1
        one.write_bytes(changed)
        assert run(monkeypatch, house.settings, "check", which) in (1, 2), one
        assert one.name in capsys.readouterr().err
        assert run(monkeypatch, house.settings, "drill", which, "--key", str(private)) in (1, 2), one
        one.write_bytes(whole)
    blob.unlink()
    capsys.readouterr()
    assert run(monkeypatch, house.settings, "check", which) == 1
    assert "is missing" in capsys.readouterr().err


CHILD = """
import os, signal, sys
from models.backup import make
from models.database import Database
from models.places import open_place
from models.settings import get_settings

def killed(said):
    if said.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

settings = get_settings()
place = open_place(sys.argv[1], settings, named="PLACE")
make.make_backup(Database.of(settings), settings, place, report=killed)
"""


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sets_that_were_killed_full_disks_and_what_is_kept(
    client: Client, people: People, house: House, place: Place, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    owner, settings = client(people.owner), house.settings
    going = add(owner, MONO.name, MONO.read_bytes())
    first = make_backup(house.database, settings, place)
    assert first.anew == 1
    child = [sys.executable, "-c", CHILD, place.shown, "Stored files"]
    done = subprocess.run(child, env=os.environ | settings.as_environment(), check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert len(unfinished_sets(place)) == 1
    assert run(monkeypatch, settings, "list", place.shown) == 0
    assert "not finished" in capsys.readouterr().out
    second = make_backup(house.database, settings, place)
    assert second.anew == 0, "the first set has the recording already"
    assert unfinished_sets(place) == []

    [blob] = (Path(place.shown) / "files").glob("*/*")
    blob.write_bytes(blob.read_bytes()[:-1])
    assert make_backup(house.database, settings, place).anew == 1, "one that was cut off is not built upon"
    third = read_manifest(place, set_names(place)[-1])
    [file] = files_of(place, third)
    forged = lines_of([replace(file, sha256="0" * 64)])
    place.put(files_list(third.name), forged)
    third = replace(third, files_list_sha256=hashlib.sha256(forged).hexdigest())
    write_manifest(place, third, signing_key(b"another master key, as a thief has"))
    fourth = make_backup(house.database, settings, place).manifest
    assert list(files_of(place, fourth)) == [file], "nor is what somebody else signed"
    for name in set_names(place)[2:]:
        delete_set(place, name)

    with one_at_a_time(house.database, settings), pytest.raises(BackupUnderWay):
        make_backup(house.database, settings, place)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("models.backup.make.copy_files", full)
        with pytest.raises(BackupFailed, match="is full"):
            make_backup(house.database, settings, place)
    assert set_names(place) == [first.manifest.name, second.manifest.name]

    house.storage.delete(house.storage.keys()[0])
    assert run(monkeypatch, settings, "make", place.shown) == 1, "its recording is lost, and it says so"
    assert going
    assert run(monkeypatch, settings, "prune", place.shown, "--keep", "2") == 0
    assert len(list(place.files("files"))) == 1, "the set before still needs it"
    assert run(monkeypatch, settings, "prune", place.shown, "--keep", "1") == 0
    assert list(place.files("files")) == []
    assert run(monkeypatch, settings, "prune", place.shown, "--keep", "soon") == 2
    assert run(monkeypatch, settings.model_copy(update={"backup_key": ""}), "make", place.shown) == 2
    assert "EVOKE_BACKUP_KEY" in capsys.readouterr().err

    def out_of_reach(*_: object) -> None:
        raise StoreError("error sending request for url https://s3.example.org/secret-bucket")

    monkeypatch.setattr(Place, "folders", out_of_reach)
    assert run(monkeypatch, settings, "list", place.shown) == 2
    assert "could not be used" in capsys.readouterr().err


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_drill_on_a_server_touches_nothing_of_anybodys_and_leaves_nothing(
    client: Client, people: People, house: House, place: Place, private: Path, postgres_server: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add(client(people.owner))
    make_backup(house.database, house.settings, place)
    name = f"test_{uuid.uuid4().hex}"
    url = postgres_server.replace("/postgres?", f"/{name}?")
    drilled = ("drill", f"{place.shown}/latest", "--key", str(private), "--database", url)
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(url, autocommit=True) as there:
                there.execute("CREATE TABLE somebody_elses (id int)")
                assert run(monkeypatch, house.settings, *drilled) == 2
                assert "somebody_elses" in capsys.readouterr().err
                assert there.execute(tables).fetchall() == [("somebody_elses",)]
                there.execute("DROP TABLE somebody_elses")
                with monkeypatch.context() as broken:
                    broken.setattr("coding.restore.restore._carry_on", _raises(OSError(5, "Input/output error")))
                    assert run(monkeypatch, house.settings, *drilled) == 2  # when all rows are there
                assert (read_note(house.settings, "last_drill.json") or {})["result"] == "failed"
                assert there.execute(tables).fetchall() == []
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert list(house.settings.data_dir.glob("drill-*")) == []


def _raises(error: Exception) -> Callable[..., None]:
    def raises(*_: object) -> None:
        raise error

    return raises


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_folder_of_a_drill_goes_however_it_ends(settings: Settings) -> None:
    left_behind = settings.open_data_dir() / "drill-killed"
    left_behind.mkdir()
    (left_behind / "evoke.sqlite3").write_bytes(b"everybody")
    assert threading.current_thread() is threading.main_thread()
    with pytest.raises(SystemExit), place_for_drill(settings, database_url="") as aside:  # noqa: PT012  one story
        assert not left_behind.exists()
        assert sweep_drills(settings) == 0, "one is at it"
        assert aside.data_dir.is_dir()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    assert list(settings.data_dir.glob("drill-*")) == []


class TestTwoPlaces:
    """Of the ledger."""

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        (tmp_path / "second").mkdir()
        return settings.model_copy(update={"ledger_url": str(tmp_path / "second")})

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    def test_one_that_is_gone_keeps_nothing_from_the_other_and_catches_up_however_late(
        self, client: Client, people: People, house: House, place: Place, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        owner, second = client(people.owner), tmp_path / "second"
        first_id, second_id = add(owner), add(owner)
        owner.post(f"/sessions/{first_id}/withdraw", data=ALL)
        assert keep_up(house.database, house.settings) == 0, "both have it"
        second.rename(tmp_path / "away")
        second.write_text("where a disk was")
        owner.post(f"/sessions/{second_id}/withdraw", data=ALL)
        assert len(list((house.settings.data_dir / "ledger").glob("*/*.json"))) == 2
        assert keep_up(house.database, house.settings) == 0
        second.unlink()
        (tmp_path / "away").rename(second)
        monkeypatch.setattr("models.deletion_ledger.utc_now", lambda: utc_now() + timedelta(days=90))
        assert keep_up(house.database, house.settings) == 1
        assert len(list((second / "ledger").glob("*/*.json"))) == 2

        places = ledger_places(house.settings)
        ledger_id(places)
        copy_ledger(places, to=place, until=utc_now())
        kept = next(iter(Path(place.shown, "ledger").glob("*/*.json")))
        kept.unlink()
        (house.settings.data_dir / kept.relative_to(place.shown)).unlink()
        copy_ledger(places, to=place, until=utc_now() + timedelta(days=90))
        assert kept.exists(), "what came late, from the place that has it"


class TestInABucket:
    @pytest.fixture
    def settings(self, settings: Settings, s3: S3Service) -> Settings:
        return in_bucket(settings, s3)

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    def test_files_backups_and_ledger_may_all_lie_there(
        self, client: Client, people: People, house: House, private: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owner, settings = client(people.owner), house.settings
        session_id = add(owner, MONO.name, MONO.read_bytes())
        where = f"{settings.files_url.rstrip('/')}-backups"
        place = open_place(where, settings, named="PLACE")
        first = make_backup(house.database, settings, place)
        assert (first.anew, make_backup(house.database, settings, place).anew) == (1, 0)
        assert run(monkeypatch, settings, "check", f"{where}/latest", "--key", str(private)) == 0
        owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
        [entry] = entries_since(beside_files(settings), first.manifest.made_at)
        assert (entry.action, str(entry.subject_id)) == ("session_withdrawn", session_id)
        assert "ledger" not in " ".join(house.storage.keys()), "it is no stored file"
        found = find_ledger(settings, place, first.manifest, given=None, without=False)
        assert found.is_whole
        assert entry in found.since
        assert run(monkeypatch, settings, "prune", where, "--keep", "1") == 0
        assert len(set_names(place)) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_ledger_that_could_not_be_written_is_written_later(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    session_id = add(owner)

    def gone(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as network:
        network.setattr("models.deletion_ledger.write_entries", gone)
        owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    folder = house.settings.data_dir / "ledger"
    assert not list(folder.glob("*/*.json"))
    assert keep_up(house.database, house.settings) == 1
    assert keep_up(house.database, house.settings) == 0
    [entry] = folder.glob("*/*.json")
    assert session_id in entry.read_text()
    assert "Owner" not in entry.read_text()


def test_of_every_end_somebody_said_whether_a_restore_does_it_again() -> None:
    ends = (
        "deleted", "ended", "thrown_away", "expired", "withdrawn", "revoked", "taken_back", "refused", "let_go",
        "shredded", "removed", "left", "role_taken", "handed_back", "paused", "put_away", "switched_off",
    )  # fmt: skip
    known = NOTED | NOT_NEEDED.keys()
    assert not NOTED & NOT_NEEDED.keys()
    assert [one for one in ACTIONS if one.endswith(ends) and one not in known] == []
    assert "session_withdrawn" in REAPPLIED
