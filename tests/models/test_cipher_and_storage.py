import io
import os
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlmodel import select

from models import master_key
from models.cipher import (
    CHUNK,
    HEADER,
    TAG,
    KeyDoesNotFit,
    SealBroken,
    SealedReader,
    Sealer,
)
from models.database import Database
from models.keys import OrganisationKey
from models.master_key import MasterKeys, MasterKeyUnusable, load_master_key
from models.settings import Settings
from models.storage import Storage

KEY, RECORD = os.urandom(32), uuid.uuid4()


def seal(clear: bytes, pieces: int = 1) -> bytes:
    sealer = Sealer(KEY, RECORD)
    size = max(1, len(clear) // pieces)
    sealed = b"".join(sealer.update(clear[i : i + size]) for i in range(0, len(clear), size))
    return sealed + sealer.finish()


def reader(sealed: bytes, key: bytes = KEY, record: uuid.UUID = RECORD) -> io.BufferedReader:
    return io.BufferedReader(SealedReader(lambda start, n: sealed[start : start + n], len(sealed), key, record))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 17])
def test_what_is_sealed_reads_back(size: int) -> None:
    clear = os.urandom(size)
    sealed = seal(clear, pieces=7)
    assert reader(sealed).read() == clear
    assert size < 32 or clear[:32] not in sealed


@settings(max_examples=30)
@given(st.integers(0, 2 * CHUNK + 50), st.integers(0, 5000))
def test_any_part_reads_back(start: int, length: int) -> None:
    file = reader(SEALED)
    file.seek(start)
    assert file.read(length) == CLEAR[start : start + length]


CLEAR = os.urandom(2 * CHUNK + 33)
SEALED = seal(CLEAR)


@pytest.mark.parametrize(
    "harm",
    [
        lambda s: s[:-1],
        lambda s: s[: HEADER + CHUNK + TAG],  # the last chunks cut off at a chunk's border
        lambda s: s[:100] + bytes([s[100] ^ 1]) + s[101:],
        lambda s: s[:HEADER] + s[HEADER + CHUNK + TAG :],  # the first chunk gone
        lambda s: s[:5],
        lambda s: b"RIFF" + s[4:],
    ],
)
def test_harm_is_noticed(harm) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SealBroken):
        reader(harm(SEALED)).read()


def test_another_key_or_record_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        reader(SEALED, key=os.urandom(32)).read()
    with pytest.raises(SealBroken):
        reader(SEALED, record=uuid.uuid4()).read()


def test_storage_holds_no_clear_byte(tmp_path: Path) -> None:
    storage = Storage(Settings(_env_file=None, data_dir=tmp_path))
    writer = storage.writer("a/b.sealed", key=KEY, record_id=RECORD)
    clear = b"what somebody said about their mother " * 100_000
    for start in range(0, len(clear), 70_000):
        writer.write(clear[start : start + 70_000])
        on_disk = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
        assert b"about their mother" not in on_disk
    writer.finish()
    assert writer.size == len(clear)
    with storage.open("a/b.sealed", key=KEY, record_id=RECORD) as file:
        assert file.read() == clear
    storage.delete("a/b.sealed")
    storage.delete("a/b.sealed")
    with pytest.raises(FileNotFoundError):
        storage.open("a/b.sealed", key=KEY, record_id=RECORD)


@pytest.mark.parametrize("finished", [False, True])
def test_an_abandoned_upload_leaves_nothing(tmp_path: Path, finished: bool) -> None:
    storage = Storage(Settings(_env_file=None, data_dir=tmp_path))
    writer = storage.writer("a/b.sealed", key=KEY, record_id=RECORD)
    writer.write(os.urandom(3 * CHUNK))
    if finished:
        writer.finish()
        assert storage.keys()
    writer.abandon()
    writer.abandon()
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []


def test_the_master_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    key = load_master_key(settings)
    assert load_master_key(settings) == key
    assert (tmp_path / "master.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


@pytest.mark.parametrize("held", [b"", b"bm90IGxvbmcgZW5vdWdo", b"\xff" * 44], ids=["empty", "too short", "no base64"])
def test_a_damaged_master_key_file_is_named_and_not_replaced(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(held)
    with pytest.raises(MasterKeyUnusable, match=str(path)):
        load_master_key(Settings(_env_file=None, data_dir=tmp_path))
    assert path.read_bytes() == held


@pytest.mark.parametrize("given", ["abc", "bm90IGxvbmcgZW5vdWdo", "ключ"])
def test_a_wrong_master_key_variable_is_named(tmp_path: Path, given: str) -> None:
    with pytest.raises(MasterKeyUnusable, match="EVOKE_MASTER_KEY"):
        load_master_key(Settings(_env_file=None, data_dir=tmp_path, master_key=SecretStr(given)))


def test_processes_that_start_together_use_one_master_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one makes its key when this one has already seen that there is none."""
    settings = Settings(_env_file=None, data_dir=tmp_path)
    make, first = master_key._make_key_file, []

    def overtaken(path: Path) -> None:
        monkeypatch.setattr(master_key, "_make_key_file", make)
        first.append(load_master_key(settings))
        make(path)

    monkeypatch.setattr(master_key, "_make_key_file", overtaken)
    assert [load_master_key(settings)] == first
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


def test_a_power_cut_while_the_master_key_is_written_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(_descriptor: int) -> None:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", cut)
        with pytest.raises(MasterKeyUnusable):
            load_master_key(Settings(_env_file=None, data_dir=tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert len(load_master_key(Settings(_env_file=None, data_dir=tmp_path))) == 32


def test_other_users_of_the_machine_see_nothing(tmp_path: Path) -> None:
    """Neither in a folder that Evoke makes nor in one that an operator made with the usual mode."""
    made, found = tmp_path / "made" / "here", tmp_path / "found"
    found.mkdir(mode=0o755)
    for folder in (made, found):
        Storage(Settings(_env_file=None, data_dir=folder))
        assert folder.stat().st_mode & 0o777 == 0o700
    elsewhere = tmp_path / "elsewhere.sqlite3"
    Database(f"sqlite:///{elsewhere}").close()
    assert elsewhere.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_everybodys_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    Settings(_env_file=None, data_dir=tmp_path).open_data_dir()
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_organisations_have_keys_of_their_own(house, people) -> None:  # type: ignore[no-untyped-def]
    masters = MasterKeys(house.settings)
    with house.database.read() as session:
        one, two = session.exec(select(OrganisationKey)).all()
    assert masters.unwrap(one.wrapped, one.organisation_id.bytes) != masters.unwrap(
        two.wrapped, two.organisation_id.bytes
    )
    with pytest.raises(KeyDoesNotFit):
        masters.unwrap(one.wrapped, two.organisation_id.bytes)
