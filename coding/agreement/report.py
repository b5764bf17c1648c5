"""All the agreement of two coders on sessions that both coded: codes, utterances, volleys, counts, scores, ratings.

The first coder of each session may be one person throughout, a machine, or whoever came first. In the last case the
sides of a table are no persons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coding.agreement.compared import CODES, CodedTwice, Compared, compare
from coding.agreement.from_draws import share
from coding.agreement.icc import icc
from coding.agreement.kappa import KappaByCode, Weights, kappa_by_code, weighted_kappa
from coding.agreement.statistic import Statistic, WhyNot
from coding.agreement.volleys import VolleyAgreement, volley_agreement
from coding.coder.chance import DRAWS, Draws
from coding.scheme.codes import Behaviour, ClientTalk, Code
from coding.scheme.summary import ScoreName

RATED = (1, 2, 3, 4, 5)
_SCORES = tuple(name for name in ScoreName.from_counts() if name not in ScoreName.outside_miti())


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
    return report_of([compare(*both) for both in sessions], ratings=ratings, seed=seed, draws=draws)


def report_of(
    sessions: Sequence[Compared], *, ratings: Sequence[str] = (), seed: int = 0, draws: int = DRAWS
) -> AgreementReport:
    """The same of sessions that were compared before. Raises ValueError as above."""
    practitioner, client = (
        kappa_by_code([one.codes[speaker] for one in sessions], codes, seed=seed, draws=draws)
        for speaker, codes in CODES.items()
    )
    return AgreementReport(
        practitioner=practitioner,
        client=client,
        drawn=_drawn(sessions, Draws(len(sessions), seed, draws)),
        volleys=volley_agreement([one.volleys for one in sessions], seed=seed, draws=draws),
        counts={
            code: icc([[counts[code] for counts in one.counts] for one in sessions], seed=seed, draws=draws)
            for code in (*Behaviour.counted(), *ClientTalk)
        },
        scores={
            name: icc([[scores[name] for scores in one.scores] for one in sessions], seed=seed, draws=draws)
            for name in _SCORES
        },
        ratings={
            name: _rated([(one.ratings[0].get(name), one.ratings[1].get(name)) for one in sessions], seed, draws)
            for name in ratings
        },
    )


def _drawn(sessions: Sequence[Compared], draws: Draws) -> Drawn:
    ends = [(one.boundaries.both, one.boundaries.first, one.boundaries.second) for one in sessions]
    weights = np.vstack([np.ones(len(ends)), draws.weights])
    both, first, second = (weights @ np.array(ends, dtype=np.float64).reshape(len(ends), 3)).T
    return Drawn(
        boundaries=share(
            2 * both, first + second, items=sum(sum(one[1:]) - one[0] for one in ends), sessions=len(ends),
            missing=WhyNot.NOTHING_DRAWN if ends else WhyNot.NOTHING_TWICE,
        ),
        pairs=sum(one.pairs for one in sessions),
        only_first=sum(one.only_first for one in sessions),
        only_second=sum(one.only_second for one in sessions),
        moved=sum(one.moved for one in sessions),
    )  # fmt: skip


def _rated(pairs: Sequence[tuple[int | None, int | None]], seed: int, draws: int) -> Rated:
    return Rated(
        icc(pairs, seed=seed, draws=draws),
        weighted_kappa([[pair] for pair in pairs], RATED, Weights.QUADRATIC, seed=seed, draws=draws),
    )
