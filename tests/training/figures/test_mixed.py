import random
import warnings
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.regression.mixed_linear_model import MixedLM

from training.figures.mixed import Differences, Fit, differences
from training.figures.rates import RATING, RATIO, SHARE, Range

ANY = Range(-inf, inf)


def made_up(teams: int, *, between: float, seed: int, least: int = 2) -> dict[str, list[float]]:
    chance = random.Random(seed)
    return {
        f"team {team}": [chance.gauss(own, 0.5) for _ in range(chance.randint(least, 25))]
        for team, own in enumerate(chance.gauss(3, between) for _ in range(teams))
    }


def model_of(people: dict[str, list[float]]) -> MixedLM:
    y = np.concatenate([np.array(values) for values in people.values()])
    team = np.repeat(np.arange(len(people)), [len(values) for values in people.values()])
    return MixedLM(y, np.ones((len(y), 1)), team)


@pytest.mark.parametrize("between", [0.4, 0.7, 2.0])
@pytest.mark.parametrize("teams", [4, 9, 20])
def test_estimates_are_those_of_statsmodels(teams: int, between: float) -> None:
    people = made_up(teams, between=between, seed=teams)
    fitted = model_of(people).fit(reml=True)
    assert fitted.converged
    found = differences(people, range_=ANY)
    assert found is not None
    assert found.fit is Fit.DIFFERENT
    between2, within2 = float(fitted.cov_re[0, 0]), fitted.scale
    assert found.mean == pytest.approx(fitted.params[0], rel=1e-5)
    assert found.between == pytest.approx(between2**0.5, rel=2e-4)
    assert found.within == pytest.approx(within2**0.5, rel=1e-4)
    assert found.icc == pytest.approx(between2 / (between2 + within2), rel=2e-4)
    freedom = sum(len(values) for values in people.values()) - teams
    for place, team in enumerate(found.teams):
        values = people[team.name]
        assert (team.people, team.raw) == (len(values), pytest.approx(np.mean(values)))
        assert team.value == pytest.approx(fitted.params[0] + float(fitted.random_effects[place].iloc[0]), rel=1e-4)
        given_data = float(np.asarray(fitted.random_effects_cov[place])[0, 0])
        of_mean = (given_data / between2) ** 2 * float(fitted.cov_params()[0, 0])
        half = t.ppf(0.95, freedom) * (given_data + of_mean) ** 0.5
        assert (team.low, team.high) == pytest.approx((team.value - half, team.value + half), rel=1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_no_ratio_of_variances_makes_the_data_likelier(seed: int) -> None:
    """By statsmodels' own restricted likelihood; also where its search ends early."""
    people = made_up(3 + seed, between=0.05 * (seed % 4), seed=seed)
    found = differences(people, range_=ANY)
    assert found is not None
    model = model_of(people)
    model.cov_pen = model.fe_pen = None

    def likelihood(between2: float, within2: float) -> float:
        model.reml = True
        params = np.array([max(between2 / within2, 1e-9) ** 0.5])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(model.loglike(params, profile_fe=True))

    ours = likelihood(found.between**2, found.within**2)
    for factor in (0.5, 0.9, 0.99, 1.01, 1.1, 2.0):
        assert likelihood(found.between**2 * factor, found.within**2) <= ours + 1e-9
    for ratio in (1e-6, 1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0):
        assert likelihood(ratio * found.within**2, found.within**2) <= ours + 1e-9


def test_each_team_lies_between_its_mean_and_that_of_all_and_small_teams_move_most() -> None:
    people = {name: [2.0 + 0.1 * n, 2.6] * half for n, (name, half) in enumerate([("a", 1), ("b", 4), ("c", 12)])}
    people |= {"d": [4.0, 4.4], "e": [4.0, 4.4] * 12}
    found = differences(people, range_=RATING)
    assert found is not None
    assert found.fit is Fit.DIFFERENT
    for team in found.teams:
        assert min(team.raw, found.mean) <= team.value <= max(team.raw, found.mean)
        assert 1 <= team.low < team.value < team.high <= 5
    small, large = (next(team for team in found.teams if team.name == name) for name in "de")
    assert small.raw == large.raw
    assert small.value < large.value
    assert small.high - small.low > large.high - large.low


def at_the_mean(found: Differences | None, fit: Fit) -> None:
    assert found is not None
    assert (found.fit, found.between, found.icc) == (fit, 0.0, 0.0)
    assert {team.value for team in found.teams} == {found.mean}
    assert all(team.low < team.value < team.high or team.value in (0.0, 1.0) for team in found.teams)
    assert all(team.low < team.high for team in found.teams)


def test_teams_that_differ_no_more_than_their_people_stand_at_the_mean() -> None:
    alike = differences({name: [0.2, 0.4, 0.5, 0.7] for name in "abcd"})
    at_the_mean(alike, Fit.ALIKE)
    assert alike is not None
    values = [0.2, 0.4, 0.5, 0.7] * 4
    half = t.ppf(0.95, 15) * np.std(values, ddof=1) / 4
    assert (alike.teams[0].low, alike.teams[0].high) == pytest.approx((0.45 - half, 0.45 + half))


def test_too_few_to_tell() -> None:
    at_the_mean(differences({"a": [0.1, 0.2, 0.3, 0.5, 0.9, 0.4], "b": [0.6, 0.8]}), Fit.FEW_TEAMS)
    at_the_mean(differences({"a": [0.1, 0.2, 0.9]}), Fit.FEW_TEAMS)
    at_the_mean(differences({name: [0.1 * n] for n, name in enumerate("abcdef")}), Fit.FEW_PEOPLE)
    at_the_mean(differences({"a": [0.1, 0.3], "b": [0.2], "c": [0.9], "d": [0.4]}), Fit.FEW_PEOPLE)
    assert differences({}) is None
    assert differences({"a": [], "b": []}) is None


def test_all_the_same() -> None:
    for value in (0.0, 0.4, 1.0):
        at_the_mean(differences({name: [value] * 6 for name in "abcd"}), Fit.CONSTANT)
    at_the_mean(differences({"a": [0.5]}), Fit.CONSTANT)
    at_the_mean(differences({"a": [2.5] * 3, "b": [2.5]}, range_=RATIO), Fit.CONSTANT)


def test_people_who_differ_by_their_team_alone() -> None:
    found = differences({"a": [1.0] * 4, "b": [0.0] * 4, "c": [1.0] * 4, "d": [0.5] * 4, "empty": []})
    assert found is not None
    assert found.fit is Fit.DIFFERENT
    assert found.icc > 0.99
    assert [team.name for team in found.teams] == list("abcd")
    assert all(0 <= team.low < team.high <= 1 for team in found.teams)


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.lists(st.floats(0, 1), max_size=9), max_size=12))
def test_whatever_the_data_there_is_a_clear_answer_and_no_warning(people: dict[str, list[float]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = differences(people, range_=SHARE)
    if found is None:
        assert not any(people.values())
        return
    assert 0 <= found.icc <= 1
    for team in found.teams:
        assert 0 <= team.low <= team.high <= 1
        assert min(team.raw, found.mean) - 1e-9 <= team.value <= max(team.raw, found.mean) + 1e-9
