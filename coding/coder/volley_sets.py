"""What volleys hold when a conversation is parsed and coded from its turns alone, against what a coder said."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from coding.coder.fit_parser import turns_of
from coding.coder.heads import softmax
from coding.coder.model import HeadName, LinearModel
from coding.coder.result import UtteranceToCode
from coding.coder.surroundings import surroundings
from coding.coder.training_data import TrainingConversation
from coding.scheme.codes import Behaviour, Code, CodedUtterance, Speaker
from coding.scheme.counts import volley_codes
from coding.scheme.volleys import volley_indices


@dataclass(frozen=True)
class VolleyTally:
    """By code, in how many volleys: gold and machine agree on it (`shared`), the machine `said` it, gold `held` it."""

    shared: dict[Behaviour, int] = field(default_factory=dict)
    said: dict[Behaviour, int] = field(default_factory=dict)
    held: dict[Behaviour, int] = field(default_factory=dict)

    def __add__(self, other: "VolleyTally") -> "VolleyTally":
        return VolleyTally(
            *(
                {code: mine.get(code, 0) + theirs.get(code, 0) for code in (*mine, *theirs)}
                for mine, theirs in ((self.shared, other.shared), (self.said, other.said), (self.held, other.held))
            )
        )

    @property
    def micro_f1(self) -> float:
        both = sum(self.said.values()) + sum(self.held.values())
        return 2 * sum(self.shared.values()) / both if both else 1.0


def tally(talk: TrainingConversation, model: LinearModel) -> VolleyTally:
    """Volleys are drawn by gold for both, so that one wrong code does not shift all that follow."""
    volley_of_turn = _volleys_of_turns(talk)
    gold: dict[int, set[Code]] = defaultdict(set)
    for example in talk.examples:
        index = volley_of_turn.get(_turn(example.utterance))
        if index is not None and len(example.allowed) == 1:
            gold[index].add(example.allowed[0])
    to_code = [
        UtteranceToCode(place, number, speaker, text)
        for place, (speaker, texts) in enumerate(turns_of(talk))
        for number, text in enumerate(model.parser.parse(" ".join(texts), speaker))
    ]
    numbers = {place: _turn(first) for place, first in enumerate(_first_of_turns(talk))}
    said: dict[int, set[Code]] = defaultdict(set)
    for utterance, code in zip(to_code, _best(model, to_code), strict=True):
        index = volley_of_turn.get(numbers[utterance.turn])
        if index is not None and code is not None:
            said[index].add(code)
    return _tally((volley_codes(said[i]), volley_codes(gold[i])) for i in set(volley_of_turn.values()))


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


def _best(model: LinearModel, to_code: list[UtteranceToCode]) -> list[Behaviour | None]:
    """The practitioner's codes, None for the client's utterances."""
    head = model.heads[HeadName.PRACTITIONER]
    shares = softmax(head.logits(model.space.rows(surroundings(to_code))))
    best = np.asarray(head.classes)[shares.argmax(axis=1)]
    return [
        Behaviour(str(code)) if utterance.speaker is Speaker.PRACTITIONER else None
        for utterance, code in zip(to_code, best, strict=True)
    ]
