"""All the agreement of two coders on sessions that both coded: codes, utterances, volleys, counts, scores, ratings.

The first coder of each session may be one person throughout, a machine, or whoever came first. In the last case the
sides of a table are no persons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from coding.agreement.align import Alignment, align
from coding.agreement.from_draws import share
from coding.agreement.icc import icc
from coding.agreement.kappa import KappaByCode, Weights, kappa_by_code, weighted_kappa
from coding.agreement.statistic import Statistic, WhyNot
from coding.agreement.volleys import VolleyAgreement, volley_agreement, volley_pairs
from coding.coder.chance import DRAWS, Draws
from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, Speaker
from coding.scheme.counts import count
from coding.scheme.summary import ScoreName, count_scores

CODES: dict[Speaker, tuple[Code, ...]] = {
    Speaker.PRACTITIONER: tuple(Behaviour),
    Speaker.CLIENT: tuple(ClientTalk),
}
RATED = (1, 2, 3, 4, 5)
_SCORES = tuple(name for name in ScoreName.from_counts() if name not in ScoreName.outside_miti())


@dataclass(frozen=True)
class OneCoding:
    """Of a whole conversation, in the order it was said. `ratings` are 1–5, None or absent where not rated."""

    utterances: Sequence[CodedUtterance]
    ratings: Mapping[str, int | None] = field(default_factory=dict)


CodedTwice = tuple[OneCoding, OneCoding]


@dataclass(frozen=True)
class Drawn:
    """`boundaries` is twice the ends of utterances inside turns that both drew, by those that either drew, 0–1.

    The rest are numbers of utterances: `pairs` that both drew, `only_first` and `only_second` without a partner, and
    pairs that the two gave to different speakers (`moved`), whose codes are in no table.
    """

    boundaries: Statistic
    pairs: int
    only_first: int
    only_second: int
    moved: int


@dataclass(frozen=True)
class Rated:
    """`kappa` is weighted by squared steps."""

    icc: Statistic
    kappa: Statistic


@dataclass(frozen=True)
class AgreementReport:
    """Codes are compared on utterances that both drew; `counts`, `scores` and `ratings` by ICC(2,1) over sessions."""

    practitioner: KappaByCode[Code]
    client: KappaByCode[Code]
    drawn: Drawn
    volleys: VolleyAgreement
    counts: Mapping[Code, Statistic]
    scores: Mapping[ScoreName, Statistic]
    ratings: Mapping[str, Rated]


def agreement_report(
    sessions: Sequence[CodedTwice], *, ratings: Sequence[str] = (), seed: int = 0, draws: int = DRAWS
) -> AgreementReport:
    """`ratings` names those to compare; a session that one of the two did not rate, or could not score, is left out of
    that figure. Raises ValueError for a rating other than 1–5, and for a code that the speaker cannot have."""
    said = [(first.utterances, second.utterances) for first, second in sessions]
    aligned = [align(*both) for both in said]
    practitioner, client = (
        kappa_by_code(
            [_codes(speaker, *both, found.pairs) for both, found in zip(said, aligned, strict=True)],
            codes, seed=seed, draws=draws,
        )
        for speaker, codes in CODES.items()
    )  # fmt: skip
    counts = [(count(first), count(second)) for first, second in said]
    scores = [tuple({one.name: one.value for one in count_scores(counted)} for counted in both) for both in counts]
    return AgreementReport(
        practitioner=practitioner,
        client=client,
        drawn=_drawn(said, aligned, Draws(len(said), seed, draws)),
        volleys=volley_agreement(
            [volley_pairs(*both, found) for both, found in zip(said, aligned, strict=True)], seed=seed, draws=draws
        ),
        counts={
            code: icc([[one[code] for one in both] for both in counts], seed=seed, draws=draws)
            for code in (*Behaviour.counted(), *ClientTalk)
        },
        scores={
            name: icc([[one[name] for one in both] for both in scores], seed=seed, draws=draws) for name in _SCORES
        },
        ratings={
            name: _rated([(a.ratings.get(name), b.ratings.get(name)) for a, b in sessions], seed, draws)
            for name in ratings
        },
    )  # fmt: skip


def _codes(
    speaker: Speaker, first: Sequence[CodedUtterance], second: Sequence[CodedUtterance],
    pairs: Sequence[tuple[int, int]],
) -> list[tuple[Code | None, Code | None]]:  # fmt: skip
    both = ((first[here], second[there]) for here, there in pairs)
    return [(one.code, other.code) for one, other in both if one.speaker is other.speaker is speaker]


def _drawn(
    said: Sequence[tuple[Sequence[CodedUtterance], Sequence[CodedUtterance]]], aligned: Sequence[Alignment],
    draws: Draws,
) -> Drawn:  # fmt: skip
    ends = [(found.boundaries.both, found.boundaries.first, found.boundaries.second) for found in aligned]
    weights = np.vstack([np.ones(len(ends)), draws.weights])
    both, first, second = (weights @ np.array(ends, dtype=np.float64).reshape(len(ends), 3)).T
    return Drawn(
        boundaries=share(
            2 * both, first + second, items=sum(sum(one[1:]) - one[0] for one in ends), sessions=len(ends),
            missing=WhyNot.NOTHING_DRAWN if ends else WhyNot.NOTHING_TWICE,
        ),
        pairs=sum(len(found.pairs) for found in aligned),
        only_first=sum(len(found.only_first) for found in aligned),
        only_second=sum(len(found.only_second) for found in aligned),
        moved=sum(
            one[here].speaker is not other[there].speaker
            for (one, other), found in zip(said, aligned, strict=True)
            for here, there in found.pairs
        ),
    )  # fmt: skip


def _rated(pairs: Sequence[tuple[int | None, int | None]], seed: int, draws: int) -> Rated:
    return Rated(
        icc(pairs, seed=seed, draws=draws),
        weighted_kappa([[pair] for pair in pairs], RATED, Weights.QUADRATIC, seed=seed, draws=draws),
    )
