"""Saying exactly what is wrong with a folder that is to be a Whisper model."""

import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coding.speech.errors import SpeechModelMissing
from coding.speech.model_folder import check_model_folder
from tests.fixtures.role_play import WHISPER

NOBODY = 65534  # user id


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


def test_a_vocabulary_may_be_plain_text_and_a_preprocessor_may_be_missing(folder: Path) -> None:
    words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    (folder / "vocabulary.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (folder / "vocabulary.json").unlink()
    (folder / "preprocessor_config.json").unlink()

    check_model_folder(folder)


def test_links_to_files_elsewhere_are_followed(folder: Path, tmp_path: Path) -> None:
    """As the hub's library keeps a model."""
    linked = tmp_path / "linked"
    linked.mkdir()
    for path in folder.iterdir():
        (linked / path.name).symlink_to(path)

    check_model_folder(linked)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def become_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    empty(folder)


def become_empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def cut(name: str, share: float) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: int(len(whole) * share)])

    return spoil


def write(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


def change(name: str, how: Callable[[Any], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        value = json.loads((folder / name).read_text(encoding="utf-8"))
        (folder / name).write_text(json.dumps(how(value)), encoding="utf-8")

    return spoil


def rename(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: (folder / old).rename(folder / new) and None


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def link_in_a_circle(folder: Path) -> None:
    (folder / "model.bin").unlink()
    (folder / "model.bin").symlink_to(folder / "other.bin")
    (folder / "other.bin").symlink_to(folder / "model.bin")


def folder_in_a_circle(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder.with_name("other"))
    folder.with_name("other").symlink_to(folder)


def link_to_nothing(folder: Path) -> None:
    """What is left when a cache is tidied by hand."""
    (folder / "model.bin").unlink()
    (folder / "model.bin").symlink_to(folder / "blobs" / "gone")


def translate_instead(folder: Path) -> None:
    """A whole CTranslate2 file, of a translation model."""
    name = b"TransformerSpec\0"
    header = struct.pack("<IH", 6, len(name)) + name + struct.pack("<II", 7, 0) + struct.pack("<I", 0)
    (folder / "model.bin").write_bytes(header)


def shift_special(tokenizer: dict[str, Any]) -> dict[str, Any]:
    """As between the versions of Whisper that know one language more."""
    for one in tokenizer["added_tokens"][2:]:
        one["id"] += 1
    return tokenizer


def shuffle_plain(tokenizer: dict[str, Any]) -> dict[str, Any]:
    vocabulary = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = dict(zip(vocabulary, reversed(list(vocabulary.values())), strict=True))
    return tokenizer


NOISE = np.random.default_rng(4).bytes(300_000)
TO_DO = ("EVOKE_WHISPER_MODEL", "ct2-transformers-converter", "the right to read")
WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (shutil.rmtree, "does not exist"),
    "a file": (become_a_file, "is a file, not a folder"),
    "an empty folder": (become_empty, "has no model.bin"),
    "a folder linked in a circle": (folder_in_a_circle, "cannot be read (Too many levels of symbolic links)"),
    "no model.bin": (remove("model.bin"), "has no model.bin"),
    "model.bin linked in a circle": (link_in_a_circle, "has no model.bin"),
    "model.bin linked to nothing": (link_to_nothing, "has no model.bin"),
    "not converted": (rename("model.bin", "model.safetensors"), "is not converted for faster-whisper"),
    "not converted, older": (rename("model.bin", "pytorch_model.bin"), "is not converted for faster-whisper"),
    "not converted, oldest": (rename("model.bin", "tiny.pt"), "is not converted"),
    "PyTorch's under our name": (write("model.bin", b"PK\3\4" + NOISE), "model.bin in {folder} is PyTorch's"),
    "a Git LFS pointer": (
        write("model.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
        "is a note that Git LFS left",
    ),
    "empty model.bin": (write("model.bin", b""), "model.bin in {folder} is not complete"),
    "half of model.bin": (cut("model.bin", 0.5), "model.bin in {folder} is not complete"),
    "all but the end of model.bin": (cut("model.bin", 0.99999), "model.bin in {folder} is not complete"),
    "random model.bin": (write("model.bin", NOISE), "model.bin in {folder} is not a CTranslate2 model"),
    "random after the version": (
        write("model.bin", struct.pack("<IH", 6, 12) + NOISE),
        "model.bin in {folder} is not a CTranslate2 model",
    ),
    "a translation model": (translate_instead, "is not Whisper but of another kind (TransformerSpec)"),
    "no config": (remove("config.json"), "has no config.json"),
    "empty config": (write("config.json", b""), "config.json in {folder} cannot be read"),
    "config of another shape": (write("config.json", b"[]"), "config.json in {folder} cannot be read"),
    "no tokenizer": (remove("tokenizer.json"), "has no tokenizer.json"),
    "tokenizer cut": (cut("tokenizer.json", 0.1), "tokenizer.json in {folder} cannot be read"),
    "tokenizer without words": (write("tokenizer.json", b"{}"), "tokenizer.json in {folder} cannot be read"),
    "tokenizer nested without end": (write("tokenizer.json", b"[" * 100_000), "tokenizer.json in {folder} cannot be"),
    "tokenizer of the next version": (change("tokenizer.json", shift_special), "tokenizer.json in {folder} is of"),
    "tokenizer of other words": (change("tokenizer.json", shuffle_plain), "tokenizer.json in {folder} is of"),
    "empty preprocessor": (write("preprocessor_config.json", b""), "preprocessor_config.json in {folder} cannot"),
    "preprocessor of another size": (
        change("preprocessor_config.json", lambda value: value | {"feature_size": 128}),
        "it asks for 128 bands of sound (feature_size) and model.bin needs 80",
    ),
    "no vocabulary": (remove("vocabulary.json"), "has neither vocabulary.json nor vocabulary.txt"),
    "vocabulary of bytes": (
        write("vocabulary.json", b"\xff\xfe\x00"),
        "vocabulary.json in {folder} cannot be read",
    ),
    "vocabulary too short": (
        change("vocabulary.json", lambda words: words[:-1]),
        "The vocabulary in {folder} has 2209 entries and model.bin needs 2210",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_folder_is_said_with_what_to_do(what: str, folder: Path) -> None:
    spoil, words = WRONG[what]
    spoil(folder)

    message = refusal_of(lambda: check_model_folder(folder))

    assert words.format(folder=folder) in message
    assert str(folder) in message
    assert any(words in message for words in TO_DO)


def test_a_model_of_128_bands_needs_its_preprocessor_file(folder: Path) -> None:
    """The header alone is changed: the file's length stays."""
    data = (folder / "model.bin").read_bytes()
    name = b"encoder/conv1/weight\0"
    at = data.index(name) + len(name)
    rank = data[at]
    shape = list(struct.unpack_from(f"<{rank}I", data, at + 1))
    assert shape[1] == 80
    shape[1] = 128
    (folder / "model.bin").write_bytes(
        data[: at + 1] + struct.pack(f"<{rank}I", *shape) + data[at + 1 + 4 * rank :]
    )  # fmt: skip
    assert "asks for 80 bands" in refusal_of(lambda: check_model_folder(folder))
    (folder / "preprocessor_config.json").unlink()
    assert "has no preprocessor_config.json" in refusal_of(lambda: check_model_folder(folder))


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """The tests may run as root, whom no mode keeps out."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("closed", [".", "model.bin", "config.json"])
def test_what_this_user_may_not_read_is_said(closed: str) -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to others
        Path(place).chmod(0o755)
        folder = shutil.copytree(WHISPER, Path(place) / "whisper")
        (folder / closed).chmod(0)
        try:
            with as_somebody_else():
                message = refusal_of(lambda: check_model_folder(folder))
        finally:
            (folder / closed).chmod(0o755)
    assert "cannot be read (Permission denied)" in message
    assert (closed if closed != "." else str(folder)) in message
