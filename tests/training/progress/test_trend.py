import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from training.progress.trend import Change, TooEarly, change_over, difference

START = date(2026, 1, 5)


def over(values: list[float], *, every: int = 10) -> list[tuple[date, float]]:
    return [(START + timedelta(days=every * number), value) for number, value in enumerate(values)]


@given(st.lists(st.floats(0, 100), min_size=5, max_size=25))
def test_change_is_that_of_least_squares(values: list[float]) -> None:
    found = change_over(over(values))
    assert isinstance(found, Change)
    span = 10 * (len(values) - 1)
    line = stats.linregress(range(0, span + 1, 10), values)
    half = stats.t.ppf(0.95, len(values) - 2) * (0 if math.isnan(line.stderr) else line.stderr) * span
    assert found.rise == pytest.approx(line.slope * span, abs=1e-6)
    assert found.high - found.rise == pytest.approx(half, rel=1e-3, abs=1e-6)


@given(st.lists(st.floats(0, 100), min_size=3, max_size=12), st.lists(st.floats(0, 100), min_size=3, max_size=12))
def test_difference_is_welchs(before: list[float], after: list[float]) -> None:
    found = difference(before, after)
    assert isinstance(found, Change)
    assert found.rise == pytest.approx(sum(after) / len(after) - sum(before) / len(before), abs=1e-6)
    if found.high > found.low and len({*before}) > 1 and len({*after}) > 1:
        theirs = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.90)
        assert found.high - found.low >= (theirs.high - theirs.low) * 0.999


def test_hardly_any_spread_is_no_fault() -> None:
    found = difference([0.0, 0.0, 1e-160], [1.0, 1.0, 1.0])
    assert isinstance(found, Change)
    assert found.direction == 1


def test_few_sessions_or_a_short_time_say_nothing() -> None:
    assert change_over(over([10, 20, 30, 40])) is TooEarly.FEW_SESSIONS
    assert change_over(over([10, 20, 30, 40, 50], every=2)) is TooEarly.SHORT_TIME
    assert difference([1, 2], [3, 4, 5]) is TooEarly.FEW_SESSIONS


def test_direction_needs_the_whole_interval() -> None:
    rising, shaking = change_over(over([10, 21, 29, 41, 50, 61])), change_over(over([10, 60, 15, 55, 12, 58]))
    assert isinstance(rising, Change)
    assert isinstance(shaking, Change)
    assert (rising.direction, shaking.direction) == (1, 0)
    falling = change_over(over([61, 50, 41, 29, 21, 10]))
    assert isinstance(falling, Change)
    assert falling.direction == -1


def test_a_sentence_is_rarely_chance() -> None:
    """Where nothing changes, about one trend in a hundred is called a change."""
    chance = random.Random(7)
    found = [change_over(over([chance.gauss(40, 12) for _ in range(8)])) for _ in range(2000)]
    assert sum(isinstance(one, Change) and one.direction != 0 for one in found) < 40
