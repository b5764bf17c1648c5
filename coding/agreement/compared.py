"""Two codings of one session laid side by side, and what a report needs of that: no word of what was said is in it, so
that it may stay when the words go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coding.agreement.align import Boundaries, align
from coding.agreement.volleys import VolleyPair, volley_pairs
from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, Speaker, parse_code
from coding.scheme.counts import BehaviourCounts, count
from coding.scheme.summary import ScoreName, count_scores

CODES: dict[Speaker, tuple[Code, ...]] = {
    Speaker.PRACTITIONER: tuple(Behaviour),
    Speaker.CLIENT: tuple(ClientTalk),
}
_COUNTED: tuple[Code, ...] = (*Behaviour.counted(), *ClientTalk)
Pair = tuple[Code | None, Code | None]


@dataclass(frozen=True)
class OneCoding:
    """Of a whole conversation, in the order it was said. `ratings` are 1–5, None or absent where not rated."""

    utterances: Sequence[CodedUtterance]
    ratings: Mapping[str, int | None] = field(default_factory=dict)


CodedTwice = tuple[OneCoding, OneCoding]


@dataclass(frozen=True)
class Compared:
    """`codes` are the pairs of codes of utterances that both drew and gave to the same speaker. `pairs` that both drew,
    `only_first`, `only_second` and `moved` count utterances, as in `coding.agreement.report.Drawn`. `counts`, `scores`
    and `ratings` are the first's and the second's."""

    codes: Mapping[Speaker, Sequence[Pair]]
    boundaries: Boundaries
    pairs: int
    only_first: int
    only_second: int
    moved: int
    volleys: Sequence[VolleyPair]
    counts: tuple[Mapping[Code, int], Mapping[Code, int]]
    scores: tuple[Mapping[ScoreName, float | None], Mapping[ScoreName, float | None]]
    ratings: tuple[Mapping[str, int | None], Mapping[str, int | None]]

    def both_coded(self) -> list[Pair]:
        return [pair for pairs in self.codes.values() for pair in pairs if None not in pair]

    @property
    def lines(self) -> int:
        """Utterances that both drew, gave to the same speaker, and coded."""
        return len(self.both_coded())

    @property
    def differ(self) -> int:
        """Those of them with two different codes."""
        return sum(one is not other for one, other in self.both_coded())


def compare(first: OneCoding, second: OneCoding) -> Compared:
    said, other = first.utterances, second.utterances
    found = align(said, other)
    both = [(said[here], other[there]) for here, there in found.pairs]
    counts = count(said), count(other)
    return Compared(
        codes={
            speaker: tuple((one.code, two.code) for one, two in both if one.speaker is two.speaker is speaker)
            for speaker in CODES
        },
        boundaries=found.boundaries,
        pairs=len(both),
        only_first=len(found.only_first),
        only_second=len(found.only_second),
        moved=sum(one.speaker is not two.speaker for one, two in both),
        volleys=volley_pairs(said, other, found),
        counts=(_counts(counts[0]), _counts(counts[1])),
        scores=(_scores(counts[0]), _scores(counts[1])),
        ratings=(dict(first.ratings), dict(second.ratings)),
    )


def _counts(counted: BehaviourCounts) -> dict[Code, int]:
    return {code: counted[code] for code in _COUNTED}


def _scores(counted: BehaviourCounts) -> dict[ScoreName, float | None]:
    return {one.name: one.value for one in count_scores(counted)}


def compared_as_json(one: Compared) -> dict[str, Any]:
    return {
        "codes": {speaker.value: [list(pair) for pair in pairs] for speaker, pairs in one.codes.items()},
        "boundaries": [one.boundaries.both, one.boundaries.first, one.boundaries.second],
        "utterances": [one.pairs, one.only_first, one.only_second, one.moved],
        "volleys": [[sorted(volley.first), sorted(volley.second), volley.alike] for volley in one.volleys],
        "counts": [dict(side) for side in one.counts],
        "scores": [dict(side) for side in one.scores],
        "ratings": [dict(side) for side in one.ratings],
    }


def compared_from_json(kept: Mapping[str, Any]) -> Compared:
    counts = [{code: side[code.value] for code in _COUNTED} for side in kept["counts"]]
    scores = [{ScoreName(name): value for name, value in side.items()} for side in kept["scores"]]
    return Compared(
        codes={speaker: [_pair(speaker, *pair) for pair in kept["codes"][speaker.value]] for speaker in CODES},
        boundaries=Boundaries(*kept["boundaries"]),
        pairs=kept["utterances"][0],
        only_first=kept["utterances"][1],
        only_second=kept["utterances"][2],
        moved=kept["utterances"][3],
        volleys=[VolleyPair(_set(first), _set(second), alike) for first, second, alike in kept["volleys"]],
        counts=(counts[0], counts[1]),
        scores=(scores[0], scores[1]),
        ratings=(kept["ratings"][0], kept["ratings"][1]),
    )


def _pair(speaker: Speaker, first: str | None, second: str | None) -> Pair:
    return parse_code(speaker, first) if first else None, parse_code(speaker, second) if second else None


def _set(codes: Sequence[str]) -> frozenset[Behaviour]:
    return frozenset(Behaviour(code) for code in codes)


def same_stretch(all_of_it: Sequence[CodedUtterance], part: Sequence[CodedUtterance]) -> list[CodedUtterance]:
    """Of a coding of the whole conversation what lies between the first and the last line of another coding of a part
    of it, laid side by side by their words."""
    places = [here for here, _ in align(all_of_it, part).words]
    return list(all_of_it[min(places) : max(places) + 1]) if places else []
