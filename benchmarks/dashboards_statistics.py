"""How far figures of a made-up programme are from those of statsmodels and scipy."""

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from uuid import UUID

import numpy as np
from scipy import stats
from scipy.optimize import minimize_scalar
from statsmodels.regression.linear_model import WLS
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats.proportion import proportion_confint

from coding.coder.figures import Figure, at_least, at_most
from models.coding import CodedBy
from models.database import Database
from training.figures.funnel import Counted as Placed
from training.figures.funnel import binomial_limits, funnel_of_ratios, funnel_of_shares
from training.figures.limits import Counted, p_chart, xmr_chart
from training.figures.measures import MEASURES, Measure, observed
from training.figures.mixed import Fit, differences
from training.figures.rates import Observed, estimate
from training.figures.rows import FigureRow, figure_rows
from training.intervals import LEVEL, student_t, wilson

_SURE = 1e-6
"""An interval narrower than that has no spread, and statsmodels then gives none."""


def statistics(database: Database, organisation_id: UUID) -> Iterator[Figure]:
    """Of each measure, for each team of an authority, in each slice."""
    with database.read() as session:
        rows = figure_rows(session, organisation_id, since=date(2000, 1, 1), before=date(2100, 1, 1))
    rates, mixed, compared = [*_intervals()], list[float](), 0
    for slice_, found in rows.items():
        for measure in Measure:
            if slice_.coded_by is CodedBy.MACHINE and measure in Measure.rated():
                continue
            teams, months = _grouped(measure, found)
            for group in (*teams.values(), *months.values()):
                rates.extend(_rate(group, measure))
                compared += 1
            rates.extend(_limits(measure, teams, months))
            mixed.extend(_mixed(teams))
    yield at_least("rates and limits compared with statsmodels and scipy, groups", compared, 100)
    yield at_most("rates, intervals and limits against statsmodels and scipy: largest difference", max(rates), 1e-8)
    yield at_least("mixed models compared with statsmodels", len(mixed) / 2, 5)
    yield at_most("mixed model against statsmodels: largest difference", max(mixed), 1e-5)


def _grouped(
    measure: Measure, rows: Sequence[FigureRow]
) -> tuple[Mapping[str, list[Observed]], Mapping[str, list[Observed]]]:
    teams: dict[str, list[FigureRow]] = defaultdict(list)
    months: dict[str, list[FigureRow]] = defaultdict(list)
    for row in rows:
        teams[str(row.team)].append(row)
        months[f"{row.month}"].append(row)

    def of(groups: Mapping[str, list[FigureRow]]) -> dict[str, list[Observed]]:
        made = {
            key: observed(measure, ((str(one.person), one.counts, one.ratings) for one in group))
            for key, group in sorted(groups.items())
        }
        return {key: [one for one in group if one.denominator] for key, group in made.items() if group}

    return of(teams), of(months)


def _intervals() -> Iterator[float]:
    for freedom in (*range(1, 200), 2_000):
        yield abs(student_t(freedom) / float(stats.t.ppf((1 + LEVEL) / 2, freedom)) - 1)
    for n in range(1, 60):
        for met in range(n + 1):
            low, high = proportion_confint(met, n, alpha=1 - LEVEL, method="wilson")
            yield from (abs(one - other) for one, other in zip(wilson(met / n, n), (low, high), strict=True))


def _rate(group: Sequence[Observed], measure: Measure) -> Iterator[float]:
    found = estimate(group, within=MEASURES[measure].within)
    if found is None:
        return
    r, q = (np.array([getattr(one, name) for one in group]) for name in ("numerator", "denominator"))
    people = np.unique([one.person for one in group], return_inverse=True)[1]
    fitted = WLS(r / q, np.ones(len(r)), weights=q).fit(cov_type="cluster", cov_kwds={"groups": people}, use_t=True)
    low, high = fitted.conf_int(1 - LEVEL)[0]
    yield abs(found.value - float(fitted.params[0]))
    within = MEASURES[measure].within
    if high - low > _SURE:
        yield abs(found.low - max(within.least, low))
        yield abs(found.high - min(within.most, high))


def _limits(
    measure: Measure, teams: Mapping[str, list[Observed]], months: Mapping[str, list[Observed]]
) -> Iterator[float]:
    sums = [(sum(one.numerator for one in group), sum(one.denominator for one in group)) for group in months.values()]
    met, of = (np.array([pair[at] for pair in sums if pair[1]]) for at in (0, 1))
    if not len(of):
        return
    if MEASURES[measure].percent:
        chart = p_chart([Counted(*pair) for pair in sums if pair[1]])
        centre = met.sum() / of.sum()
        reach = 3 * np.sqrt(centre * (1 - centre) / of)
        yield from _points(chart, np.clip(centre - reach, 0, 1), np.clip(centre + reach, 0, 1))
    elif len(of) > 1:
        values = met / of
        chart = xmr_chart([float(one) for one in values])
        reach = np.full(len(of), 2.66 * np.mean([abs(after - before) for before, after in pairwise(values)]))
        yield from _points(chart, values.mean() - reach, values.mean() + reach)
    if measure in (Measure.AT_FAIR, Measure.AT_GOOD):
        yield from _binomial(teams)
    elif (funnel := funnel_of_ratios(teams, within=MEASURES[measure].within)) is not None and funnel.unit is not None:
        people = [one for group in teams.values() for one in _sums(group)]
        team = [name for name, group in teams.items() for _ in _sums(group)]
        r, q = np.array([one[0] for one in people]), np.array([one[1] for one in people])
        dummies = (np.array(team)[:, None] == np.array(sorted(set(team)))[None, :]).astype(float)
        scale = float(WLS(r / q, dummies, weights=q).fit().scale)
        yield abs(funnel.unit - scale) / (1 + scale)


def _points(chart: object, lower: object, upper: object) -> Iterator[float]:
    points = chart.points  # type: ignore[attr-defined]
    for point, low, high in zip(points, lower, upper, strict=True):  # type: ignore[call-overload]
        yield abs(point.lower - low)
        yield abs(point.upper - high)


def _binomial(teams: Mapping[str, list[Observed]]) -> Iterator[float]:
    """The limits at which scipy's chances of as few or as many, interpolated, are 5 and 0.1 %."""
    groups = [Placed(key, round(sum(one.numerator for one in group)), len(group)) for key, group in teams.items()]
    funnel = funnel_of_shares(groups)
    if funnel is None:
        return
    yield abs(funnel.centre - sum(one.met for one in groups) / sum(one.of for one in groups))
    for one in binomial_limits(funnel.centre, [group.of for group in groups]):
        for share, inner, outer in (
            (funnel.centre, one.low, one.far_low), (1 - funnel.centre, 1 - one.high, 1 - one.far_high)
        ):  # fmt: skip
            for p, limit in ((0.05, inner), (0.001, outer)):
                chances = np.cumsum([stats.binom.pmf(r, int(one.of), share) for r in range(int(one.of) + 1)])
                r = int(np.argmax(chances > p))
                before = chances[r - 1] if r else 0.0
                yield abs(limit - min(1.0, max(0.0, (r - (chances[r] - p) / (chances[r] - before)) / one.of)))


def _sums(group: Sequence[Observed]) -> list[tuple[float, float]]:
    sums: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for one in group:
        r, q = sums[one.person]
        sums[one.person] = r + one.numerator, q + one.denominator
    return [one for one in sums.values() if one[1]]


def _mixed(teams: Mapping[str, list[Observed]]) -> Iterator[float]:
    """Of the spread between teams beside that within, and of the mean. The maximum of the restricted likelihood of
    statsmodels is looked for by scipy: its own search often ends short of it where teams hardly differ."""
    people = {key: [r / q for r, q in _sums(group)] for key, group in teams.items()}
    found = differences(people)
    if found is None or found.fit is not Fit.DIFFERENT:
        return
    y = np.concatenate([np.array(values) for values in people.values()])
    team = np.repeat(np.arange(len(people)), [len(values) for values in people.values()])
    model = MixedLM(y, np.ones((len(y), 1)), team)
    model.reml, model.cov_pen, model.fe_pen = True, None, None

    def unlikely(spread: float) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return -float(model.loglike(np.array([spread]), profile_fe=True))

    best = float(minimize_scalar(unlikely, bounds=(1e-4, 5), method="bounded", options={"xatol": 1e-9}).x)
    yield abs(found.between / found.within - best)
    mean, _ = model.get_fe_params(np.array([[best**2]]), np.array([]))
    yield abs(found.mean / float(mean[0]) - 1)
