"""A set is whole or says what is not, and is built upon, kept and taken away."""

import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from obstore.exceptions import BaseError as StoreError

from api.house import House
from coding.restore.ledger_found import find_ledger
from models.backup.keys import signing_key
from models.backup.make import BackupFailed, make_backup
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
from models.deletion_ledger import entries_since
from models.places import Place, beside_files, open_place
from models.settings import Settings
from tests.conftest import People
from tests.fixtures.role_play import MONO
from tests.s3_service import S3Service, in_bucket
from tests.web.backup.command import run
from tests.web.conftest import Client
from tests.web.test_withdrawal import ALL, add


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
