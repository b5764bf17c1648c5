import random
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import WLS

from training.figures.rates import RATING, RATIO, SHARE, Estimate, Observed, Range, estimate

sessions = st.lists(
    st.builds(Observed, st.sampled_from("abcdefg"), st.integers(0, 60), st.integers(1, 60)), min_size=2, max_size=40
)


def of(*values: tuple[str, float], denominator: float = 1) -> list[Observed]:
    return [Observed(person, value, denominator) for person, value in values]


def by_statsmodels(observed: list[Observed]) -> tuple[float, float, float]:
    r, q = np.array([one.numerator for one in observed]), np.array([one.denominator for one in observed])
    groups = np.unique([one.person for one in observed], return_inverse=True)[1]
    fitted = WLS(r / q, np.ones(len(r)), weights=q).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    return float(fitted.params[0]), *(float(end) for end in fitted.conf_int(0.10)[0])


@given(sessions)
def test_a_ratio_of_sums_and_its_interval_are_those_of_statsmodels(observed: list[Observed]) -> None:
    people = len({one.person for one in observed})
    assume(people > 1)
    value, low, high = by_statsmodels(observed)
    assume(high - low > 1e-6)
    found = estimate(observed, within=Range(-inf, inf))
    assert found == Estimate(
        pytest.approx(value), pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9), len(observed), people
    )


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 5)), min_size=3, max_size=60))
def test_a_mean_of_ratings_stays_between_one_and_five(ratings: list[tuple[str, int]]) -> None:
    found = estimate(of(*ratings), within=RATING)
    if len({person for person, _ in ratings}) < 2:
        assert found is None
        return
    assert found is not None
    assert found.value == pytest.approx(np.mean([rating for _, rating in ratings]))
    assert 1 <= found.low <= found.value <= found.high <= 5
    assert found.low < found.high


def test_what_one_person_does_often_makes_nobody_surer() -> None:
    once = estimate(of(("a", 1), ("b", 0), ("c", 1), ("d", 0)))
    often = estimate(of(("a", 1), ("b", 0), ("c", 1), ("d", 0)) * 50)
    assert once is not None
    assert often is not None
    assert (often.low, often.high) == pytest.approx((once.low, once.high))
    assert (once.sessions, often.sessions, often.people) == (4, 200, 4)


@pytest.mark.parametrize("met", [0, 1])
def test_all_or_none_is_not_certain(met: int) -> None:
    found = estimate(of(*((person, met) for person in "abcdefgh" for _ in range(10))))
    low, high = stats.binomtest(8 * met, 8).proportion_ci(0.9, method="wilson")
    assert found == Estimate(met, pytest.approx(low, abs=1e-12), pytest.approx(high), 80, 8)
    assert found.high - found.low > 0.2


def test_the_same_value_of_all_is_not_certain() -> None:
    same = estimate([Observed(person, 0.1 * n, n) for person in "abcde" for n in (10, 30, 70)])
    assert same is not None
    assert (same.low, same.high) == pytest.approx(tuple(stats_wilson(0.1, 5)))
    rated = estimate(of(*((person, 4) for person in "abcde")), within=RATING)
    assert rated is not None
    assert rated.value == 4
    assert (rated.low, rated.high) == pytest.approx(tuple(1 + 4 * end for end in stats_wilson(0.75, 5)))
    even = estimate(of(*((person, 10) for person in "abcde"), denominator=10), within=RATIO)
    assert even is not None
    assert even.low < 1 < even.high < inf
    assert even.low == pytest.approx(1 / even.high)
    never = estimate(of(*((person, 0) for person in "abcde"), denominator=10), within=RATIO)
    assert never is not None
    assert never.low == 0 < never.high


def stats_wilson(share: float, of: int) -> tuple[float, float]:
    z = stats.norm.ppf(0.95)
    middle = (share + z * z / 2 / of) / (1 + z * z / of)
    half = z / (1 + z * z / of) * (share * (1 - share) / of + z * z / 4 / of**2) ** 0.5
    return middle - half, middle + half


def test_nothing_to_divide_by_or_too_few_people() -> None:
    assert estimate([]) is None
    assert estimate(of(("a", 1), ("a", 0), ("a", 1))) is None
    assert estimate(of(("a", 3), ("b", 2), denominator=0), within=RATIO) is None
    assert estimate(of(("a", 0), ("b", 0), denominator=0), within=RATIO) is None


def test_a_session_without_a_question_still_has_its_reflections() -> None:
    found = estimate([Observed("a", 4, 0), Observed("b", 6, 8), Observed("c", 2, 4), Observed("d", 0, 0)], within=RATIO)
    assert found is not None
    assert (found.value, found.sessions, found.people) == (1.0, 3, 3)
    assert 0 <= found.low < 1 < found.high


def test_the_interval_covers_as_often_as_it_says() -> None:
    """Of 600 samples of 20 people with 1 to 12 sessions, whose own chance differs."""
    chance = random.Random(3)
    inside = 0
    for _ in range(600):
        drawn = []
        for person in range(20):
            own = chance.betavariate(3, 3)
            drawn += [Observed(str(person), chance.random() < own, 1) for _ in range(chance.randint(1, 12))]
        found = estimate(drawn, within=SHARE)
        assert found is not None
        inside += found.low <= 0.5 <= found.high
    assert 0.86 < inside / 600 < 0.94
