import io
import os
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cipher import CHUNK, HEADER, TAG, SealBroken, SealedReader, Sealer, load_master_key, unwrap_key
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


def test_organisations_have_keys_of_their_own(house, people) -> None:  # type: ignore[no-untyped-def]
    from sqlmodel import select

    from models.organisation import Organisation

    master = load_master_key(house.settings)
    with house.database.read() as session:
        one, two = session.exec(select(Organisation)).all()
    assert unwrap_key(master, one.wrapped_key, one.id) != unwrap_key(master, two.wrapped_key, two.id)
    with pytest.raises(SealBroken):
        unwrap_key(master, one.wrapped_key, two.id)
