"""The coders there are: those that ship with Evoke, and an authority's own in the data folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coding.coder.in_use import DEFAULT, TRAINED, ships
from coding.coder.load import load_coder
from coding.coder.result import Coder
from models.errors import EvokeError
from models.settings import Settings


class CoderNotFound(EvokeError):
    status = 404
    code = "coder_not_found"


class CodersUnreadable(EvokeError):
    code = "coders_unreadable"


@dataclass(frozen=True)
class ShelvedCoder:
    """What a coder's folder says about it. `utterances` is how many it learned from, None where it does not say.
    `figures` were measured in training; `units` are of those that have one. `problem` is empty unless the coder cannot
    be used; it then says why, and what to do."""

    folder: Path
    version: str
    ships: bool
    utterances: int | None
    figures: Mapping[str, float]
    units: Mapping[str, str]
    megabytes: float
    problem: str = ""

    @property
    def name(self) -> str:
        return self.folder.name


def own_coders(settings: Settings) -> Path:
    """Where an authority's own coders lie, a folder each; those elsewhere are named by their folder."""
    return settings.data_dir / "coders"


def coders(settings: Settings) -> list[ShelvedCoder]:
    """Those that ship, the default first, then the authority's own, by name. Raises CodersUnreadable."""
    shipped = sorted(_folders_in(TRAINED), key=lambda folder: (folder != DEFAULT, folder.name))
    return [looked_at(folder) for folder in (*shipped, *_folders_in(own_coders(settings)))]


def find_coder(word: str, settings: Settings) -> Path:
    """The folder of a coder named by its name or its folder; a name goes first. Raises CoderNotFound."""
    if word and word == Path(word).name and word != "..":
        for folder in (TRAINED / word, own_coders(settings).resolve() / word):
            if folder.is_dir():
                return folder
    if word and Path(word).is_dir():
        return Path(word).resolve()
    names = ", ".join(dict.fromkeys(coder.name for coder in coders(settings)))
    raise CoderNotFound(
        f"There is no coder “{word}”. Known are {names}; one that lies elsewhere is named by the folder that "
        "`evoke train --out` wrote."
    )


def coder_in(folder: Path) -> Coder:
    """Loaded once a process. Raises ModelUnreadable."""
    return load_coder(folder)


def looked_at(folder: Path) -> ShelvedCoder:
    """The coder is loaded too: only that tells whether its files are whole."""
    text, problem = _text_of(folder)
    about = _about_in(text)
    utterances = about.get("utterances")
    figures = _figures_in(about)
    return ShelvedCoder(
        folder=folder,
        version=str(text.get("version", "")),
        ships=ships(folder),
        utterances=utterances if isinstance(utterances, int) else None,
        figures={name: value for name, (value, _) in figures.items()},
        units={name: unit for name, (_, unit) in figures.items() if unit},
        megabytes=_bytes_in(folder) / 1e6,
        problem=problem or _why_not_loaded(folder),
    )


def about_of(folder: Path) -> dict[str, Any]:
    """What its training kept; empty where that cannot be read."""
    return _about_in(_text_of(folder)[0])


def _about_in(text: Mapping[str, Any]) -> dict[str, Any]:
    about = text.get("about")
    return about if isinstance(about, dict) else {}


def _figures_in(about: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    """Each figure's value and unit. Coders trained before units were kept have plain numbers."""
    entries = about.get("figures")
    found: dict[str, tuple[float, str]] = {}
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        value, unit = (entry.get("value"), entry.get("unit", "")) if isinstance(entry, dict) else (entry, "")
        if isinstance(value, int | float):
            found[name] = (float(value), str(unit))
    return found


def _text_of(folder: Path) -> tuple[dict[str, Any], str]:
    """What `model.json` holds, and what is wrong with it."""
    mend = "Train it again into this folder, or delete the folder."
    if not folder.is_dir():
        return {}, "There is no such folder. Put it back, or choose another coder with `evoke model use`."
    try:
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, f"It has no model.json, so no training has ended in it. {mend}"
    except (OSError, ValueError) as error:
        return {}, f"Its model.json cannot be read ({error}). {mend}"
    if not isinstance(text, dict):
        return {}, f"Its model.json is not that of a coder. {mend}"
    missing = [name for name in ("format", "version", "about") if name not in text]
    return text, f"Its model.json lacks {', '.join(missing)}. {mend}" if missing else ""


def _why_not_loaded(folder: Path) -> str:
    try:
        coder_in(folder)
    except EvokeError as error:
        return error.message
    except Exception as error:  # whatever a spoilt file brings about: the other coders are still listed
        return f"It cannot be loaded ({type(error).__name__}: {error}). Train it again, or delete the folder."
    return ""


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _folders_in(place: Path) -> list[Path]:
    try:
        found = [folder for folder in place.iterdir() if folder.is_dir() and not folder.name.startswith((".", "__"))]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CodersUnreadable(
            f"The coders in {place} cannot be listed ({error.strerror}). Give this user the right to read that folder."
        ) from error
    return sorted(found)
