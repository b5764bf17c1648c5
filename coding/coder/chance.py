"""What chance makes of figures on a set of conversations: a bootstrap that draws whole conversations.

Utterances of one conversation resemble each other, so conversations are drawn and not utterances (Efron & Tibshirani
1993). Two coders are compared on the same draws: what makes a conversation hard for both does not count. Intervals are
Student's t around the figure with the draws' spread: with ten conversations the draws' own quantiles found twice as
many differences between equal coders as they should.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Numbers = npt.NDArray[np.float64]

DRAWS = 2_000
FEWEST = 10
"""With fewer conversations, draws of them say too little about others."""
LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class Tally:
    """Counts by code in the last axis, and by conversation or draw in those before: where truth and answer are the
    same, what the truth has, what the answer has."""

    both: Numbers
    truth: Numbers
    said: Numbers

    def f1(self) -> Numbers:
        """By code; not a number where the truth does not have it."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.truth > 0, 2 * self.both / (self.truth + self.said), np.nan)

    def macro_f1(self) -> Numbers:
        """The mean over the codes that the truth has."""
        f1 = self.f1()
        known = ~np.isnan(f1)
        return np.asarray(np.where(known, f1, 0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1))

    def same(self) -> Numbers:
        return np.asarray(self.both.sum(axis=-1) / np.maximum(self.truth.sum(axis=-1), 1))

    def kappa(self) -> Numbers:
        """Cohen 1960; 1 where both only ever say one and the same code."""
        count = np.maximum(self.truth.sum(axis=-1), 1)
        by_chance = (self.truth * self.said).sum(axis=-1) / count**2
        alone = by_chance == 1
        return np.asarray(np.where(alone, 1.0, (self.same() - by_chance) / np.where(alone, 1.0, 1 - by_chance)))


def tally(conversations: Sequence[Sequence[tuple[str, str]]], codes: Sequence[str]) -> Tally:
    """Of (truth, answer) pairs, by conversation."""
    place = {code: number for number, code in enumerate(codes)}
    both, truth, said = (np.zeros((len(conversations), len(codes))) for _ in range(3))
    for row, pairs in enumerate(conversations):
        for right, answer in pairs:
            truth[row, place[right]] += 1
            said[row, place[answer]] += 1
            if right == answer:
                both[row, place[right]] += 1
    return Tally(both, truth, said)


class Draws:
    """The same draws for every figure. `weights` (draws × conversations) says how often each conversation is in."""

    def __init__(self, conversations: int, seed: int = 0, draws: int = DRAWS) -> None:
        self.weights = np.zeros((draws, conversations))
        if conversations:
            even = np.full(conversations, 1 / conversations)
            self.weights += np.random.default_rng(seed).multinomial(conversations, even, size=draws)

    def of(self, one: Tally) -> Tally:
        return Tally(self.weights @ one.both, self.weights @ one.truth, self.weights @ one.said)


def interval(figure: float, drawn: Numbers, *, conversations: int, at_once: int = 1) -> Interval | None:
    """Around a figure that rests on so many conversations; wider where it is one of several looked `at_once`
    (Bonferroni), so that chance alone seldom moves any of them. None where there are too few conversations, or where
    more than one draw in twenty lacks the figure."""
    known = drawn[np.isfinite(drawn)]
    if conversations < FEWEST or len(known) < LEVEL * len(drawn):
        return None
    error = float(known.std()) * math.sqrt(conversations / (conversations - 1))
    half = float(stdtrit(conversations - 1, 1 - (1 - LEVEL) / at_once / 2)) * error
    return Interval(figure - half, figure + half)
