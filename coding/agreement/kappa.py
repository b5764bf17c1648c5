"""Cohen's kappa, plain and weighted, of all codes and of each against the rest, from tables of who gave what."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import numpy as np

from coding.agreement.from_draws import statistic
from coding.agreement.statistic import Statistic, WhyNot
from coding.coder.chance import DRAWS, Draws, Numbers

Code = TypeVar("Code", bound=Hashable)
Pairs = Sequence[tuple[Code | None, Code | None]]
"""What the first and the second coder gave each item of one session; None where a coder gave nothing."""


class Weights(StrEnum):
    """How far apart two places in the order of the codes are: all as far, by steps, by steps squared."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True)
class KappaByCode(Generic[Code]):
    """`table[i][j]` counts items that the first coder gave `codes[i]` and the second `codes[j]`. `same` is the share of
    items with the same code, 0–1. `left_out` counts items that one of the two gave nothing."""

    codes: tuple[Code, ...]
    table: tuple[tuple[int, ...], ...]
    same: Statistic
    kappa: Statistic
    by_code: tuple[Statistic, ...]
    left_out: int


def kappa_by_code(
    sessions: Sequence[Pairs[Code]], codes: Sequence[Code], *, seed: int = 0, draws: int = DRAWS
) -> KappaByCode[Code]:
    """Intervals are from draws of whole sessions, and for one code rest on the sessions that have it.

    Raises ValueError for a code that is not among `codes`.
    """
    tables = tables_of(sessions, codes)
    whole, drawn, size = _drawn(tables, seed, draws)
    items = int(whole.sum())
    seen_in = ((tables.sum(axis=2) + tables.sum(axis=1)) > 0).sum(axis=0)
    alone, alone_drawn = kappa_each(whole), kappa_each(drawn)
    return KappaByCode(
        codes=tuple(codes),
        table=tuple(tuple(map(int, row)) for row in whole.tolist()),
        same=statistic(
            float(share_same(whole)), share_same(drawn), items=items, sessions=size,
            missing=WhyNot.NOTHING_TWICE, least=0,
        ),
        kappa=_kappa(whole, drawn, Weights.NONE, size),
        by_code=tuple(
            statistic(
                float(alone[number]), alone_drawn[:, number], items=items, sessions=size,
                missing=why_not_of_code(items, int(seen_in[number])), least=-1, resting_on=int(seen_in[number]),
            )
            for number in range(len(codes))
        ),
        left_out=sum(len(session) for session in sessions) - items,
    )  # fmt: skip


def weighted_kappa(
    sessions: Sequence[Pairs[Code]], ordered: Sequence[Code], weights: Weights, *, seed: int = 0, draws: int = DRAWS
) -> Statistic:
    """Of ratings whose order is that of `ordered`; its neighbours are one step apart. Raises ValueError as above."""
    whole, drawn, size = _drawn(tables_of(sessions, ordered), seed, draws)
    return _kappa(whole, drawn, weights, size)


def tables_of(sessions: Sequence[Pairs[Code]], codes: Sequence[Code]) -> Numbers:
    """(sessions, codes, codes) counts of items that both gave a code."""
    place = {code: number for number, code in enumerate(codes)}
    tables = np.zeros((len(sessions), len(codes), len(codes)))
    for number, pairs in enumerate(sessions):
        for first, second in pairs:
            if first is None or second is None:
                continue
            if first not in place or second not in place:
                raise ValueError(f"{first if first not in place else second!r} is not among the codes compared")
            tables[number, place[first], place[second]] += 1
    return tables


def share_same(tables: Numbers) -> Numbers:
    """(…, codes, codes) → (…); not a number for an empty table."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.trace(tables, axis1=-2, axis2=-1) / tables.sum(axis=(-2, -1)))


def kappa(tables: Numbers, weights: Weights = Weights.NONE) -> Numbers:
    """(…, codes, codes) → (…): one less the weighted disagreement seen, by that of chance (Cohen 1960, 1968). Not a
    number where chance makes no disagreement: an empty table, or one code only."""
    apart = _apart(tables.shape[-1], weights)
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    seen = (tables * apart).sum(axis=(-2, -1)) * rows.sum(axis=-1)
    by_chance = ((rows @ apart) * columns).sum(axis=-1)
    return _one_less(seen, by_chance)


def kappa_each(tables: Numbers) -> Numbers:
    """(…, codes, codes) → (…, codes): kappa of each code against all the rest."""
    both, rows, columns = np.diagonal(tables, axis1=-2, axis2=-1), tables.sum(axis=-1), tables.sum(axis=-2)
    return kappa_of_counts(both, rows, columns, rows.sum(axis=-1, keepdims=True))


def kappa_of_counts(both: Numbers, first: Numbers, second: Numbers, items: Numbers) -> Numbers:
    """Of yes and no: `both` said yes, the `first` did, the `second` did, in so many `items`. Any one shape."""
    return _one_less((first + second - 2 * both) * items, first * (items - second) + second * (items - first))


def why_not_of_code(items: int, seen_in: int) -> WhyNot:
    """A code held against the rest has no kappa where none or all of the items have it from both."""
    if not items:
        return WhyNot.NOTHING_TWICE
    return WhyNot.BOTH_ALWAYS if seen_in else WhyNot.NEITHER_USED


def _one_less(seen: Numbers, by_chance: Numbers) -> Numbers:
    """Counts are whole numbers, so that nothing is exactly nothing."""
    none = by_chance == 0
    return np.where(none, np.nan, 1 - seen / np.where(none, 1, by_chance))


def _apart(count: int, weights: Weights) -> Numbers:
    steps = np.abs(np.subtract.outer(np.arange(count), np.arange(count))).astype(np.float64)
    if weights is Weights.NONE:
        return np.minimum(steps, 1)
    return steps if weights is Weights.LINEAR else steps**2


def _drawn(tables: Numbers, seed: int, draws: int) -> tuple[Numbers, Numbers, int]:
    """The whole table, that of each draw, and the number of sessions, without those that have nothing coded twice."""
    tables = tables[tables.sum(axis=(-2, -1)) > 0]
    weights = Draws(len(tables), seed, draws).weights
    flat = weights @ tables.reshape(len(tables), tables.shape[1] ** 2)
    return np.asarray(tables.sum(axis=0)), flat.reshape(draws, *tables.shape[1:]), len(tables)


def _kappa(whole: Numbers, drawn: Numbers, weights: Weights, sessions: int) -> Statistic:
    items = int(whole.sum())
    missing = WhyNot.ONE_CODE if items else WhyNot.NOTHING_TWICE
    return statistic(
        float(kappa(whole, weights)), kappa(drawn, weights), items=items, sessions=sessions, missing=missing, least=-1
    )
