"""Whether one person's figure changed over their sessions, by more than chance would. Pure.

The change is what a straight line through the sessions rises from the first day to the last (least squares), with the
90 % interval of the ordinary t statistic. Each session counts the same: how sure the coder is of one session is small
beside how much sessions of one person differ.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.intervals import student_t

FEWEST = 5
"""Sessions: with four the interval is so wide that the sentence would always be the same."""
SHORTEST_DAYS = 14
FEW_EACH = 3
"""Sessions on each side of a difference of two means."""
SURE = 0.99
"""For what a sentence calls a change: with eight figures, at most one person in thirteen would see one move by
chance."""


@dataclass(frozen=True)
class Change:
    """`rise` from the first day to the last, in the figure's own unit, and its 90 % interval. `direction` is 1 or −1
    where even the 99 % interval lies on one side of nothing, else 0."""

    rise: float
    low: float
    high: float
    direction: int


def _change(rise: float, error: float, freedom: float) -> Change:
    """`error` is the standard error of `rise`."""
    half, sure = student_t(freedom) * error, student_t(freedom, SURE) * error
    return Change(rise, rise - half, rise + half, 1 if rise > sure else -1 if rise < -sure else 0)


class TooEarly(StrEnum):
    FEW_SESSIONS = "few_sessions"
    SHORT_TIME = "short_time"


def too_early(days: Sequence[date]) -> TooEarly | None:
    """None where sessions of these days are enough for a line."""
    if len(days) < FEWEST:
        return TooEarly.FEW_SESSIONS
    return TooEarly.SHORT_TIME if (max(days) - min(days)).days < SHORTEST_DAYS else None


def change_over(values: Sequence[tuple[date, float]]) -> Change | TooEarly:
    if early := too_early([day for day, _ in values]):
        return early
    first, last = min(day for day, _ in values), max(day for day, _ in values)
    days = [float((day - first).days) for day, _ in values]
    mean_day, mean = sum(days) / len(days), sum(value for _, value in values) / len(values)
    spread = sum((day - mean_day) ** 2 for day in days)
    slope = sum((day - mean_day) * (value - mean) for day, (_, value) in zip(days, values, strict=True)) / spread
    missed = sum((value - mean - slope * (day - mean_day)) ** 2 for day, (_, value) in zip(days, values, strict=True))
    span = float((last - first).days)
    return _change(slope * span, span * math.sqrt(missed / (len(values) - 2) / spread), len(values) - 2)


def difference(before: Sequence[float], after: Sequence[float]) -> Change | TooEarly:
    """Of two means (Welch's), `after` less `before`. It needs three sessions on each side."""
    if min(len(before), len(after)) < FEW_EACH:
        return TooEarly.FEW_SESSIONS
    first, second = _mean_and_error(before), _mean_and_error(after)
    rise, both = second[0] - first[0], first[1] + second[1]
    if both == 0:
        return _change(rise, 0.0, 1)
    share = first[1] / both  # of the variance; its parts squared could be too small for a number
    freedom = 1 / (share**2 / (len(before) - 1) + (1 - share) ** 2 / (len(after) - 1))
    return _change(rise, math.sqrt(both), freedom)


def _mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the variance of it."""
    mean = sum(values) / len(values)
    return mean, sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)
