import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.figures.limits import RUN, Counted, Point, Rule, Signal, in_words, p_chart, signals_of, u_chart, xmr_chart

months = st.lists(
    st.integers(0, 90).flatmap(lambda of: st.builds(Counted, st.integers(0, of), st.just(of))), min_size=1, max_size=30
)


@given(months)
def test_a_p_chart_has_three_sigma_limits(counted: list[Counted]) -> None:
    chart = p_chart(counted)
    met, of = np.array([one.met for one in counted]), np.array([one.of for one in counted])
    if not of.sum():
        assert chart is None
        return
    assert chart is not None
    assert chart.centre == pytest.approx(met.sum() / of.sum())
    there = of > 0
    sigma = np.sqrt(chart.centre * (1 - chart.centre) / of[there])
    drawn = [point for point in chart.points if point.value is not None]
    assert len(chart.points) == len(counted)
    assert [point.value for point in drawn] == pytest.approx(list(met[there] / of[there]))
    assert [point.lower for point in drawn] == pytest.approx(list(np.clip(chart.centre - 3 * sigma, 0, 1)))
    assert [point.upper for point in drawn] == pytest.approx(list(np.clip(chart.centre + 3 * sigma, 0, 1)))
    for signal in chart.signals:
        assert chart.points[signal.first].value is not None


@given(months)
def test_laneys_chart_widens_by_how_much_months_differ(counted: list[Counted]) -> None:
    plain, adjusted = p_chart(counted), p_chart(counted, adjusted=True)
    if plain is None or adjusted is None:
        assert plain is adjusted
        return
    there = [one for one in counted if one.of]
    expected = 1.0
    if len(there) >= 10 and 0 < plain.centre < 1:
        of = np.array([one.of for one in there])
        z = (np.array([one.met for one in there]) / of - plain.centre) / np.sqrt(plain.centre * (1 - plain.centre) / of)
        expected = max(1.0, np.abs(np.diff(z)).mean() / 1.128)
    assert adjusted.spread == pytest.approx(expected)
    assert plain.spread == 1
    assert adjusted.settled == (len(there) >= 10)
    for narrow, wide in zip(plain.points, adjusted.points, strict=True):
        if narrow.value is None:
            assert wide == Point(None, None, None)
            continue
        assert wide.lower <= narrow.lower + 1e-12
        assert wide.upper >= narrow.upper - 1e-12


def test_a_u_chart_has_the_limits_of_poisson_counts() -> None:
    chart = u_chart([Counted(30, 10), Counted(0, 0), Counted(22, 8), Counted(100, 12.5)])
    assert chart is not None
    centre = 152 / 30.5
    assert chart.centre == pytest.approx(centre)
    assert chart.points[1] == Point(None, None, None)
    assert chart.points[3].upper == pytest.approx(centre + 3 * (centre / 12.5) ** 0.5)
    assert chart.signals == (Signal(Rule.ABOVE, 3, 3),)


@given(st.lists(st.one_of(st.none(), st.floats(1, 5)), max_size=30))
def test_an_xmr_chart_has_limits_by_moving_ranges(means: list[float | None]) -> None:
    chart = xmr_chart(means, least=1, most=5)
    there = [value for value in means if value is not None]
    if len(there) < 2:
        assert chart is None
        return
    assert chart is not None
    reach = 2.66 * np.abs(np.diff(there)).mean()
    assert chart.centre == pytest.approx(np.mean(there))
    for value, point in zip(means, chart.points, strict=True):
        assert point.value == value
        if value is not None:
            assert point.lower == pytest.approx(max(1, np.mean(there) - reach))
            assert point.upper == pytest.approx(min(5, np.mean(there) + reach))


def test_the_worked_example_of_an_xmr_chart() -> None:
    """Moving ranges 2, 1, 4 and 5: the mean is 3."""
    chart = xmr_chart([10, 12, 11, 15, 10])
    assert chart is not None
    assert (chart.centre, chart.points[0].lower, chart.points[0].upper) == (
        11.6, pytest.approx(11.6 - 7.98), pytest.approx(11.6 + 7.98)
    )  # fmt: skip
    assert not chart.settled


def at(*values: float | None) -> list[Point]:
    return [Point(None, None, None) if value is None else Point(value, 0.2, 0.8) for value in values]


def test_a_run_is_eight_in_a_row_and_a_month_without_a_point_does_not_end_it() -> None:
    assert signals_of(at(*[0.6] * (RUN - 1), 0.4), 0.5) == ()
    assert signals_of(at(0.4, *[0.6] * RUN, 0.4), 0.5) == (Signal(Rule.RUN_ABOVE, 1, RUN),)
    assert signals_of(at(*[0.4] * 4, None, 0.5, *[0.4] * 4), 0.5) == (Signal(Rule.RUN_BELOW, 0, 9),)
    assert signals_of(at(*[0.4] * 4, 0.5, 0.5, 0.5, 0.5), 0.5) == ()


def test_a_point_on_its_limit_lies_within() -> None:
    assert signals_of(at(0.8, 0.2, 0.81, 0.19), 0.5) == (Signal(Rule.ABOVE, 2, 2), Signal(Rule.BELOW, 3, 3))


def test_all_or_none_signals_nothing() -> None:
    for met in (0, 1):
        chart = p_chart([Counted(met * of, of) for of in (3, 12, 7, 1, 30, 9, 4, 8, 11, 2)], adjusted=True)
        assert chart is not None
        assert (chart.centre, chart.signals, chart.spread) == (met, (), 1.0)


def test_steady_months_rarely_signal_and_a_fall_does() -> None:
    chance = random.Random(1)
    false = 0
    for _ in range(200):
        chart = p_chart([Counted(sum(chance.random() < 0.4 for _ in range(40)), 40) for _ in range(24)])
        assert chart is not None
        false += any(signal.rule in (Rule.ABOVE, Rule.BELOW) for signal in chart.signals)
    assert false < 200 * 0.12
    fallen = p_chart([Counted(24, 40)] * 12 + [Counted(8, 40)] * 12)
    assert fallen is not None
    assert {signal.rule for signal in fallen.signals} >= {Rule.RUN_ABOVE, Rule.RUN_BELOW}


def test_signals_are_said_in_words() -> None:
    months = ["May 2026", "June 2026", "July 2026"]
    assert in_words(Signal(Rule.BELOW, 1, 1), months) == "June 2026 is lower than the usual ups and downs explain."
    assert in_words(Signal(Rule.RUN_ABOVE, 0, 2), months).startswith("From May 2026 to July 2026 every month is above")
    assert all(in_words(Signal(rule, 0, 1), months) for rule in Rule)
