"""How much teams differ, and each team's figure drawn towards the mean of all as far as its people are few: a model
with a random intercept for the team, y = mu + u(team) + e(person), of people's own means (Laird and Ware 1982;
Robinson 1991).

REML, in closed form but for the ratio of the two variances, which is found by bisection. It equals `MixedLM(y, 1,
groups=team).fit(reml=True)` of statsmodels where that converges. Where teams hardly differ, as they often do, that one
warns, stops short of the maximum or returns a mean far from the data; hence our own. Pure, and plain Python.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, log, sqrt
from statistics import fmean

from training.figures.rates import SHARE, Range, without_spread
from training.intervals import student_t

FEWEST_TEAMS = 3
FEWEST_MORE = 5
"""People beyond one a team: of fewer it cannot be told whether teams differ or people do."""
_GRID, _HALVINGS = 400, 80
_NOTHING = 1e-12


class Fit(StrEnum):
    """DIFFERENT: teams differ by `between`. ALIKE: no more than their people do. The other three cannot be told; every
    team then stands at the mean of all people."""

    DIFFERENT = "different"
    ALIKE = "alike"
    FEW_TEAMS = "few_teams"
    FEW_PEOPLE = "few_people"
    CONSTANT = "constant"


@dataclass(frozen=True)
class Team:
    """`raw` is the mean of its people; `value` is what the model expects of it, with its 90 % interval."""

    name: str
    people: int
    raw: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Differences:
    """`mean` is mu; `between` and `within` are standard deviations, of teams and of people in a team; `icc` is the
    share of the variance that lies between teams, 0–1. `teams` stand in the order they were given in."""

    fit: Fit
    mean: float
    between: float
    within: float
    icc: float
    teams: tuple[Team, ...]


def differences(people: Mapping[str, Sequence[float]], *, range_: Range = SHARE) -> Differences | None:
    """`people` are the means of each team's people. None where there is nobody. A team without people is left out.

    The interval of a team is by the variance of its random effect given the data and by what is unsure of the mean of
    all (Henderson 1975): where little is known of a team its interval is as wide as teams differ."""
    teams = {name: list(values) for name, values in people.items() if values}
    everyone = [value for values in teams.values() for value in values]
    if not everyone:
        return None
    spread = max(everyone) - min(everyone)
    if spread <= _NOTHING * max(1.0, abs(everyone[0])):
        return _all_at_the_mean(Fit.CONSTANT, teams, everyone, range_)
    if len(teams) < FEWEST_TEAMS:
        return _all_at_the_mean(Fit.FEW_TEAMS, teams, everyone, range_)
    if len(everyone) - len(teams) < FEWEST_MORE:
        return _all_at_the_mean(Fit.FEW_PEOPLE, teams, everyone, range_)
    model = _Profile.of(list(teams.values()))
    ratio = model.best_ratio()
    if ratio == 0:
        return _all_at_the_mean(Fit.ALIKE, teams, everyone, range_)
    return _fitted(teams, model, ratio, range_)


def _fitted(teams: Mapping[str, Sequence[float]], model: "_Profile", ratio: float, range_: Range) -> Differences:
    mean, within2 = model.mean(ratio), model.within2(ratio)
    between2 = ratio * within2
    mean2 = within2 / fsum(model.weights(ratio))
    reach = student_t(len(model) - len(teams))
    found = []
    for (name, values), raw in zip(teams.items(), model.means, strict=True):
        kept = len(values) * ratio / (1 + len(values) * ratio)
        value = mean + kept * (raw - mean)
        half = reach * sqrt(between2 * (1 - kept) + (1 - kept) ** 2 * mean2)
        ends = _cut(value, half, range_) if half else without_spread(value, len(values), within=range_)
        found.append(Team(name, len(values), raw, value, *ends))
    return Differences(
        Fit.DIFFERENT, mean, sqrt(between2), sqrt(within2), between2 / (between2 + within2), tuple(found)
    )


def _all_at_the_mean(
    fit: Fit, teams: Mapping[str, Sequence[float]], everyone: Sequence[float], range_: Range
) -> Differences:
    mean = fmean(everyone)
    within = sqrt(fsum((value - mean) ** 2 for value in everyone) / max(1, len(everyone) - 1))
    if fit is Fit.CONSTANT:
        within = 0.0
        ends = without_spread(mean, len(everyone), within=range_)
    else:
        ends = _cut(mean, student_t(len(everyone) - 1) * within / sqrt(len(everyone)), range_)
    found = tuple(Team(name, len(values), fmean(values), mean, *ends) for name, values in teams.items())
    return Differences(fit, mean, 0.0, within, 0.0, found)


def _cut(value: float, half: float, range_: Range) -> tuple[float, float]:
    return max(range_.least, value - half), min(range_.most, value + half)


@dataclass(frozen=True)
class _Profile:
    """The restricted likelihood as a function of one number, the ratio of the variance between teams to that within."""

    sizes: tuple[int, ...]
    means: tuple[float, ...]
    inside: float
    """The sum of squares of people around the mean of their team."""

    @classmethod
    def of(cls, teams: Sequence[Sequence[float]]) -> "_Profile":
        means = tuple(fmean(values) for values in teams)
        inside = fsum((value - mean) ** 2 for values, mean in zip(teams, means, strict=True) for value in values)
        return cls(tuple(len(values) for values in teams), means, inside)

    def __len__(self) -> int:
        return sum(self.sizes)

    def weights(self, ratio: float) -> list[float]:
        return [size / (1 + size * ratio) for size in self.sizes]

    def mean(self, ratio: float) -> float:
        weights = self.weights(ratio)
        return fsum(w * mean for w, mean in zip(weights, self.means, strict=True)) / fsum(weights)

    def _squares(self, ratio: float) -> float:
        mean = self.mean(ratio)
        around = zip(self.weights(ratio), self.means, strict=True)
        return self.inside + fsum(w * (own - mean) ** 2 for w, own in around)

    def within2(self, ratio: float) -> float:
        return self._squares(ratio) / (len(self) - 1)

    def deviance(self, ratio: float) -> float:
        """−2 log likelihood, but for a constant."""
        sizes = fsum(log(1 + size * ratio) for size in self.sizes)
        return (len(self) - 1) * log(self._squares(ratio)) + sizes + log(fsum(self.weights(ratio)))

    def _slope(self, ratio: float) -> float:
        weights, mean = self.weights(ratio), self.mean(ratio)
        falls = fsum(w * w * (own - mean) ** 2 for w, own in zip(weights, self.means, strict=True))
        total = fsum(weights)
        return total - fsum(w * w for w in weights) / total - (len(self) - 1) * falls / self._squares(ratio)

    def best_ratio(self) -> float:
        """Over a grid of shares of the variance from 0 to nearly 1, then where the slope is nought. 0 where any
        difference between teams makes the data less likely."""
        shares = [step / _GRID for step in range(_GRID)]
        ratios = [share / (1 - share) for share in shares]
        best = min(range(_GRID), key=lambda at: self.deviance(ratios[at]))
        if best == 0 and self._slope(0.0) >= 0:
            return 0.0
        low, high = shares[max(0, best - 1)], shares[min(_GRID - 1, best + 1)]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self._slope(middle / (1 - middle)) > 0 else (middle, high)
        return low / (1 - low)
