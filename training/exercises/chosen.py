"""Exercises that are answered by choosing: read, and scored against what the exercise says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from coding.scheme.codes import Behaviour, ClientTalk
from models.errors import EvokeError
from models.exercise import Outcome
from training.exercises.format import Chosen, HearTheChangeTalk, OrderTheSummary, SpotTheCode

ALSO_READ_SO = 0.25
"""Of those who coded a line apart from each other: a code that so many gave it is no mistake."""
ONE_PLACE_OFF = 0.6
"""Kendall's tau of an order that is nearly there."""


class ChoiceMissing(EvokeError):
    """`fields` names each field at fault."""

    code = "choice_missing"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(fields.values())))
        self.fields = dict(fields)


@dataclass(frozen=True)
class PieceHeard:
    """`given` and `code` of a piece, by its 0-based place."""

    place: int
    given: ClientTalk
    code: ClientTalk

    @property
    def same(self) -> bool:
        return self.given is self.code


def read_choice(exercise: Chosen, sent: Mapping[str, str]) -> str:
    """What is kept of a form: a code; a code for each piece, or the pieces' 1-based numbers in the order given, with
    commas. Raises ChoiceMissing."""
    if isinstance(exercise, SpotTheCode):
        code = sent.get("choice", "")
        if code not in exercise.options:
            raise ChoiceMissing({"choice": "Choose one of the codes."})
        return code
    if isinstance(exercise, HearTheChangeTalk):
        names = [f"piece-{place}" for place in range(len(exercise.pieces))]
        missing = [one for one in names if sent.get(one, "") not in list(ClientTalk)]
        if missing:
            raise ChoiceMissing(dict.fromkeys(missing, "Say which way each piece leans."))
        return ",".join(sent[one] for one in names)
    return _read_order(exercise, sent)


def _read_order(exercise: OrderTheSummary, sent: Mapping[str, str]) -> str:
    names = [f"piece-{place}" for place in range(len(exercise.pieces))]
    places = [sent.get(one, "").strip() for one in names]
    whole = {str(number) for number in range(1, len(names) + 1)}
    wrong = {
        name: f"Give each sentence a place from 1 to {len(names)}, and none twice."
        for name, given in zip(names, places, strict=True) if given not in whole or places.count(given) > 1
    }  # fmt: skip
    if wrong:
        raise ChoiceMissing(wrong)
    by_place = sorted(range(len(names)), key=lambda piece: int(places[piece]))
    return ",".join(str(piece + 1) for piece in by_place)


def shown_order(exercise: OrderTheSummary) -> list[int]:
    """0-based places of the pieces as they are shown: always the same, and never a good order."""
    order = list(range(len(exercise.pieces)))
    chance = Random(exercise.id)  # noqa: S311
    while outcome_of(exercise, ",".join(str(one + 1) for one in order)) is Outcome.MET:
        chance.shuffle(order)
    return order


def still_fits(exercise: Chosen, choice: str) -> bool:
    """Whether a choice that was kept can be read beside the exercise as it is now: it may have other pieces."""
    given = choice.split(",")
    if isinstance(exercise, SpotTheCode):
        return choice in list(Behaviour)
    if isinstance(exercise, HearTheChangeTalk):
        return len(given) == len(exercise.pieces) and all(one in list(ClientTalk) for one in given)
    return sorted(given) == sorted(str(number) for number in range(1, len(exercise.pieces) + 1))


def outcome_of(exercise: Chosen, choice: str) -> Outcome:
    if isinstance(exercise, SpotTheCode):
        return _of_spotted(exercise, Behaviour(choice))
    if isinstance(exercise, HearTheChangeTalk):
        heard = pieces_heard(exercise, choice)
        same = sum(one.same for one in heard)
        if same == len(heard):
            return Outcome.MET
        return Outcome.PARTLY if same * 3 >= len(heard) * 2 else Outcome.NOT_YET
    tau = nearness(exercise, read_numbers(choice))
    return Outcome.MET if tau == 1 else Outcome.PARTLY if tau >= ONE_PLACE_OFF else Outcome.NOT_YET


def _of_spotted(exercise: SpotTheCode, chosen: Behaviour) -> Outcome:
    if chosen is exercise.answer:
        return Outcome.MET
    coders = sum(exercise.apart.values())
    also = coders > 0 and exercise.apart.get(chosen, 0) >= ALSO_READ_SO * coders
    return Outcome.PARTLY if also else Outcome.NOT_YET


def pieces_heard(exercise: HearTheChangeTalk, choice: str) -> list[PieceHeard]:
    given = [ClientTalk(one) for one in choice.split(",")]
    return [
        PieceHeard(place, mine, piece.code)
        for place, (mine, piece) in enumerate(zip(given, exercise.pieces, strict=True))
    ]


def read_numbers(choice: str) -> list[int]:
    return [int(one) for one in choice.split(",")]


def best_order(exercise: OrderTheSummary, order: Sequence[int]) -> list[int]:
    """The good order that is nearest, the exercise's own first."""
    good = [list(range(1, len(exercise.pieces) + 1)), *exercise.also]
    return max(good, key=lambda one: kendall_tau(order, one))


def nearness(exercise: OrderTheSummary, order: Sequence[int]) -> float:
    """Kendall's tau, -1 to 1, with the nearest good order."""
    return kendall_tau(order, best_order(exercise, order))


def kendall_tau(one: Sequence[int], other: Sequence[int]) -> float:
    """Of two orders of the same things: pairs that stand the same way less those that do not, of all pairs."""
    place = {thing: at for at, thing in enumerate(other)}
    pairs = [(a, b) for at, a in enumerate(one) for b in one[at + 1 :]]
    same = sum(place[a] < place[b] for a, b in pairs)
    return (2 * same - len(pairs)) / len(pairs)


def out_of_place(exercise: OrderTheSummary, order: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbours, by their 1-based numbers, that stand the other way round in the nearest good order."""
    place = {thing: at for at, thing in enumerate(best_order(exercise, order))}
    return [(a, b) for a, b in pairwise(order) if place[a] > place[b]]
