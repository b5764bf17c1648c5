"""Samples on the disk: what was put in comes out anywhere, and nobody else can read it."""

import errno
import gc
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coding.speech import sample_store
from coding.speech.errors import TemporaryFolderFull
from coding.speech.sample_store import SampleStore


def noise(channels: int, length: int) -> NDArray[np.float32]:
    """Of values that 16 bits hold exactly."""
    whole = np.random.default_rng(0).integers(-32_768, 32_768, (channels, length))
    return (whole / 32_768).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("piece", [1, 7, 1_024, 100_000])
def test_what_is_added_in_pieces_is_read_from_anywhere(channels: int, piece: int) -> None:
    samples = noise(channels, min(100_003, 3_000 * piece))
    store = SampleStore(channels)
    for first in range(0, samples.shape[1], piece):
        store.append(samples[:, first : first + piece])

    assert (store.channels, store.length) == samples.shape
    for first, last in [(0, 0), (0, 1), (1, 2), (5, 300), (2_047, 2_999), (0, samples.shape[1])]:
        found = store.read(first, last)
        assert found.dtype == np.float32
        assert np.array_equal(found, samples[:, first:last])


def test_reading_between_additions_changes_nothing() -> None:
    samples = noise(1, 1_001)
    store = SampleStore(1)
    for number in range(1_001):
        store.append(samples[:, number : number + 1])
        assert np.array_equal(store.read(max(0, number - 9), number + 1), samples[:, max(0, number - 9) : number + 1])
    store.append(samples)

    assert np.array_equal(store.read(0, 3_000), np.concatenate([samples, samples], axis=1))


@pytest.mark.parametrize(
    ("first", "last", "length"), [(-5, 3, 3), (95, 200, 5), (100, 200, 0), (300, 400, 0), (9, 3, 0)]
)
def test_beyond_the_ends_is_nothing(first: int, last: int, length: int) -> None:
    store = SampleStore(2)
    store.append(noise(2, 100))

    assert store.read(first, last).shape == (2, length)


def test_an_empty_store_reads_as_nothing() -> None:
    assert SampleStore(2).read(0, 100).shape == (2, 0)


def test_silence_of_any_length_is_put_in() -> None:
    store, samples = SampleStore(2), noise(2, 10)
    for length in (0, 1, 200_001):
        store.append_silence(length)
    store.append(samples)

    assert store.length == 200_012
    assert not store.read(0, 200_002).any()
    assert np.array_equal(store.read(200_002, 200_012), samples)


def test_wild_values_become_plain_samples_and_the_callers_array_stays() -> None:
    wild = np.array([[np.nan, np.inf, -np.inf, 7.0, -7.0, 1e30, 0.25]], np.float32)
    store = SampleStore(1)
    store.append(wild)

    assert store.read(0, 7)[0] == pytest.approx([0, 1, -1, 1, -1, 1, 0.25], abs=1e-4)
    assert np.isnan(wild[0, 0])


def open_files(folder: Path) -> list[Path]:
    """Those of this process, with or without a name, that lie in `folder`."""
    found = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    return [path for path in found if path.is_symlink() and os.readlink(path).startswith(str(folder))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at open files as Linux shows them")
def test_the_file_has_no_name_and_holds_no_clear_sample(folder: Path) -> None:
    samples = np.full((1, 100_000), 0.25, np.float32)
    store = SampleStore(1)
    store.append(samples)
    assert np.array_equal(store.read(0, 100_000), samples)

    held = open_files(folder)
    assert list(folder.iterdir()) == []
    assert len(held) == 1
    sealed = held[0].read_bytes()
    assert len(sealed) == 200_000
    clear = (samples[0] * 32_768).astype("<i2").tobytes()
    assert clear[:16] not in sealed
    assert len({sealed[at : at + 16] for at in range(0, 200_000, 16)}) == 12_500  # no block's seal comes twice
    store.close()
    assert open_files(folder) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at open files as Linux shows them")
def test_a_store_nobody_holds_gives_its_room_back(folder: Path) -> None:
    store = SampleStore(1)
    store.append(noise(1, 50_000))
    del store
    gc.collect()

    assert open_files(folder) == []


def test_two_stores_have_keys_of_their_own() -> None:
    assert len({SampleStore(1)._key for _ in range(5)}) == 5


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    monkeypatch.setattr(sample_store.tempfile, "TemporaryFile", lambda buffering: full.open("r+b", buffering=buffering))
    store = SampleStore(1)

    with pytest.raises(TemporaryFolderFull, match="temporary folder is full") as refusal:
        store.append(noise(1, 100_000))

    assert isinstance(refusal.value.__cause__, OSError)
    assert refusal.value.__cause__.errno == errno.ENOSPC


def test_a_missing_temporary_folder_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))

    with pytest.raises(TemporaryFolderFull):
        SampleStore(1)
