"""The words of a kept transcript, opened: what readers get, and how it lies in the sealed bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Replaced:
    """Characters `start` up to before `end` of a turn's text are `placeholder` and what it `keeps` behind it, in the
    place of something of a `kind` that may tell who somebody is."""

    start: int
    end: int
    kind: str
    placeholder: str
    keeps: str = ""


@dataclass(frozen=True)
class Turn:
    """`position` is 0-based in the conversation; times are seconds from the start of the recording. `doubts` are
    doubtful stretches of the text, each `{"start", "end", "reasons"}` with characters and the values of
    `coding.speech.heard.Flag`. `times` say when the words were heard, each (start, end, seconds, seconds) with the
    characters of one word; `replaced` where placeholders stand."""

    position: int
    speaker_label: str
    text: str
    started: float | None = None
    ended: float | None = None
    doubts: tuple[dict[str, Any], ...] = ()
    times: tuple[tuple[int, int, float, float], ...] = ()
    replaced: tuple[Replaced, ...] = ()


@dataclass(frozen=True)
class Utterance:
    """One complete thought. `id` is its row's; `sequence` counts through the transcript, `position` inside the turn."""

    id: int
    turn_position: int
    position: int
    sequence: int
    text: str


@dataclass(frozen=True)
class TranscriptWords:
    """`practitioner_labels` are the speaker labels known to be the practitioner's; empty when the transcript does not
    say and they must be guessed from the words. `notes` are remarks for the person who added it."""

    turns: tuple[Turn, ...]
    practitioner_labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any], *, times: bool = True) -> "TranscriptWords":
        """Without `times` in less time, for whoever only reads the words."""
        turns = tuple(_turn(turn, turn.get("times", ()) if times else ()) for turn in kept["turns"])
        return cls(turns, tuple(kept["practitioner_labels"]), tuple(kept["notes"]))


def _turn(kept: dict[str, Any], times: Iterable[Iterable[float]]) -> Turn:
    """Kept before words had times, it has neither these nor replacements."""
    made = {"doubts": tuple(kept["doubts"]), "times": tuple(map(tuple, times))}
    return Turn(**kept | made | {"replaced": tuple([Replaced(**one) for one in kept.get("replaced", ())])})


def speakers_in_order(turns: Sequence[Turn]) -> list[str]:
    """Every speaker, in the order they first speak."""
    return list(dict.fromkeys(turn.speaker_label for turn in turns))
