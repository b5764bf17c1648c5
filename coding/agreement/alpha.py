"""Krippendorff's alpha: any number of raters, and gaps (Krippendorff 2011, 2019).

Disagreement inside units against that of values drawn from all units together. On an ordinal scale two values are as
far apart as their mean ranks, on an interval scale as their difference, both squared.
"""

import math
from collections.abc import Hashable, Sequence
from enum import StrEnum
from typing import Any

import numpy as np

from coding.agreement.from_draws import statistic
from coding.agreement.icc import NOTHING
from coding.agreement.statistic import Statistic, WhyNot
from coding.coder.chance import DRAWS, Draws, Numbers

Unit = Sequence[Hashable | None]
"""What each rater gave one thing; None where a rater gave nothing. Numbers, unless the scale is nominal."""
_AT_ONCE = 4_000_000
"""Numbers in the tables of draws that are worked on together."""


class Scale(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


def alpha(sessions: Sequence[Sequence[Unit]], scale: Scale, *, seed: int = 0, draws: int = DRAWS) -> Statistic:
    """`sessions` hold units: utterances, or one unit each for a rating of the whole session.

    Units with fewer than two values say nothing and are left out; `items` counts the others. Raises ValueError for a
    value that is not finite, TypeError for one that is no number, unless the scale is nominal.
    """
    kept = [[[one for one in unit if one is not None] for unit in session] for session in sessions]
    kept = [some for session in kept if (some := [unit for unit in session if len(unit) > 1])]
    units = [unit for session in kept for unit in session]
    values = _in_order({one for unit in units for one in unit}, scale)
    if len(values) < 2 or (scale is Scale.INTERVAL and _differ_by_rounding(values)):
        why = WhyNot.NO_SPREAD if units else WhyNot.NOTHING_TWICE
        return Statistic(None, why=why, items=len(units), sessions=len(kept))
    counts = np.split(_counted(units, values), np.cumsum([len(session) for session in kept])[:-1])
    weights = np.vstack([np.ones(len(kept)), Draws(len(kept), seed, draws).weights])
    if scale is Scale.ORDINAL:
        every = _by_ranks(counts, weights)
    else:
        every = _by_values(counts, weights, values if scale is Scale.INTERVAL else None)
    return statistic(float(every[0]), every[1:], items=len(units), sessions=len(kept), missing=WhyNot.NO_SPREAD)


def _in_order(values: set[Any], scale: Scale) -> list[Any]:
    if scale is Scale.NOMINAL:
        return list(values)
    if not all(math.isfinite(one) for one in values):
        raise ValueError("ratings are finite numbers; None stands for a missing one")
    return sorted(values)


def _differ_by_rounding(values: Sequence[float]) -> bool:
    return values[-1] - values[0] <= NOTHING * max(abs(values[0]), abs(values[-1]))


def _counted(units: Sequence[Sequence[Hashable]], values: Sequence[Hashable]) -> Numbers:
    """(units, values): how often each unit was given each value."""
    place = {value: number for number, value in enumerate(values)}
    given = np.array([place[one] for unit in units for one in unit])
    unit_of = np.repeat(np.arange(len(units)), [len(unit) for unit in units])
    flat = np.bincount(unit_of * len(values) + given, minlength=len(units) * len(values))
    return flat.reshape(len(units), len(values)).astype(np.float64)


def _by_values(counts: Sequence[Numbers], weights: Numbers, values: Sequence[float] | None) -> Numbers:
    """(draws,), from sums over each session. Any two values are as far apart without `values`."""
    given = weights @ np.array([one.sum(axis=0) for one in counts])
    if values is None:
        inside = weights @ np.array([(_unlike(one) / (one.sum(axis=1) - 1)).sum() for one in counts])
        return _one_less(inside, _unlike(given), given)
    scaled = (np.array(values) - np.mean(values)) / (values[-1] - values[0])
    inside = weights @ np.array([(_squares(one, scaled) / (one.sum(axis=1) - 1)).sum() for one in counts])
    return _one_less(inside, _squares(given, scaled), given)


def _by_ranks(counts: Sequence[Numbers], weights: Numbers) -> Numbers:
    """(draws,). Ranks are those of each draw, so that its whole table of coincidences is needed."""
    size = counts[0].shape[1]
    inside = np.empty((len(counts), size, size))
    for number, one in enumerate(counts):
        others = one.sum(axis=1, keepdims=True) - 1
        inside[number] = (one / others).T @ one - np.diag((one / others).sum(axis=0))
    found = []
    for some in np.array_split(weights, math.ceil(len(weights) * size**2 / _AT_ONCE)):
        coincidences = np.tensordot(some, inside, axes=1)
        given = coincidences.sum(axis=-1)
        ranks = given.cumsum(axis=-1) - given / 2
        ranks -= ranks.mean(axis=-1, keepdims=True)
        seen = 2 * ((given * ranks**2).sum(axis=-1) - np.einsum("di,dij,dj->d", ranks, coincidences, ranks))
        found.append(_one_less(seen, _squares(given, ranks), given))
    return np.concatenate(found)


def _unlike(counts: Numbers) -> Numbers:
    """(…, values) → (…): ordered pairs that are not the same."""
    return np.asarray(counts.sum(axis=-1) ** 2 - (counts**2).sum(axis=-1))


def _squares(counts: Numbers, values: Numbers) -> Numbers:
    """(…, values) → (…): squared differences summed over all ordered pairs."""
    total, first, second = counts.sum(axis=-1), (counts * values).sum(axis=-1), (counts * values**2).sum(axis=-1)
    return np.asarray(2 * (total * second - first**2))


def _one_less(inside: Numbers, among_all: Numbers, given: Numbers) -> Numbers:
    """Not a number where a draw has only one value."""
    alone = (given > 0).sum(axis=-1) < 2
    return np.where(alone, np.nan, 1 - (given.sum(axis=-1) - 1) * inside / np.where(alone, 1, among_all))
