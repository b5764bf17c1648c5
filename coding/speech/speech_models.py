"""The speech models Evoke knows by name, and where a model is looked for: a folder that is set, Evoke's own model
folder, the hub library's cache on this machine. Nothing is fetched unless that is allowed."""

import contextlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from coding.speech.errors import SpeechModelMissing
from coding.speech.fetch_model import WANTED, fetch_model
from coding.speech.model_folder import TO_SET, check_model_folder
from coding.speech.model_sums import put_in_place

_A_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_A_REPOSITORY = re.compile(rf"{_A_NAME.pattern}/{_A_NAME.pattern}")
_BYTES = 2  # a parameter, as the hub keeps them


@dataclass(frozen=True)
class KnownModel:
    """`parameters` in millions, as its makers publish them."""

    name: str
    repository: str
    parameters: int

    @property
    def english_only(self) -> bool:
        return self.name.endswith(".en") or self.name.startswith("distil-")

    @property
    def megabytes(self) -> int:
        """About how much there is to fetch."""
        return self.parameters * _BYTES


_OPENAI = {
    "tiny": 39, "tiny.en": 39, "base": 74, "base.en": 74, "small": 244, "small.en": 244, "medium": 769,
    "medium.en": 769, "large-v2": 1550, "large-v3": 1550,
}  # fmt: skip
KNOWN = {
    one.name: one
    for one in (
        *(KnownModel(name, f"Systran/faster-whisper-{name}", size) for name, size in _OPENAI.items()),
        KnownModel("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 809),
        KnownModel("distil-small.en", "Systran/faster-distil-whisper-small.en", 166),
        KnownModel("distil-medium.en", "Systran/faster-distil-whisper-medium.en", 394),
        KnownModel("distil-large-v3", "Systran/faster-distil-whisper-large-v3", 756),
    )
}
_OTHER_NAMES = {"large": "large-v3", "turbo": "large-v3-turbo"}


def default_model(device: str, language: str) -> str:
    """What a machine can hear with in reasonable time. `language` as in EVOKE_WHISPER_LANGUAGE, empty for any."""
    if device.startswith("cuda"):
        return "large-v3-turbo"
    return "small.en" if language == "en" else "small"


def find_model(model: str, *, allow_download: bool, shelf: Path | None = None) -> Path:
    """The checked folder of a model given by folder or by name. `shelf` is Evoke's own model folder.

    Raises SpeechModelMissing."""
    if not model.strip():
        raise SpeechModelMissing("No speech model is chosen.", TO_SET)
    given = Path(model).expanduser()
    if given.is_absolute() or model.startswith((".", "~")) or "\\" in model or given.is_dir():
        check_model_folder(given)
        return given
    name = _OTHER_NAMES.get(model, model)
    found = where_is(name, shelf)
    if found is None:
        name, repository = repository_of(name)
        if allow_download and shelf is not None:
            found = shelf_folder(shelf, name)
            fetch_model(name, repository, found)
    if found is None:
        raise SpeechModelMissing(
            f'The speech model "{name}" is not on this machine.',
            f"Run `evoke speech models fetch {name}` where there is a network, or copy a model's folder here and run "
            "`evoke speech models take FOLDER`.",
        )
    check_model_folder(found)
    return found


def repository_of(model: str) -> tuple[str, str]:
    """A model's full name and where the hub has it. Raises SpeechModelMissing for a name that means nothing."""
    name = _OTHER_NAMES.get(model, model)
    if name in KNOWN:
        return name, KNOWN[name].repository
    if not _A_REPOSITORY.fullmatch(name):
        raise SpeechModelMissing(f'There is no speech model called "{model}". Known names: {", ".join(KNOWN)}.', TO_SET)
    return name, name


def where_is(name: str, shelf: Path | None) -> Path | None:
    """Its folder on this machine, not checked; None when there is none."""
    if shelf is not None and shelf_folder(shelf, name).is_dir():
        return shelf_folder(shelf, name)
    repository = KNOWN[name].repository if name in KNOWN else name
    return _in_cache(repository) if "/" in repository else None


def shelf_folder(shelf: Path, name: str) -> Path:
    return shelf / name.replace("/", "--")


def on_shelf(shelf: Path) -> list[Path]:
    """Folders that are whole or broken; one that is being fetched is not among them."""
    if not shelf.is_dir():
        return []
    return sorted(path for path in shelf.iterdir() if path.is_dir() and not path.name.startswith("."))


def take_model(folder: Path, *, shelf: Path, name: str = "") -> Path:
    """Copies a checked folder onto the shelf, whole or not at all, with its checksums. Raises SpeechModelMissing."""
    check_model_folder(folder)
    name = name or folder.resolve().name
    if not _A_NAME.fullmatch(name):
        raise SpeechModelMissing(
            f'"{name}" cannot be a model\'s name here.', "Give --name with letters, digits, dots and hyphens."
        )
    to, working = shelf / name, shelf / f".{name}.taking"
    if to.exists() and to.resolve() == folder.resolve():
        raise SpeechModelMissing(f"{folder} is in Evoke's model folder already.", "Nothing needs to be done.")
    shutil.rmtree(working, ignore_errors=True)
    try:
        working.mkdir(parents=True)
        for path in sorted({one for pattern in WANTED for one in folder.glob(pattern)}):
            shutil.copyfile(path, working / path.name)
        put_in_place(working, to)
    except OSError as error:
        raise SpeechModelMissing(
            f"The model could not be copied to {to} ({error.strerror}).", "Make room or give the right, and try again."
        ) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return to


def _in_cache(repository: str) -> Path | None:
    """Where the hub's library keeps what it fetched, whole or not."""
    from huggingface_hub import snapshot_download

    with contextlib.suppress(Exception):  # dozens of kinds, each of which means that it is not there
        return Path(snapshot_download(repository, local_files_only=True, allow_patterns=list(WANTED)))
    return None
