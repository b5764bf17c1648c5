"""An optional model that knows names: a spaCy pipeline in a folder of this machine, looking beside the rules."""

import json
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from coding.transcript.identifiers.kinds import Found, Kind
from models.errors import EvokeError

_FINDERS = {"ner", "entity_ruler"}
_PEOPLE = {"PERSON", "PER"}
_TAILS = ("'s", "’s", "'", "’")


class NameModelUnusable(EvokeError):
    status = 503
    code = "name_model_unusable"


def check_name_model(folder: str) -> None:
    """Whether the folder is a pipeline that finds names, by what it says of itself: loads nothing of it. Right too
    is an empty name, which is no model.

    Raises NameModelUnusable.
    """
    if not folder:
        return
    meta = Path(folder) / "meta.json"
    try:
        pipeline = set(json.loads(meta.read_text(encoding="utf-8"))["pipeline"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NameModelUnusable(
            f"EVOKE_NAME_MODEL names {folder}, which is no folder of a spaCy pipeline: it has no readable meta.json. "
            "Name the folder that spaCy's to_disk wrote, or leave it empty for the rules alone."
        ) from None
    if not pipeline & _FINDERS:
        raise NameModelUnusable(
            f"The spaCy pipeline in {folder} has no component “ner”, so it finds no names. Name another in "
            "EVOKE_NAME_MODEL, or leave it empty for the rules alone."
        )


def load_name_model(folder: str) -> Callable[[str], Iterator[Found]]:
    """What looks through one text. Loading takes seconds and memory, so a worker does it once. Raises
    NameModelUnusable."""
    check_name_model(folder)
    import spacy

    try:
        pipeline = spacy.load(folder)
    except Exception as error:  # whatever a foreign folder makes spaCy raise
        raise NameModelUnusable(
            f"The spaCy pipeline in {folder} cannot be loaded ({type(error).__name__}). It may be of another version "
            f"of spaCy: this is {version('spacy')}. Name another in EVOKE_NAME_MODEL, or leave it empty."
        ) from error

    def look(text: str) -> Iterator[Found]:
        for one in pipeline(text).ents:
            said = one.text
            for tail in _TAILS:
                said = said.removesuffix(tail)
            if one.label_ in _PEOPLE and any(sign.isalpha() for sign in said):
                yield Found(one.start_char, one.start_char + len(said), Kind.NAME, said.casefold())

    return look
