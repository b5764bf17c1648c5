"""Outcomes that an authority uploaded, as points: what stands beside fidelity, and says nothing of what caused what.
Pure."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from training.adoption.chart import Point
from training.adoption.lines import OutcomeLine
from training.adoption.months import last_finished

NO_CAUSE = (
    "These counts stand beside the figures of practice. That both move does not show that one moves the other: "
    "referrals, staffing, courts, policy and chance move them too. A claim about cause needs a comparison."
)
_Z = 1.6449
"""Of a 90 % interval."""
LEAST = 5


def by_chance(count: int) -> tuple[float, float]:
    """How far a count moves by chance alone: the 90 % interval of a Poisson mean, by Byar's approximation (Breslow and
    Day 1987), which is good to a few hundredths from a count of 1 on."""
    high = (count + 1) * (1 - 1 / (9 * (count + 1)) + _Z / (3 * math.sqrt(count + 1))) ** 3
    low = count * (1 - 1 / (9 * count) - _Z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    return max(0.0, low), high


def outcome_points(lines: Sequence[OutcomeLine], *, today: date, small_hidden: bool) -> dict[str, tuple[Point, ...]]:
    """By series, each the earliest month first, of finished months. `small_hidden` hides counts under 5, nought too."""
    last = last_finished(today)
    found: dict[str, list[OutcomeLine]] = defaultdict(list)
    names: dict[str, str] = {}
    for line in lines:
        if line.month <= last:
            names.setdefault(line.series.casefold(), line.series)
            found[line.series.casefold()].append(line)
    return {
        names[key]: tuple(
            _point(line, hidden=small_hidden and line.count < LEAST)
            for line in sorted(series, key=lambda one: one.month)
        )
        for key, series in found.items()
    }


def _point(line: OutcomeLine, *, hidden: bool) -> Point:
    if hidden:
        return Point(line.month, line.month, None, "fewer than 5")
    low, high = by_chance(line.count)
    more = "" if line.out_of is None else f"of {line.out_of:,}"
    return Point(
        line.month, line.month, float(line.count), f"{line.count:,}", low, high, f"{low:.0f} to {high:.0f}", more,
        {} if line.out_of is None else {"out_of": line.out_of},
    )  # fmt: skip
