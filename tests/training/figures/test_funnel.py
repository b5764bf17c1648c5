import random
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.mstats import winsorize
from statsmodels.regression.linear_model import WLS

from training.figures.funnel import Counted, Place, binomial_limits, funnel_of_ratios, funnel_of_shares
from training.figures.rates import RATING, RATIO, Observed


def end(p: float, n: int, share: float) -> float:
    """By adding up the chances."""
    r, below = 0, 0.0
    while True:
        one = comb(n, r) * share**r * (1 - share) ** (n - r)
        if below + one > p:
            return min(1.0, max(0.0, (r - (below + one - p) / one) / n))
        r, below = r + 1, below + one


@given(st.integers(1, 150), st.floats(0.02, 0.98))
def test_binomial_limits_are_those_of_added_up_chances(n: int, share: float) -> None:
    (found,) = binomial_limits(share, [n])
    assert (found.low, found.far_low) == pytest.approx((end(0.05, n, share), end(0.001, n, share)), abs=1e-9)
    assert (1 - found.high, 1 - found.far_high) == pytest.approx(
        (end(0.05, n, 1 - share), end(0.001, n, 1 - share)), abs=1e-9
    )
    assert 0 <= found.far_low <= found.low <= found.high <= found.far_high <= 1


@settings(max_examples=25)
@given(st.integers(1, 80), st.floats(0.02, 0.98))
def test_who_lies_outside_is_who_scipys_exact_test_finds(n: int, share: float) -> None:
    (limits,) = binomial_limits(share, [n])
    for met in range(n + 1):
        for low, high, level in ((limits.low, limits.high, 0.9), (limits.far_low, limits.far_high, 0.998)):
            p = (1 - level) / 2
            for outside, tail in (
                (met / n > high, stats.binom.sf(met - 1, n, share)), (met / n < low, stats.binom.cdf(met, n, share))
            ):  # fmt: skip
                assert outside == (tail <= p) or tail == pytest.approx(p, rel=1e-6)


def test_binomial_limits_come_near_normal_ones_for_many() -> None:
    (found,) = binomial_limits(0.4, [40_000])
    sd = (0.24 / 40_000) ** 0.5
    assert found.high == pytest.approx(0.4 + stats.norm.ppf(0.95) * sd, abs=5e-5)
    assert found.far_low == pytest.approx(0.4 + stats.norm.ppf(0.001) * sd, abs=5e-5)


@given(st.lists(st.integers(0, 80).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), max_size=30))
def test_a_funnel_of_shares(counted: list[tuple[int, int]]) -> None:
    groups = [Counted(str(place), met, of) for place, (met, of) in enumerate(counted)]
    funnel = funnel_of_shares(groups)
    there = [one for one in groups if one.of]
    if not there:
        assert funnel is None
        return
    assert funnel is not None
    met, of = np.array([one.met for one in there]), np.array([one.of for one in there])
    centre = met.sum() / of.sum()
    assert funnel.centre == pytest.approx(centre)
    assert [group.name for group in funnel.groups] == [one.name for one in there]
    if len(there) >= 10 and 0 < centre < 1:
        z = (met / of - centre) / np.sqrt(centre * (1 - centre) / of)
        assert funnel.phi == pytest.approx(max(1.0, float((winsorize(z, (0.1, 0.1)) ** 2).mean())))
    else:
        assert funnel.phi == 1
    for group in funnel.groups:
        limits = group.limits
        inside = limits.low - 1e-9 <= group.value <= limits.high + 1e-9
        assert inside == (group.place is Place.WITHIN)
    assert [one.of for one in funnel.curve] == sorted({one.of for one in funnel.curve})
    assert (funnel.curve[0].of, funnel.curve[-1].of) == (of.min(), of.max())


def test_places_of_groups() -> None:
    even = [Counted(str(n), 20, 50) for n in range(9)]
    funnel = funnel_of_shares([*even, Counted("far", 45, 50), Counted("low", 13, 50), Counted("few", 1, 1)])
    assert funnel is not None
    places = {group.name: group.place for group in funnel.groups}
    assert places == {str(n): Place.WITHIN for n in range(9)} | {
        "far": Place.FAR_ABOVE, "low": Place.BELOW, "few": Place.WITHIN,
    }  # fmt: skip


def test_groups_that_differ_more_than_chance_widen_the_limits() -> None:
    groups = [Counted(str(n), met, 60) for n, met in enumerate((6, 54, 10, 50, 12, 48, 30, 20, 40, 5, 55, 30))]
    plain, widened = funnel_of_shares(groups, widened=False), funnel_of_shares(groups)
    assert plain is not None
    assert widened is not None
    assert (plain.phi, widened.phi > 5) == (1, True)
    (one, *_), (other, *_) = plain.groups, widened.groups
    assert other.limits.low == pytest.approx(
        max(0, plain.centre - (plain.centre - one.limits.low) * widened.phi**0.5), abs=1e-12
    )


def test_all_or_none_has_no_limits_to_leave() -> None:
    for met in (0, 1):
        funnel = funnel_of_shares([Counted(str(n), met * n, n) for n in range(12)])
        assert funnel is not None
        assert {group.place for group in funnel.groups} == {Place.WITHIN}
        assert (funnel.centre, funnel.phi) == (met, 1)


def made_up(teams: int, *, seed: int) -> dict[str, list[Observed]]:
    chance = random.Random(seed)
    return {
        f"team {team}": [
            Observed(f"{team}/{person}", chance.randint(0, 40), chance.randint(5, 40))
            for person in range(chance.randint(2, 25))
            for _ in range(chance.randint(1, 6))
        ]
        for team in range(teams)
    }


def test_a_funnel_of_ratios_has_the_variance_of_statsmodels() -> None:
    groups = made_up(14, seed=2)
    funnel = funnel_of_ratios(groups, within=RATIO)
    assert funnel is not None
    r, q, team = [], [], []
    for place, observed in enumerate(groups.values()):
        for person in sorted({one.person for one in observed}):
            own = [one for one in observed if one.person == person]
            r.append(sum(one.numerator for one in own))
            q.append(sum(one.denominator for one in own))
            team.append(place)
    dummies = (np.array(team)[:, None] == np.arange(14)).astype(float)
    fitted = WLS(np.array(r) / q, dummies, weights=q).fit()
    assert funnel.unit == pytest.approx(fitted.scale)
    assert [group.value for group in funnel.groups] == pytest.approx(list(fitted.params))
    assert funnel.centre == pytest.approx(sum(r) / sum(q))
    sizes = dummies.T @ np.array(q)
    assert [group.limits.of for group in funnel.groups] == pytest.approx(list(sizes))
    z = (fitted.params - funnel.centre) / np.sqrt(fitted.scale / sizes)
    assert funnel.phi == pytest.approx(max(1, float((winsorize(z, (0.1, 0.1)) ** 2).mean())))
    reach = stats.norm.ppf(0.999) * np.sqrt(funnel.phi * fitted.scale / sizes)
    assert [group.limits.far_high for group in funnel.groups] == pytest.approx(list(funnel.centre + reach))


def test_a_funnel_of_ratings_stays_between_one_and_five() -> None:
    funnel = funnel_of_ratios(
        {name: [Observed(f"{name}{n}", 1 + (n % 5), 1) for n in range(size)] for name, size in (("a", 2), ("b", 40))},
        within=RATING,
    )
    assert funnel is not None
    assert all(1 <= one.far_low <= one.low <= one.high <= one.far_high <= 5 for one in funnel.curve)
    assert {group.place for group in funnel.groups} <= {Place.WITHIN, Place.BELOW}


def test_a_person_without_a_question_counts_in_the_value_only() -> None:
    groups = {"a": [Observed("p", 4, 0), Observed("q", 6, 8), Observed("r", 2, 2)], "b": [Observed("s", 1, 0)]}
    funnel = funnel_of_ratios(groups, within=RATIO)
    assert funnel is not None
    assert [(group.name, group.value) for group in funnel.groups] == [("a", 1.2)]


def test_nothing_to_tell() -> None:
    assert funnel_of_shares([]) is None
    assert funnel_of_ratios({}, within=RATIO) is None
    assert funnel_of_ratios({"a": [Observed("p", 1, 2)], "b": [Observed("q", 1, 2)]}, within=RATIO) is None
    same = funnel_of_ratios({"a": [Observed("p", 1, 2), Observed("q", 1, 2)]}, within=RATIO)
    assert same is not None
    assert same.groups[0].place is Place.WITHIN
