"""A control chart of what two coders see differently: limits by hand, runs, and how often it cries wolf."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from coding.agreement.drift import BASELINE, FEWEST, RUN, Chart, Checked, Signal, chart


def months_of(shares: Sequence[float], *, sessions: int = 2, compared: int = 100) -> list[Checked]:
    """So many sessions a month, all with that month's share."""
    return [
        Checked(date(2025 + number // 12, number % 12 + 1, day + 1), compared, round(share * compared))
        for number, share in enumerate(shares)
        for day in range(sessions)
    ]


def signals(found: Chart) -> list[Signal | None]:
    return [month.signal for month in found.months]


def test_limits_are_three_standard_errors_of_a_share() -> None:
    found = chart(months_of([0.2] * 7))
    assert (found.centre, found.widened, found.settled) == (0.2, 1, True)
    (month, *_) = found.months
    assert (month.begins, month.sessions, month.compared, month.differ) == (date(2025, 1, 1), 2, 200, 40)
    reach = 3 * math.sqrt(0.2 * 0.8 / 200) + 0.5 / 200
    assert month.low == pytest.approx(0.2 - reach, abs=1e-4)
    assert month.high == pytest.approx(0.2 + reach, abs=1e-4)
    assert signals(found) == [None] * 7


def test_limits_are_wider_where_sessions_differ_more_than_chance_makes_them() -> None:
    """Sessions of 10 and 30 in a hundred: each is ten from the centre, where a standard error is four."""
    given = [Checked(date(2025, month, day), 100, 10 if day == 1 else 30) for month in range(1, 7) for day in (1, 2)]
    found = chart(given)
    assert found.centre == 0.2
    assert found.widened == pytest.approx(math.sqrt(12 * 100 / 16 / 11), rel=1e-3)
    reach = 3 * found.widened * math.sqrt(0.2 * 0.8 / 200) + 0.5 / 200
    assert found.months[0].high == pytest.approx(0.2 + reach, rel=1e-3)
    assert not found.settled


def test_a_month_far_out_is_a_signal_both_ways() -> None:
    found = chart(months_of([0.2] * 6 + [0.35, 0.2, 0.05]))
    assert signals(found)[6:] == [Signal.OUTSIDE_HIGH, None, Signal.OUTSIDE_LOW]
    assert found.centre == 0.2  # later months do not move it


def test_a_run_is_a_signal_from_its_eighth_month() -> None:
    assert RUN == 8
    higher = chart(months_of([0.2] * 6 + [0.23] * 9))
    assert signals(higher) == [None] * 13 + [Signal.RUN_HIGH] * 2
    assert signals(chart(months_of([0.2] * 6 + [0.17] * 8)))[-1] is Signal.RUN_LOW
    broken = [0.2] * 6 + [0.23] * 4 + [0.2] + [0.23] * 7
    assert set(signals(chart(months_of(broken)))) == {None}
    turned = [0.2] * 6 + [0.23] * 7 + [0.17] * 7
    assert set(signals(chart(months_of(turned)))) == {None}
    far = chart(months_of([0.2] * 6 + [0.23] * 8 + [0.4]))
    assert signals(far)[-1] is Signal.OUTSIDE_HIGH


def test_months_without_anything_compared_are_left_out_and_end_no_run() -> None:
    given = months_of([0.2] * 6 + [0.23] * 8)
    gap = [*given, Checked(date(2024, 12, 1), 0, 0)]
    assert chart(gap) == chart(given)
    later = [replace(one, held_on=one.held_on.replace(year=one.held_on.year + (number >= 20)))
             for number, one in enumerate(given)]  # fmt: skip
    assert signals(chart(later)) == signals(chart(given))


def test_with_few_sessions_there_are_no_limits() -> None:
    found = chart(months_of([0.2] * 3, sessions=3))
    assert FEWEST == 10
    assert (found.centre, found.settled, [month.share for month in found.months]) == (None, False, [0.2] * 3)
    assert {(month.low, month.high, month.signal) for month in found.months} == {(None, None, None)}
    assert chart([]) == Chart((), None, 1, settled=False)
    assert chart(months_of([0.2], sessions=10)).centre == 0.2


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_all_or_nothing_differed_the_first_to_do_otherwise_is_no_signal(share: float) -> None:
    given = [*months_of([share] * 6), Checked(date(2026, 1, 1), 100, 1 if share == 0 else 99)]
    found = chart(given)
    assert signals(found) == [None] * 7
    assert 0 <= found.months[-1].low <= found.months[-1].share <= found.months[-1].high <= 1
    assert chart([*given, Checked(date(2026, 2, 1), 100, 20 if share == 0 else 80)]).months[-1].signal is not None


def test_more_cannot_differ_than_was_compared() -> None:
    with pytest.raises(ValueError, match="cannot differ"):
        Checked(date(2025, 1, 1), 3, 4)


def charted(draw: np.random.Generator, *, months: int, shift: float) -> Chart:
    """Four sessions a month that differ, a fifth of codes different; more from the seventh month on."""
    return chart(
        [
            Checked(
                date(2025 + month // 12, month % 12 + 1, day + 1), 120,
                int(draw.binomial(120, np.clip(draw.normal(0.2 + shift * (month >= BASELINE), 0.05), 0.01, 0.99))),
            )
            for month in range(months)
            for day in range(4)
        ]
    )  # fmt: skip


def test_it_seldom_cries_wolf_and_sees_ten_more_in_a_hundred() -> None:
    draw = np.random.default_rng(9)
    quiet = [charted(draw, months=12, shift=0) for _ in range(150)]
    assert np.mean([any(signals(one)) for one in quiet]) <= 0.12
    moved = [charted(draw, months=9, shift=0.1) for _ in range(100)]
    assert np.mean([any(signals(one)[BASELINE:]) for one in moved]) >= 0.75
