"""The linear coder's learned parts, as one value that can be saved and loaded without pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zlib import error as zlib_error

import numpy as np

from coding.coder.features import FeatureSpace
from coding.coder.heads import Head
from coding.coder.in_use import DEFAULT as DEFAULT
from coding.coder.in_use import TRAINED as TRAINED
from coding.coder.parser import TurnParser
from coding.scheme.codes import Speaker
from models.errors import EvokeError

ITS_LINEAR = DEFAULT / "linear"
LINEAR = TRAINED / "linear-2"
"""The linear model alone, as a coder that is light and fast."""
FORMAT = 2


class ModelUnreadable(EvokeError):
    code = "model_unreadable"


class HeadName(StrEnum):
    """CLIENT follows MISC, as our corpora are coded, and is what Evoke shows. CLIENT_ANNOMI follows AnnoMI's own
    annotators, who call less of it change or sustain talk; it is trained only to be measured on their labels."""

    PRACTITIONER = "practitioner"
    CLIENT = "client"
    CLIENT_ANNOMI = "client_annomi"
    QUESTION = "question"
    KIND = "kind"
    ROLE = "role"


@dataclass(frozen=True)
class LinearModel:
    """`thresholds` are the confidences under which a person must look, by speaker. `role_temperature` divides the
    summed log-odds of a whole speaker. `parser` draws utterances. `about` is what a reader wants to know: data, seed,
    figures, versions."""

    version: str
    space: FeatureSpace
    heads: Mapping[HeadName, Head]
    thresholds: Mapping[Speaker, float]
    role_temperature: float
    parser: TurnParser
    about: Mapping[str, Any]

    def halved(self) -> "LinearModel":
        """The same with its numbers rounded as they are when saved, so that saving changes no answer."""
        heads = {
            name: Head(head.classes, _rounded(head.coefficients), _rounded(head.intercepts), float(head.temperature))
            for name, head in self.heads.items()
        }
        space = FeatureSpace(self.space.vocabularies, _rounded(self.space.rarity), self.space.weights)
        return LinearModel(
            self.version, space, heads, self.thresholds, self.role_temperature, self.parser, self.about
        )  # fmt: skip


def _rounded(numbers: Any) -> Any:
    return np.asarray(numbers, np.float16).astype(np.float32)


def save_model(model: LinearModel, folder: Path) -> None:
    """Writes `model.json` (what it is, its pieces) and `weights.npz` (float16) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {"rarity": model.space.rarity.astype(np.float16)}
    for name, head in model.heads.items():
        numbers[f"{name.value}_coefficients"] = head.coefficients.astype(np.float16)
        numbers[f"{name.value}_intercepts"] = head.intercepts.astype(np.float16)
    for speaker, weights in model.parser.weights.items():
        numbers[f"parser_{speaker.value}"] = np.fromiter(weights.values(), np.float16)
    np.savez_compressed(folder / "weights.npz", **numbers)  # type: ignore[arg-type]
    text = {
        "format": FORMAT,
        "version": model.version,
        "about": model.about,
        "thresholds": {speaker.value: threshold for speaker, threshold in model.thresholds.items()},
        "role_temperature": model.role_temperature,
        "heads": {
            name.value: {"classes": head.classes, "temperature": head.temperature} for name, head in model.heads.items()
        },
        "parser": {speaker.value: list(weights) for speaker, weights in model.parser.weights.items()},
        "block_weights": model.space.weights,
        "vocabularies": model.space.vocabularies,
    }
    (folder / "model.json").write_text(json.dumps(text, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def load_model(folder: Path = LINEAR) -> LinearModel:
    """Raises ModelUnreadable when files are missing, broken, or of another format."""
    try:
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if text["format"] != FORMAT:
            raise ModelUnreadable(f"The coder in {folder} was saved in another format; train it again.")
        with np.load(folder / "weights.npz", allow_pickle=False) as numbers:
            weights = {name: numbers[name].astype(np.float32) for name in numbers.files}
        return LinearModel(
            version=text["version"],
            space=FeatureSpace(
                tuple(map(tuple, text["vocabularies"])), weights["rarity"], tuple(text["block_weights"])
            ),
            heads={
                HeadName(name): Head(
                    tuple(head["classes"]), weights[f"{name}_coefficients"], weights[f"{name}_intercepts"],
                    head["temperature"],
                )
                for name, head in text["heads"].items()
            },
            thresholds={Speaker(name): threshold for name, threshold in text["thresholds"].items()},
            role_temperature=text["role_temperature"],
            parser=TurnParser(
                {
                    Speaker(name): dict(zip(marks, weights[f"parser_{name}"].tolist(), strict=True))
                    for name, marks in text["parser"].items()
                }
            ),
            about=text["about"],
        )  # fmt: skip
    except (OSError, KeyError, ValueError, EOFError, TypeError, AttributeError, BadZipFile, zlib_error) as error:
        raise ModelUnreadable(f"The coder in {folder} cannot be loaded ({error}). Train it again.") from error
