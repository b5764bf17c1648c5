"""Intervals: each draw is the figure of the sessions it drew, the same seed gives the same, and most hold the truth."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from coding.agreement import alpha as alpha_module
from coding.agreement import icc as icc_module
from coding.agreement import kappa as kappa_module
from coding.agreement.alpha import Scale, alpha
from coding.agreement.from_draws import statistic
from coding.agreement.icc import icc
from coding.agreement.kappa import Weights, kappa_by_code, weighted_kappa
from coding.agreement.statistic import AgreementBand, Statistic, WhyNot, band_of
from coding.coder.chance import FEWEST, Draws

Table = list[list[float | None]]


def sessions(count: int, *, items: int = 8, seed: int = 4) -> list[Table]:
    draw = np.random.default_rng(seed)
    truth = draw.integers(1, 5, size=(count, items, 1))
    given = np.where(draw.random((count, items, 2)) < 0.7, truth, draw.integers(1, 5, size=(count, items, 2)))
    return given.tolist()


FIGURES: list[tuple[object, Callable[[list[Table]], Statistic]]] = [
    (kappa_module, lambda given: weighted_kappa(given, [1, 2, 3, 4], Weights.LINEAR, draws=40)),
    (alpha_module, lambda given: alpha(given, Scale.NOMINAL, draws=40)),
    (alpha_module, lambda given: alpha(given, Scale.ORDINAL, draws=40)),
    (alpha_module, lambda given: alpha(given, Scale.INTERVAL, draws=40)),
    (icc_module, lambda given: icc([session[0] for session in given], draws=40)),
]


@pytest.mark.parametrize(("module", "figure"), FIGURES)
def test_each_draw_is_the_figure_of_what_it_drew(
    module: object, figure: Callable[[list[Table]], Statistic], monkeypatch: pytest.MonkeyPatch
) -> None:
    given, seen = sessions(12), []
    with monkeypatch.context() as patched:
        patched.setattr(module, "statistic", lambda value, drawn, **_: seen.append(drawn))
        figure(given)
    for weights, found in zip(Draws(12, draws=40).weights, seen[0], strict=True):
        drawn = [one for one, often in zip(given, weights, strict=True) for _ in range(int(often))]
        right = figure(drawn).value
        assert found == pytest.approx(right, abs=1e-9) if right is not None else math.isnan(found)


@pytest.mark.parametrize(("module", "figure"), FIGURES)
def test_an_interval_needs_ten_sessions_and_is_always_the_same(
    module: object, figure: Callable[[list[Table]], Statistic]
) -> None:
    few, enough = figure(sessions(FEWEST - 1)), figure(sessions(FEWEST))
    assert (few.low, few.high, few.why) == (None, None, WhyNot.FEW_SESSIONS)
    assert f" {FEWEST} " in WhyNot.FEW_SESSIONS
    assert enough.value is not None
    assert enough.low is not None
    assert enough.high is not None
    assert enough.low < enough.value < enough.high <= 1
    assert figure(sessions(FEWEST)) == enough


def test_another_seed_draws_others() -> None:
    given = sessions(20)
    assert weighted_kappa(given, [1, 2, 3, 4], Weights.NONE, seed=1) != weighted_kappa(
        given, [1, 2, 3, 4], Weights.NONE
    )


def test_intervals_end_where_figures_end() -> None:
    drawn = np.random.default_rng(1).normal(0.5, 0.4, 500)
    found = statistic(0.5, drawn, items=99, sessions=12, missing=WhyNot.ONE_CODE, least=0)
    assert (found.low, found.high, found.why) == (0, 1, None)
    free = statistic(0.5, drawn - 2, items=99, sessions=12, missing=WhyNot.ONE_CODE)
    assert free.low is not None
    assert free.low < 0


def test_perfect_agreement_has_no_interval_to_show() -> None:
    found = kappa_by_code([[("Q", "Q"), ("SR", "SR")]] * 12, ["Q", "SR"])
    assert (found.kappa.value, found.kappa.why) == (1.0, WhyNot.NO_MOVEMENT)


def test_the_interval_of_a_code_rests_on_the_sessions_that_have_it() -> None:
    common = [[("Q", "Q"), ("SR", "Q"), ("SR", "SR")], [("Q", "Q"), ("SR", "SR"), ("Q", "Q")]] * 10
    rare = [[*pairs, ("AF", "AF"), ("AF", "Q")] if number < 9 else pairs for number, pairs in enumerate(common)]
    found = kappa_by_code(rare, ["Q", "SR", "AF"])
    assert found.by_code[0].low is not None
    assert (found.by_code[2].low, found.by_code[2].why) == (None, WhyNot.RARE)
    assert f" {FEWEST} " in WhyNot.RARE
    nine_in_ten = [*rare[:9], [*common[9], ("Q", "AF")], *rare[10:]]
    assert kappa_by_code(nine_in_ten, ["Q", "SR", "AF"]).by_code[2].low is not None


def test_a_figure_that_most_draws_lack_has_no_interval() -> None:
    alike = [[("Q", "Q")]] * 11 + [[("Q", "Q"), ("SR", "SR"), ("Q", "SR")]]
    assert kappa_by_code(alike, ["Q", "SR"]).kappa.why is WhyNot.OFTEN_MISSING


def test_sessions_without_a_pair_are_not_drawn() -> None:
    pairs = [(1, 1), (1, 2), (2, 2)]
    with_empty = kappa_by_code([pairs] * 9 + [[], [(None, 1)]], [1, 2])
    assert (with_empty.kappa.sessions, with_empty.kappa.why) == (9, WhyNot.FEW_SESSIONS)


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (None, None), (-3, AgreementBand.POOR), (0.399, AgreementBand.POOR), (0.40, AgreementBand.FAIR),
        (0.599, AgreementBand.FAIR), (0.60, AgreementBand.GOOD), (0.749, AgreementBand.GOOD),
        (0.75, AgreementBand.EXCELLENT), (1, AgreementBand.EXCELLENT),
    ],
)  # fmt: skip
def test_bands_are_cicchettis(value: float | None, band: AgreementBand | None) -> None:
    assert band_of(value) is band
    assert Statistic(value).band is band


def test_intervals_of_ten_and_twenty_sessions_hold_the_truth_nine_times_in_ten() -> None:
    """Two raters of sessions that differ as much as the raters' errors, one half a point higher: ICC 0.47."""
    draw, held = np.random.default_rng(6), []
    truth = 1 / (1 + 0.125 + 1)
    for number in range(200):
        level = draw.normal(size=(10 + 10 * (number % 2), 1))
        given = level + np.array([0, 0.5]) + draw.normal(size=(len(level), 2))
        found = icc(given.tolist(), seed=number, draws=400)
        assert found.low is not None
        assert found.high is not None
        held.append(found.low <= truth <= found.high)
    assert np.mean(held) >= 0.88
