"""Control limits, funnel limits and a mixed model recomputed slowly: by their textbook formulas, by adding up chances,
and by the whole covariance matrix."""

from collections import defaultdict
from fractions import Fraction
from itertools import groupby, pairwise
from math import comb, sqrt
from typing import Any

import numpy as np
from scipy import stats
from scipy.optimize import minimize_scalar
from scipy.stats.mstats import winsorize

Pairs = list[tuple[str, Fraction, Fraction]]
NONE = {"value": None, "lower": None, "upper": None}


def p_chart(months: list[Pairs | None]) -> dict[str, Any]:
    """Of shares: three sigma, widened by how much months differ beside that (Laney 2002) from ten months on."""
    sums = [
        (sum((r for _, r, _ in one or []), Fraction()), sum((q for *_, q in one or []), Fraction())) for one in months
    ]
    there = [(r, q) for r, q in sums if q]
    centre = float(sum(r for r, _ in there) / sum(q for _, q in there))
    sigma = [sqrt(centre * (1 - centre) / q) for _, q in there]
    spread = 1.0
    if len(there) >= 10 and 0 < centre < 1:
        z = [(float(r / q) - centre) / own for (r, q), own in zip(there, sigma, strict=True)]
        spread = max(1.0, float(np.mean(np.abs(np.diff(z)))) / 1.128)
    points = []
    for r, q in sums:
        if not q:
            points.append(NONE)
            continue
        reach = 3 * spread * sqrt(centre * (1 - centre) / q)
        points.append({"value": float(r / q), "lower": max(0, centre - reach), "upper": min(1, centre + reach)})
    return {"centre": centre, "points": points, "spread": spread, "signals": _signals(points, centre)}


def xmr_chart(values: list[float | None], within: tuple[float, float]) -> dict[str, Any] | None:
    there = [one for one in values if one is not None]
    if len(there) < 2:
        return None
    centre = sum(there) / len(there)
    reach = 2.66 * sum(abs(after - before) for before, after in pairwise(there)) / (len(there) - 1)
    low, high = max(within[0], centre - reach), min(within[1], centre + reach)
    points = [NONE if one is None else {"value": one, "lower": low, "upper": high} for one in values]
    return {"centre": centre, "points": points, "spread": 1.0, "signals": _signals(points, centre)}


def _signals(points: list[dict[str, Any]], centre: float) -> list[dict[str, Any]]:
    """Outside the limits, then eight or more in a row on one side; what lies on the centre says nothing."""
    there = [(at, one) for at, one in enumerate(points) if one["value"] is not None]
    found = [
        {"rule": "above" if one["value"] > one["upper"] else "below", "first": at, "last": at}
        for at, one in there
        if one["value"] > one["upper"] + 1e-9 or one["value"] < one["lower"] - 1e-9
    ]
    sides = [(at, one["value"] > centre) for at, one in there if abs(one["value"] - centre) > 1e-9]
    for above, run in groupby(sides, key=lambda one: one[1]):
        at = [place for place, _ in run]
        if len(at) >= 8:
            found.append({"rule": "run_above" if above else "run_below", "first": at[0], "last": at[-1]})
    return found


def _phi(z: list[float]) -> float:
    return max(1.0, float((winsorize(np.array(z), (0.1, 0.1)) ** 2).mean())) if len(z) >= 10 else 1.0


def funnel_of_shares(teams: dict[str, Pairs]) -> dict[str, Any] | None:
    groups = {key: (int(sum(r for _, r, _ in one)), len(one)) for key, one in teams.items() if one}
    if not groups:
        return None
    centre = sum(met for met, _ in groups.values()) / sum(of for _, of in groups.values())
    phi = 1.0
    if 0 < centre < 1:
        phi = _phi([(met / of - centre) / sqrt(centre * (1 - centre) / of) for met, of in groups.values()])

    def limits(of: float) -> tuple[float, ...]:
        n = int(of)
        if centre in (0, 1):
            return (centre,) * 4
        low, far_low = (_fewest(p, n, centre) for p in (0.05, 0.001))
        high, far_high = (1 - _fewest(p, n, 1 - centre) for p in (0.05, 0.001))
        wide = [centre + sqrt(phi) * (end - centre) for end in (low, high, far_low, far_high)]
        return tuple(min(1.0, max(0.0, end)) for end in wide)

    return {
        "centre": centre, "phi": phi, "unit": None, "limits": limits,
        "groups": {key: (met / of, of) for key, (met, of) in groups.items()},
    }  # fmt: skip


def _fewest(p: float, n: int, share: float) -> float:
    """The share met that as few meet with the chance `p`, interpolated (Spiegelhalter 2005)."""
    below = 0.0
    for r in range(n + 1):
        one = comb(n, r) * share**r * (1 - share) ** (n - r)
        if below + one > p:
            return min(1.0, max(0.0, (r - (below + one - p) / one) / n))
        below += one
    raise AssertionError


def people_of(pairs: Pairs) -> list[tuple[float, float]]:
    sums: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(), Fraction()])
    for person, r, q in pairs:
        sums[person][0] += r
        sums[person][1] += q
    return [(float(r), float(q)) for r, q in sums.values()]


def funnel_of_ratios(teams: dict[str, Pairs], within: tuple[float, float]) -> dict[str, Any] | None:
    people = {key: people_of(one) for key, one in teams.items()}
    people = {key: one for key, one in people.items() if any(q for _, q in one)}
    freedom = sum(1 for one in people.values() for _, q in one if q) - len(people)
    if freedom < 1:
        return None
    size = {key: sum(q for _, q in one) for key, one in people.items()}
    value = {key: sum(r for r, _ in one) / size[key] for key, one in people.items()}
    unit = sum(q * (r / q - value[key]) ** 2 for key, one in people.items() for r, q in one if q) / freedom
    centre = sum(r for one in people.values() for r, _ in one) / sum(size.values())
    phi = _phi([(value[key] - centre) / sqrt(unit / size[key]) for key in people]) if unit else 1.0

    def limits(of: float) -> tuple[float, ...]:
        inner, outer = (float(stats.norm.ppf(1 - p)) * sqrt(phi * unit / of) for p in (0.05, 0.001))
        ends = (centre - inner, centre + inner, centre - outer, centre + outer)
        return tuple(min(within[1], max(within[0], end)) for end in ends)

    return {
        "centre": centre, "phi": phi, "unit": unit, "limits": limits,
        "groups": {key: (value[key], size[key]) for key in people},
    }  # fmt: skip


def place(value: float, limits: tuple[float, ...]) -> str:
    low, high, far_low, far_high = limits
    if value > high + 1e-9:
        return "far_above" if value > far_high + 1e-9 else "above"
    if value < low - 1e-9:
        return "far_below" if value < far_low - 1e-9 else "below"
    return "within"


class Mixed:
    """y = mean + team + person, with the covariance of all people as one matrix."""

    def __init__(self, teams: dict[str, list[float]]) -> None:
        self.teams = {key: values for key, values in teams.items() if values}
        self.y = np.array([value for values in self.teams.values() for value in values])
        team = np.repeat(np.arange(len(self.teams)), [len(values) for values in self.teams.values()])
        self.design = (team[:, None] == np.arange(len(self.teams))[None, :]).astype(float)

    def unlikely(self, ratio: float) -> float:
        """−2 × the restricted log likelihood at its best variance within, but for a constant."""
        covariance = np.eye(len(self.y)) + ratio * self.design @ self.design.T
        inverse, ones = np.linalg.inv(covariance), np.ones(len(self.y))
        weight = ones @ inverse @ ones
        off = self.y - ones @ inverse @ self.y / weight
        freedom = len(self.y) - 1
        squares = off @ inverse @ off
        return float(freedom * np.log(squares) + np.linalg.slogdet(covariance)[1] + np.log(weight))

    def least_unlikely(self) -> float:
        """Over shares of the variance from none to nearly all."""
        grid = [share / 12 for share in range(12)]
        best = min(grid, key=lambda share: self.unlikely(share / (1 - share)))
        found = minimize_scalar(
            lambda share: self.unlikely(share / (1 - share)),
            bounds=(max(0.0, best - 1 / 12), min(0.999, best + 1 / 12)), method="bounded", options={"xatol": 1e-7},
        )  # fmt: skip
        return float(min(found.fun, self.unlikely(0)))

    def given(self, between: float, within: float) -> tuple[float, dict[str, tuple[float, float]]]:
        """The mean, and each team's expected figure with half of its interval."""
        covariance = within**2 * np.eye(len(self.y)) + between**2 * self.design @ self.design.T
        inverse, ones = np.linalg.inv(covariance), np.ones(len(self.y))
        of_mean = 1 / (ones @ inverse @ ones)
        mean = float(of_mean * (ones @ inverse @ self.y))
        reach = float(stats.t.ppf(0.95, len(self.y) - len(self.teams)))
        found = {}
        for at, key in enumerate(self.teams):
            own = between**2 * self.design[:, at]
            effect = own @ inverse @ (self.y - mean)
            left = 1 - own @ inverse @ ones
            variance = between**2 - own @ inverse @ own + left**2 * of_mean
            found[key] = (mean + float(effect), reach * sqrt(max(0.0, float(variance))))
        return mean, found
