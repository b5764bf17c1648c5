"""What volleys hold when a conversation is parsed and coded from its turns alone, against what a coder said."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from coding.coder.fit_parser import turns_of
from coding.coder.parser import TurnParser
from coding.coder.result import UtteranceToCode
from coding.coder.training_data import CLASS_OF, MainBehaviour, TrainingConversation
from coding.scheme.codes import Behaviour, Code, CodedUtterance, Speaker
from coding.scheme.counts import volley_codes
from coding.scheme.volleys import volley_indices

BestCodes = Callable[[Sequence[UtteranceToCode], str], npt.NDArray[np.int64]]
"""From a conversation and its change goal to the position in `Behaviour` of each utterance's best code (a client's
counts for nothing)."""
_CODES = tuple(Behaviour)
Counted = TypeVar("Counted", bound=Behaviour | MainBehaviour)


@dataclass(frozen=True)
class Tally(Generic[Counted]):
    """For each of what is counted, how often gold and machine agree on it (`shared`), the machine `said` it, gold
    `held` it."""

    shared: dict[Counted, int] = field(default_factory=dict)
    said: dict[Counted, int] = field(default_factory=dict)
    held: dict[Counted, int] = field(default_factory=dict)

    def __add__(self, other: Self) -> Self:
        pairs = ((self.shared, other.shared), (self.said, other.said), (self.held, other.held))
        return type(self)(
            *({one: mine.get(one, 0) + theirs.get(one, 0) for one in (*mine, *theirs)} for mine, theirs in pairs)
        )


class VolleyTally(Tally[Behaviour]):
    """In volleys."""

    @property
    def micro_f1(self) -> float:
        both = sum(self.said.values()) + sum(self.held.values())
        return 2 * sum(self.shared.values()) / both if both else 1.0


@dataclass(frozen=True)
class PresenceTally(Tally[MainBehaviour]):
    """In `utterances` whole utterances of AnnoMI, which may hold a question and a reflection at once."""

    utterances: int = 0

    def __add__(self, other: "PresenceTally") -> "PresenceTally":
        both = super().__add__(other)
        return replace(both, utterances=self.utterances + other.utterances)

    def f1(self, of: MainBehaviour) -> float:
        both = self.said[of] + self.held[of]
        return 2 * self.shared[of] / both if both else 1.0

    def macro_f1(self, of: MainBehaviour) -> float:
        """The mean of F1 of present and F1 of absent."""
        absent = 2 * self.utterances - self.said[of] - self.held[of]
        right = self.utterances - self.said[of] - self.held[of] + self.shared[of]
        return (self.f1(of) + (2 * right / absent if absent else 1.0)) / 2


def tally(talk: TrainingConversation, parser: TurnParser, best: BestCodes) -> VolleyTally:
    """Volleys are drawn by gold for both, so that one wrong code does not shift all that follow."""
    volley_of_turn = _volleys_of_turns(talk)
    gold: dict[int, set[Code]] = defaultdict(set)
    for example in talk.examples:
        index = volley_of_turn.get(_turn(example.utterance))
        if index is not None and len(example.allowed) == 1:
            gold[index].add(example.allowed[0])
    to_code = parsed_anew(talk, parser)
    numbers = {place: _turn(first) for place, first in enumerate(_first_of_turns(talk))}
    said: dict[int, set[Code]] = defaultdict(set)
    for utterance, code in zip(to_code, best(to_code, talk.change_goal).tolist(), strict=True):
        index = volley_of_turn.get(numbers[utterance.turn])
        if index is not None and utterance.speaker is Speaker.PRACTITIONER:
            said[index].add(_CODES[code])
    return _tally((volley_codes(said[i]), volley_codes(gold[i])) for i in set(volley_of_turn.values()))


def presence(talks: Iterable[TrainingConversation], parser: TurnParser, best: BestCodes) -> PresenceTally:
    """What whole utterances hold once they are parsed and coded."""
    counts: tuple[dict[MainBehaviour, int], ...] = tuple(
        dict.fromkeys((MainBehaviour.QUESTION, MainBehaviour.REFLECTION), 0) for _ in range(3)
    )
    asked = 0
    for talk in talks:
        gold = [example.holds for example in talk.examples]
        to_code = [
            UtteranceToCode(place, number, example.utterance.speaker, text)
            for place, example in enumerate(talk.examples)
            for number, text in enumerate(parser.parse(example.utterance.text, example.utterance.speaker))
        ]
        said: dict[int, set[MainBehaviour]] = defaultdict(set)
        for utterance, code in zip(to_code, best(to_code, talk.change_goal).tolist(), strict=True):
            said[utterance.turn].add(CLASS_OF[_CODES[code]])
        for place, held in enumerate(gold):
            if held is not None:
                asked += 1
                for one in counts[0]:
                    counts[0][one] += one in held and one in said[place]
                    counts[1][one] += one in said[place]
                    counts[2][one] += one in held
    shared, said_it, held_it = counts
    return PresenceTally(shared, said_it, held_it, asked)


def parsed_anew(talk: TrainingConversation, parser: TurnParser) -> list[UtteranceToCode]:
    """The talk as if only its turns were known; a turn's number is its place."""
    return [
        UtteranceToCode(place, number, speaker, text)
        for place, (speaker, texts) in enumerate(turns_of(talk))
        for number, text in enumerate(parser.parse(" ".join(texts), speaker))
    ]


def _tally(volleys: Iterable[tuple[frozenset[Behaviour], frozenset[Behaviour]]]) -> VolleyTally:
    shared, said, held = (dict.fromkeys(Behaviour.counted(), 0) for _ in range(3))
    for machine, gold in volleys:
        for counts, codes in ((shared, machine & gold), (said, machine), (held, gold)):
            for code in codes:
                counts[code] += 1
    return VolleyTally(shared, said, held)


def _turn(utterance: UtteranceToCode) -> tuple[int, Speaker]:
    return utterance.turn, utterance.speaker


def _first_of_turns(talk: TrainingConversation) -> list[UtteranceToCode]:
    said = [example.utterance for example in talk.examples]
    return [one for place, one in enumerate(said) if place == 0 or _turn(one) != _turn(said[place - 1])]


def _volleys_of_turns(talk: TrainingConversation) -> dict[tuple[int, Speaker], int]:
    coded = [
        CodedUtterance(
            e.utterance.turn, e.utterance.utterance, e.utterance.speaker, e.utterance.text,
            e.allowed[0] if len(e.allowed) == 1 else None,
        )
        for e in talk.examples
    ]  # fmt: skip
    indices = volley_indices(coded)
    return {(u.turn, u.speaker): index for u, index in zip(coded, indices, strict=True) if index is not None}
