"""What any coder gives back, and what it needs to be called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from coding.scheme.codes import Code, CodedUtterance, Speaker, Subtype


@dataclass(frozen=True)
class UtteranceToCode:
    """One utterance in conversation order. `turn` and `utterance` are 0-based positions."""

    turn: int
    utterance: int
    speaker: Speaker
    text: str


@dataclass(frozen=True)
class CodeEstimate:
    """A machine's code for one utterance.

    `probabilities` covers every code that speaker can have and sums to 1 (calibrated); `code` is its largest.
    `confidence` is the probability of `code`; `unsure` says that a person must look. `reason` is one
    plain-English sentence naming the words that carried the decision and, where a coded example is near, a second one
    that quotes it.
    """

    code: Code
    subtype: Subtype | None
    confidence: float
    unsure: bool
    probabilities: dict[Code, float]
    reason: str

    def of(self, utterance: UtteranceToCode) -> CodedUtterance:
        return CodedUtterance(
            turn=utterance.turn,
            utterance=utterance.utterance,
            speaker=utterance.speaker,
            text=utterance.text,
            code=self.code,
            subtype=self.subtype,
        )


class Coder(Protocol):
    """`parse` cuts a turn into utterances, without which `code` cannot begin: it takes one whole conversation in order
    and answers one estimate per utterance."""

    @property
    def version(self) -> str: ...

    def parse(self, turn: str, speaker: Speaker) -> list[str]: ...

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]: ...
