"""Finding a Whisper model and saying exactly what is wrong with it: the library's own errors mislead."""

import json
from pathlib import Path

from coding.speech.errors import SpeechModelMissing

_SMALLEST_MODEL = 100_000  # bytes; a pointer left by Git LFS has about 130
_TO_SET = "Set EVOKE_WHISPER_MODEL to the folder of a faster-whisper (CTranslate2) model, or to a model's name."
_TO_CONVERT = "Convert it with ct2-transformers-converter, or take a model made for faster-whisper."


def find_model(model: str, *, allow_download: bool) -> Path:
    """The checked folder of a model given by folder, or by name from the local cache and then, only when allowed,
    from the model hub. Raises SpeechModelMissing."""
    if not model.strip():
        raise SpeechModelMissing("No speech model is chosen.", _TO_SET)
    given = Path(model).expanduser()
    if given.exists() or given.is_absolute() or model.startswith((".", "~")) or "\\" in model:
        check_model_folder(given)
        return given
    return _by_name(model, allow_download)


def check_model_folder(folder: Path) -> None:
    """Raises SpeechModelMissing naming the file that is missing, cut short or of another kind."""
    if not folder.exists():
        raise SpeechModelMissing(f"The speech model folder {folder} does not exist.", _TO_SET)
    if not folder.is_dir():
        raise SpeechModelMissing(f"The speech model {folder} is a file, not a folder.", _TO_SET)
    if not (folder / "model.bin").is_file():
        if any(folder.glob("*.safetensors")) or any(folder.glob("pytorch_model*.bin")) or any(folder.glob("*.pt")):
            raise SpeechModelMissing(f"The speech model in {folder} is not converted for faster-whisper.", _TO_CONVERT)
        raise SpeechModelMissing(f"The speech model folder {folder} has no model.bin.", _again("model.bin"))
    if (folder / "model.bin").stat().st_size < _SMALLEST_MODEL:
        raise SpeechModelMissing(f"model.bin in {folder} is not complete.", _again("model.bin"))
    for name in ("config.json", "tokenizer.json"):
        _check_json(folder, name, needed=True)
    _check_json(folder, "preprocessor_config.json", needed=False)
    if not (folder / "vocabulary.json").is_file() and not (folder / "vocabulary.txt").is_file():
        raise SpeechModelMissing(
            f"The speech model folder {folder} has neither vocabulary.json nor vocabulary.txt.",
            _again("the vocabulary"),
        )
    _check_json(folder, "vocabulary.json", needed=False)


def _again(what: str) -> str:
    return f"Copy {what} into it from where the model came from, or set EVOKE_WHISPER_MODEL to a complete folder."


def _check_json(folder: Path, name: str, *, needed: bool) -> None:
    path = folder / name
    if not path.is_file():
        if needed:
            raise SpeechModelMissing(f"The speech model folder {folder} has no {name}.", _again(name))
        return
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SpeechModelMissing(f"{name} in {folder} cannot be read.", _again(name)) from None


def _by_name(model: str, allow_download: bool) -> Path:
    from faster_whisper.utils import available_models, download_model

    if "/" not in model and model not in available_models():
        known = ", ".join(available_models())
        raise SpeechModelMissing(f'There is no speech model called "{model}". Known names: {known}.', _TO_SET)
    try:
        folder = Path(download_model(model, local_files_only=True))
        check_model_folder(folder)
        return folder
    except SpeechModelMissing:  # it is there, and not complete
        if not allow_download:
            raise
    except Exception as error:  # the hub library has dozens of kinds
        if not allow_download:
            raise SpeechModelMissing(
                f'The speech model "{model}" is not on this machine, and fetching it is switched off.',
                "Put the model in a folder and set EVOKE_WHISPER_MODEL to it, or allow fetching.",
            ) from error
    try:
        folder = Path(download_model(model))
    except Exception as error:
        raise SpeechModelMissing(
            f'The speech model "{model}" is not on this machine and could not be fetched ({type(error).__name__}).',
            "Connect the machine, or put the model in a folder and set EVOKE_WHISPER_MODEL to it.",
        ) from error
    check_model_folder(folder)
    return folder
