"""Intervals from the coder's doubt: many codings are drawn from the probabilities and each is counted and scored.

Draws are independent between utterances, and volleys stay those of the best coding. What the coder does not know that
it does not know is not in the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coding.scheme.codes import Behaviour, ClientTalk, Code, Speaker
from coding.scheme.summary import Figure, ScoreName

DRAWS = 400
LEVEL = 0.90
_COUNTED = Behaviour.counted()
_CODES: dict[Speaker, tuple[Code, ...]] = {Speaker.PRACTITIONER: tuple(Behaviour), Speaker.CLIENT: tuple(ClientTalk)}


@dataclass(frozen=True)
class Uncertain:
    """One utterance as the coder sees it. `volley` is None for the client; `open_share` the chance that a question
    is open."""

    speaker: Speaker
    volley: int | None
    probabilities: dict[Code, float]
    open_share: float = 0.5


@dataclass(frozen=True)
class Intervals:
    """90 % intervals; a score is missing when more than half of the draws could not be scored."""

    counts: dict[Code, tuple[int, int]]
    scores: dict[ScoreName, tuple[float, float]]

    def around(self, figure: Figure) -> Figure:
        """The figure with its interval, widened where needed to hold the value itself: the best coding is not the
        mean of the draws."""
        interval = self.scores.get(figure.name)
        if interval is None or figure.value is None:
            return figure
        return replace(figure, low=min(interval[0], figure.value), high=max(interval[1], figure.value))


def intervals(conversation: Sequence[Uncertain], *, draws: int = DRAWS, seed: int = 0) -> Intervals:
    rng = np.random.default_rng(seed)
    practitioner = [u for u in conversation if u.speaker is Speaker.PRACTITIONER]
    client = [u for u in conversation if u.speaker is Speaker.CLIENT]
    said = _draw(practitioner, Speaker.PRACTITIONER, draws, rng)
    is_question = said == list(Behaviour).index(Behaviour.Q)
    shares = np.array([u.open_share for u in practitioner])
    is_open = is_question & (rng.random(said.shape) < shares)
    counts = _count_volleys(said, np.array([u.volley or 0 for u in practitioner], dtype=np.int64))
    talk = _draw(client, Speaker.CLIENT, draws, rng)
    counts |= {code: (talk == i).sum(axis=1) for i, code in enumerate(ClientTalk)}
    reflections = counts[Behaviour.SR] + counts[Behaviour.CR]
    scored = {
        ScoreName.REFLECTION_TO_QUESTION: _ratios(reflections, counts[Behaviour.Q]),
        ScoreName.PERCENT_COMPLEX: 100 * _ratios(counts[Behaviour.CR], reflections),
        ScoreName.MI_ADHERENT: sum(counts[b] for b in Behaviour.mi_adherent()),
        ScoreName.MI_NON_ADHERENT: sum(counts[b] for b in Behaviour.mi_non_adherent()),
        ScoreName.PERCENT_CHANGE_TALK: 100
        * _ratios(counts[ClientTalk.CT], counts[ClientTalk.CT] + counts[ClientTalk.ST]),
        ScoreName.PERCENT_OPEN: 100 * _ratios(is_open.sum(axis=1), is_question.sum(axis=1)),
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
    edges = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    points = rng.random((draws, len(utterances)))
    drawn = np.zeros(points.shape, dtype=np.int8)
    for edge in range(len(codes) - 1):
        drawn += points >= edges[:, edge]
    return drawn


def _count_volleys(said: NDArray[np.int8], volley: NDArray[np.int64]) -> dict[Code, NDArray[np.int64]]:
    """(draws,) counts of each behaviour with the volley's slots: a complex reflection covers a simple one, permission
    covers persuasion. `volley` never falls, so its utterances lie together."""
    if said.shape[1] == 0:
        return {behaviour: np.zeros(said.shape[0], dtype=np.int64) for behaviour in _COUNTED}
    starts = np.flatnonzero(np.diff(volley, prepend=volley[0] - 1))
    order = list(Behaviour)
    present = {b: np.logical_or.reduceat(said == order.index(b), starts, axis=1) for b in _COUNTED}
    present[Behaviour.SR] &= ~present[Behaviour.CR]
    present[Behaviour.PERSUADE] &= ~present[Behaviour.PWP]
    return {behaviour: there.sum(axis=1) for behaviour, there in present.items()}


def _ratios(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Nan where there is nothing to divide by."""
    shares = np.full(len(whole), np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    known = values[~np.isnan(values)]
    if len(known) * 2 < len(values) or len(known) == 0:
        return None
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)
