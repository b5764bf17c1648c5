"""Intervals from the coder's doubt: many codings are drawn from the probabilities and each is counted and scored.

Draws are independent between utterances, and volleys stay those of the best coding. The best coding takes the likeliest
code everywhere, so it can lie outside the draws (40 utterances that are each a question with probability .55 are 40
questions at best, but about 22 in a draw): intervals are widened to hold the value shown. What the coder does not know
that it does not know is not in the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coding.scheme.codes import Behaviour, ClientTalk, Code, Speaker
from coding.scheme.counts import BehaviourCounts
from coding.scheme.summary import Figure, ScoreName

DRAWS = 400
LEVEL = 0.90
_COUNTED = Behaviour.counted()
_CODES: dict[Speaker, tuple[Code, ...]] = {Speaker.PRACTITIONER: tuple(Behaviour), Speaker.CLIENT: tuple(ClientTalk)}


@dataclass(frozen=True)
class Uncertain:
    """One utterance as the coder sees it.

    `volley` is the practitioner's volley in the best coding, None for the client. `probabilities` are over the codes of
    that speaker and need not sum to 1. `open_share` is the chance that a question is open.
    """

    speaker: Speaker
    volley: int | None
    probabilities: dict[Code, float]
    open_share: float = 0.5


@dataclass(frozen=True)
class Intervals:
    """90 % intervals of the draws; a score is missing when more than half of the draws could not be scored."""

    counts: dict[Code, tuple[int, int]]
    scores: dict[ScoreName, tuple[float, float]]

    def around(self, figure: Figure) -> Figure:
        """The figure with its interval, widened where needed to hold the value itself."""
        interval = self.scores.get(figure.name)
        if interval is None or figure.value is None:
            return figure
        return replace(figure, low=min(interval[0], figure.value), high=max(interval[1], figure.value))

    def around_counts(self, counts: BehaviourCounts) -> dict[Code, tuple[int, int]]:
        """The intervals of the counts, widened where needed to hold the counts of the best coding."""
        return {code: (min(low, counts[code]), max(high, counts[code])) for code, (low, high) in self.counts.items()}


def intervals(conversation: Sequence[Uncertain], *, draws: int = DRAWS, seed: int = 0) -> Intervals:
    """`conversation` is in the order it was said. The same seed gives the same intervals.

    Raises ValueError where an utterance has no probability for any code of its speaker, or a practitioner's volleys are
    missing or out of order.
    """
    rng = np.random.default_rng(seed)
    practitioner = [u for u in conversation if u.speaker is Speaker.PRACTITIONER]
    client = [u for u in conversation if u.speaker is Speaker.CLIENT]
    said = _draw(practitioner, Speaker.PRACTITIONER, draws, rng)
    is_question = said == list(Behaviour).index(Behaviour.Q)
    shares = np.array([u.open_share for u in practitioner])
    is_open = is_question & (rng.random(said.shape) < shares)
    present = _present_in_volleys(said, _volleys_of(practitioner))
    counts: dict[Code, NDArray[np.int64]] = {behaviour: there.sum(axis=1) for behaviour, there in present.items()}
    talk = _draw(client, Speaker.CLIENT, draws, rng)
    counts |= {code: (talk == i).sum(axis=1) for i, code in enumerate(ClientTalk)}
    reflections = counts[Behaviour.SR] + counts[Behaviour.CR]
    scored = {
        ScoreName.REFLECTION_TO_QUESTION: _ratios(reflections, counts[Behaviour.Q]),
        ScoreName.PERCENT_COMPLEX: _ratios(100 * counts[Behaviour.CR], reflections),
        ScoreName.MI_ADHERENT: sum(counts[b] for b in Behaviour.mi_adherent()),
        ScoreName.MI_NON_ADHERENT: sum(counts[b] for b in Behaviour.mi_non_adherent()),
        ScoreName.PERCENT_CHANGE_TALK: _ratios(
            100 * counts[ClientTalk.CT], counts[ClientTalk.CT] + counts[ClientTalk.ST]
        ),
        ScoreName.PERCENT_OPEN: _ratios(100 * is_open.sum(axis=1), is_question.sum(axis=1)),
        ScoreName.QUESTIONS_IN_A_ROW: _longest_runs(
            present[Behaviour.Q] & ~present[Behaviour.SR] & ~present[Behaviour.CR]
        ),
    }
    found = {name: _interval(np.asarray(values, dtype=float)) for name, values in scored.items()}
    whole = {code: _interval(values.astype(float)) for code, values in counts.items()}
    return Intervals(
        counts={code: (int(i[0]), int(i[1])) for code, i in whole.items() if i is not None},
        scores={name: i for name, i in found.items() if i is not None},
    )


def _draw(utterances: Sequence[Uncertain], speaker: Speaker, draws: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """(draws, utterances) positions in that speaker's codes."""
    codes = _CODES[speaker]
    if not utterances:
        return np.zeros((draws, 0), dtype=np.int8)
    shares = np.array([[u.probabilities.get(code, 0.0) for code in codes] for u in utterances])
    total = shares.sum(axis=1, keepdims=True)
    if not (total > 0).all() or (shares < 0).any():
        raise ValueError(f"each utterance of the {speaker} needs a probability for some code of theirs")
    edges = np.cumsum(shares / total, axis=1)
    points = rng.random((draws, len(utterances)))
    drawn = np.zeros(points.shape, dtype=np.int8)
    for edge in range(len(codes) - 1):
        drawn += points >= edges[:, edge]
    return drawn


def _volleys_of(practitioner: Sequence[Uncertain]) -> NDArray[np.int64]:
    indices = [u.volley for u in practitioner if u.volley is not None]
    volley = np.array(indices, dtype=np.int64)
    if len(indices) < len(practitioner) or (np.diff(volley) < 0).any():
        raise ValueError("each utterance of the practitioner needs its volley, in the order of the conversation")
    return volley


def _present_in_volleys(said: NDArray[np.int8], volley: NDArray[np.int64]) -> dict[Behaviour, NDArray[np.bool_]]:
    """(draws, volleys) whether a volley counts each behaviour, with its slots as in `counts.volley_codes`: a complex
    reflection covers a simple one, permission covers persuasion. The utterances of a volley lie together."""
    if said.shape[1] == 0:
        return {behaviour: np.zeros(said.shape, dtype=np.bool_) for behaviour in _COUNTED}
    starts = np.flatnonzero(np.diff(volley, prepend=volley[0] - 1))
    order = list(Behaviour)
    present = {b: np.logical_or.reduceat(said == order.index(b), starts, axis=1) for b in _COUNTED}
    present[Behaviour.SR] &= ~present[Behaviour.CR]
    present[Behaviour.PERSUADE] &= ~present[Behaviour.PWP]
    return present


def _longest_runs(asks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(draws,) the longest run of volleys that ask, of (draws, volleys)."""
    if asks.shape[1] == 0:
        return np.zeros(asks.shape[0], dtype=np.int64)
    positions = np.arange(asks.shape[1], dtype=np.int32)
    broken = np.maximum.accumulate(np.where(asks, np.int32(-1), positions), axis=1)
    longest: NDArray[np.int64] = (positions - broken).max(axis=1).astype(np.int64)
    return longest


def _ratios(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Nan where there is nothing to divide by."""
    shares = np.full(len(whole), np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """None when more than half of the draws had nothing to divide by."""
    known = values[~np.isnan(values)]
    if len(known) * 2 < len(values) or len(known) == 0:
        return None
    tail = (1 - LEVEL) / 2
    # Values that were really drawn, not points between them: the interval then holds at least its level of the draws.
    return float(np.quantile(known, tail, method="lower")), float(np.quantile(known, 1 - tail, method="higher"))
