"""What a folder must hold to be a Whisper model, and exactly what is wrong with it: the library's own errors mislead,
and some broken folders load and then end the process."""

import json
import os
from pathlib import Path
from typing import Any

from coding.speech.errors import SpeechModelMissing
from coding.speech.model_file import CutShort, ModelFile, NotAModel, read_model_file

TO_SET = "Set EVOKE_WHISPER_MODEL to the folder of a faster-whisper (CTranslate2) model, or to a model's name."
_TO_CONVERT = "Convert it with ct2-transformers-converter, or take a model made for faster-whisper."
_POINTER = b"version https://git-lfs"
_MELS = 80  # bands of the spectrogram when no preprocessor_config.json says otherwise
_MOST_MOVED = 0.01  # share of plain tokens; files of one model, converted years apart, differ in a few names


def check_model_folder(folder: Path) -> None:
    """Reads every file but the weights themselves. Raises SpeechModelMissing naming the file that is missing, cut
    short, of another kind or of another model."""
    _check_folder(folder)
    weights = _weights(folder)
    _json(folder, "config.json", dict)
    words = _vocabulary(folder)
    if weights.vocabulary is not None and len(words) != weights.vocabulary:
        raise SpeechModelMissing(
            f"The vocabulary in {folder} has {len(words)} entries and model.bin needs {weights.vocabulary}: "
            "they are of different models.",
            _again("the vocabulary"),
        )
    _check_tokenizer(folder, words)
    _check_spectrogram(folder, weights)


def _check_folder(folder: Path) -> None:
    try:
        found = folder.is_dir()
        if found:
            os.listdir(folder)
        else:
            folder.stat()
    except FileNotFoundError:
        raise SpeechModelMissing(f"The speech model folder {folder} does not exist.", TO_SET) from None
    except OSError as error:
        raise SpeechModelMissing(
            f"The speech model folder {folder} cannot be read ({error.strerror}).",
            "Give the user that runs Evoke the right to read it, or set EVOKE_WHISPER_MODEL to another.",
        ) from None
    if not found:
        raise SpeechModelMissing(f"The speech model {folder} is a file, not a folder.", TO_SET)


def _weights(folder: Path) -> ModelFile:
    path = folder / "model.bin"
    if not _is_there(path):
        if any(folder.glob("*.safetensors")) or any(folder.glob("pytorch_model*.bin")) or any(folder.glob("*.pt")):
            raise SpeechModelMissing(f"The speech model in {folder} is not converted for faster-whisper.", _TO_CONVERT)
        raise SpeechModelMissing(f"The speech model folder {folder} has no model.bin.", _again("model.bin"))
    try:
        with path.open("rb") as file:
            start = file.read(len(_POINTER))
        if start == _POINTER:
            raise SpeechModelMissing(
                f"model.bin in {folder} is a note that Git LFS left in the place of the model.",
                "Run git lfs pull where it came from and copy it again, or set EVOKE_WHISPER_MODEL to another folder.",
            )
        weights = read_model_file(path)
    except CutShort:
        raise SpeechModelMissing(f"model.bin in {folder} is not complete.", _again("model.bin")) from None
    except NotAModel:
        if start.startswith((b"PK", b"\x80")):
            raise SpeechModelMissing(
                f"model.bin in {folder} is PyTorch's and not converted for faster-whisper.", _TO_CONVERT
            ) from None
        raise SpeechModelMissing(f"model.bin in {folder} is not a CTranslate2 model.", _again("model.bin")) from None
    except OSError as error:
        raise _unreadable(folder, "model.bin", error.strerror) from None
    if weights.kind != "WhisperSpec":
        raise SpeechModelMissing(
            f"The model in {folder} is not Whisper but of another kind ({weights.kind}).", TO_SET
        )  # fmt: skip
    return weights


def _vocabulary(folder: Path) -> list[str]:
    if _is_there(folder / "vocabulary.json"):
        return [str(word) for word in _json(folder, "vocabulary.json", list)]
    if not _is_there(folder / "vocabulary.txt"):
        raise SpeechModelMissing(
            f"The speech model folder {folder} has neither vocabulary.json nor vocabulary.txt.",
            _again("the vocabulary"),
        )
    return _text(folder, "vocabulary.txt").removesuffix("\n").split("\n")


def _check_tokenizer(folder: Path, words: list[str]) -> None:
    """What the model answers are places in the vocabulary; the tokenizer turns them into text."""
    tokenizer = _json(folder, "tokenizer.json", dict)
    try:
        special = {one["content"]: one["id"] for one in tokenizer["added_tokens"]}
        plain = dict(tokenizer["model"]["vocab"])
    except (KeyError, TypeError, ValueError):
        raise _unreadable(folder, "tokenizer.json") from None
    place = {word: at for at, word in enumerate(words)}
    moved = sum(place.get(word, at) != at for word, at in plain.items() if word not in special)
    if (
        len(plain) > len(words)
        or moved > _MOST_MOVED * len(plain)
        or any(place.get(word, at) != at for word, at in special.items())
    ):
        raise SpeechModelMissing(
            f"tokenizer.json in {folder} is of another model: its tokens are not those of the vocabulary.",
            _again("tokenizer.json"),
        )


def _check_spectrogram(folder: Path, weights: ModelFile) -> None:
    name = "preprocessor_config.json"
    given = _json(folder, name, dict) if _is_there(folder / name) else None
    mels = given.get("feature_size", _MELS) if given else _MELS
    if weights.mels is None or mels == weights.mels:
        return
    if given is None:
        raise SpeechModelMissing(f"The speech model folder {folder} has no {name}.", _again(name))
    raise SpeechModelMissing(
        f"{name} in {folder} is of another model: it asks for {mels} bands of sound (feature_size) and model.bin needs "
        f"{weights.mels}.",
        _again(name),
    )


def _again(what: str) -> str:
    return f"Copy {what} into it from where the model came from, or set EVOKE_WHISPER_MODEL to a complete folder."


def _unreadable(folder: Path, name: str, why: str | None = None) -> SpeechModelMissing:
    return SpeechModelMissing(f"{name} in {folder} cannot be read{f' ({why})' if why else ''}.", _again(name))


def _is_there(path: Path) -> bool:
    """A link that leads nowhere, or in a circle, is not there."""
    try:
        return path.is_file()
    except OSError:
        return False


def _text(folder: Path, name: str) -> str:
    if not _is_there(folder / name):
        raise SpeechModelMissing(f"The speech model folder {folder} has no {name}.", _again(name))
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(folder, name, error.strerror) from None
    except ValueError:
        raise _unreadable(folder, name) from None


def _json(folder: Path, name: str, kind: type[dict[str, Any]] | type[list[Any]]) -> Any:
    try:
        found = json.loads(_text(folder, name))
    except (ValueError, RecursionError):
        raise _unreadable(folder, name) from None
    if not isinstance(found, kind):
        raise _unreadable(folder, name)
    return found
