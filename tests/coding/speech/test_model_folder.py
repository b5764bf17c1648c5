"""Finding the speech model, and saying exactly what is wrong with it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from coding.speech.errors import SpeechModelMissing
from coding.speech.model_folder import check_model_folder, find_model
from tests.fixtures.role_play import WHISPER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(WHISPER, tmp_path / "whisper")


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(SpeechModelMissing) as refusal:
        act()
    assert refusal.value.status == 503
    return refusal.value.message


def test_a_complete_folder_is_taken_as_it_is(folder: Path) -> None:
    check_model_folder(folder)
    assert find_model(str(folder), allow_download=False) == folder


def test_a_vocabulary_may_be_plain_text_and_a_preprocessor_may_be_missing(folder: Path) -> None:
    (folder / "vocabulary.json").rename(folder / "vocabulary.txt")
    (folder / "preprocessor_config.json").unlink()

    check_model_folder(folder)


def test_a_home_folder_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))

    assert find_model("~/whisper", allow_download=False) == folder


def empty(path: Path) -> None:
    path.write_bytes(b"")


def become_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    empty(folder)


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (lambda folder: shutil.rmtree(folder), "does not exist"),
    "a file": (become_a_file, "is a file, not a folder"),
    "no model.bin": (lambda folder: (folder / "model.bin").unlink(), "has no model.bin"),
    "not converted": (
        lambda folder: (folder / "model.bin").rename(folder / "model.safetensors"),
        "is not converted for faster-whisper",
    ),
    "not converted, older": (
        lambda folder: (folder / "model.bin").rename(folder / "pytorch_model.bin"),
        "is not converted for faster-whisper",
    ),
    "not converted, oldest": (lambda folder: (folder / "model.bin").rename(folder / "tiny.pt"), "is not converted"),
    "a Git LFS pointer": (
        lambda folder: (folder / "model.bin").write_text("version https://git-lfs.github.com/spec/v1"),
        "model.bin in {folder} is not complete",
    ),
    "no config": (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
    "no tokenizer": (lambda folder: (folder / "tokenizer.json").unlink(), "has no tokenizer.json"),
    "tokenizer cut": (
        lambda folder: (folder / "tokenizer.json").write_bytes((WHISPER / "tokenizer.json").read_bytes()[:999]),
        "tokenizer.json in {folder} cannot be read",
    ),
    "empty config": (lambda folder: empty(folder / "config.json"), "config.json in {folder} cannot be read"),
    "empty preprocessor": (
        lambda folder: empty(folder / "preprocessor_config.json"),
        "preprocessor_config.json in {folder} cannot be read",
    ),
    "no vocabulary": (
        lambda folder: (folder / "vocabulary.json").unlink(),
        "has neither vocabulary.json nor vocabulary.txt",
    ),
    "vocabulary of bytes": (
        lambda folder: (folder / "vocabulary.json").write_bytes(b"\xff\xfe\x00"),
        "vocabulary.json in {folder} cannot be read",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_folder_is_said_with_what_to_do(what: str, folder: Path) -> None:
    spoil, words = WRONG[what]
    spoil(folder)

    message = refusal_of(lambda: find_model(str(folder), allow_download=False))

    assert words.format(folder=folder) in message
    assert str(folder) in message
    assert "EVOKE_WHISPER_MODEL" in message or "ct2-transformers-converter" in message


@pytest.mark.parametrize("model", ["/no/such/folder", "./no-such-folder", "~/no-such-folder", "C:\\models\\whisper"])
def test_what_looks_like_a_folder_is_never_looked_for_on_a_hub(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faster_whisper.utils.download_model", never)

    assert "does not exist" in refusal_of(lambda: find_model(model, allow_download=True))


def never(*args: object, **options: object) -> str:
    raise AssertionError("nothing is to be fetched")


def test_no_model_is_chosen() -> None:
    assert "No speech model is chosen" in refusal_of(lambda: find_model(" ", allow_download=False))


def test_an_unknown_name_is_answered_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faster_whisper.utils.download_model", never)

    message = refusal_of(lambda: find_model("enormous.en", allow_download=True))

    assert 'no speech model called "enormous.en"' in message
    assert "small.en" in message


class Hub:
    """Stands for the library's fetching. `cached` and `online` are folders, or None where there is none."""

    def __init__(self, *, cached: Path | None = None, online: Path | None = None) -> None:
        self.cached, self.online = cached, online
        self.asked_online = 0

    def __call__(self, name: str, local_files_only: bool = False) -> str:
        self.asked_online += not local_files_only
        found = self.cached if local_files_only else self.online
        if found is None:
            raise ConnectionError("a long text with an address")
        return str(found)


@pytest.mark.parametrize("name", ["small.en", "somebody/whisper-welsh"])
def test_a_cached_model_is_taken_without_asking_anybody(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(cached=folder, online=folder)
    monkeypatch.setattr("faster_whisper.utils.download_model", hub)

    assert find_model(name, allow_download=True) == folder
    assert hub.asked_online == 0


def test_fetching_that_is_switched_off_is_not_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(online=folder)
    monkeypatch.setattr("faster_whisper.utils.download_model", hub)

    message = refusal_of(lambda: find_model("small.en", allow_download=False))

    assert "fetching it is switched off" in message
    assert hub.asked_online == 0


def test_fetching_that_is_allowed_is_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faster_whisper.utils.download_model", Hub(online=folder))

    assert find_model("small.en", allow_download=True) == folder


def test_fetching_that_fails_says_so_without_the_librarys_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faster_whisper.utils.download_model", Hub())

    message = refusal_of(lambda: find_model("small.en", allow_download=True))

    assert "could not be fetched (ConnectionError)" in message
    assert "address" not in message


def test_a_broken_cache_is_named_or_fetched_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = shutil.copytree(folder, tmp_path / "broken")
    (broken / "model.bin").write_bytes(b"half")
    hub = Hub(cached=broken, online=folder)
    monkeypatch.setattr("faster_whisper.utils.download_model", hub)

    message = refusal_of(lambda: find_model("small.en", allow_download=False))

    assert f"model.bin in {broken} is not complete" in message
    assert find_model("small.en", allow_download=True) == folder
