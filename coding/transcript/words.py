"""The words of a kept transcript, opened: what readers get, and how it lies in the sealed bytes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Turn:
    """`position` is 0-based in the conversation; times are seconds from the start of the recording. `doubts` are
    doubtful stretches of the text, each `{"start", "end", "reasons"}` with characters and the values of
    `coding.speech.heard.Flag`."""

    position: int
    speaker_label: str
    text: str
    started: float | None = None
    ended: float | None = None
    doubts: tuple[dict[str, Any], ...] = ()


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
    def from_json(cls, kept: dict[str, Any]) -> "TranscriptWords":
        turns = tuple(Turn(**(turn | {"doubts": tuple(turn["doubts"])})) for turn in kept["turns"])
        return cls(turns, tuple(kept["practitioner_labels"]), tuple(kept["notes"]))


def speakers_in_order(turns: Sequence[Turn]) -> list[str]:
    """Every speaker, in the order they first speak."""
    return list(dict.fromkeys(turn.speaker_label for turn in turns))
