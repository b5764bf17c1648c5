"""Figures of tallies are those of `agreement`, and intervals seldom see a difference where there is none."""

import numpy as np
import pytest

from coding.coder import chance
from coding.coder.chance import FEWEST, Draws, Interval, Tally, interval, tally
from coding.coder.evaluate import agreement

CODES = ["CT", "ST", "FN"]
TALKS = [
    [("CT", "CT"), ("CT", "ST"), ("FN", "FN")],
    [("FN", "CT")],
    [("CT", "CT"), ("FN", "FN"), ("FN", "FN"), ("CT", "FN")],
]


def whole(one: Tally) -> Tally:
    return Tally(one.both.sum(axis=0), one.truth.sum(axis=0), one.said.sum(axis=0))


def test_a_tally_counts_by_conversation_and_code() -> None:
    found = tally(TALKS, CODES)
    assert found.both.tolist() == [[1, 0, 1], [0, 0, 0], [1, 0, 2]]
    assert found.truth.tolist() == [[2, 0, 1], [0, 0, 1], [2, 0, 2]]
    assert found.said.tolist() == [[1, 1, 1], [1, 0, 0], [1, 0, 3]]


def test_figures_are_those_of_agreement() -> None:
    pairs = [pair for talk in TALKS for pair in talk]
    right = agreement([truth for truth, _ in pairs], [answer for _, answer in pairs], ["CT", "FN"])
    found = whole(tally(TALKS, CODES))
    assert found.macro_f1() == pytest.approx(right.macro_f1)
    assert found.kappa() == pytest.approx(right.kappa)
    assert found.same() == pytest.approx(5 / 8)
    assert found.f1()[[0, 2]] == pytest.approx([score.f1 for score in right.scores])
    assert np.isnan(found.f1()[1])  # the truth never says ST


def test_one_code_alone_is_agreement() -> None:
    assert whole(tally([[("FN", "FN")]], CODES)).kappa() == 1


def test_every_draw_is_of_as_many_conversations_and_always_the_same() -> None:
    draws = Draws(7)
    assert draws.weights.shape == (chance.DRAWS, 7)
    assert set(draws.weights.sum(axis=1).tolist()) == {7}
    assert np.array_equal(draws.weights, Draws(7).weights)
    assert draws.weights.std() > 0.5


def test_an_interval_of_a_mean_is_students() -> None:
    """Of ten numbers: mean 5.5, standard error 0.957, t of nine degrees of freedom 2.262."""
    numbers = np.arange(1.0, 11.0)
    found = interval(5.5, Draws(10).weights @ numbers / 10, conversations=10)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((5.5 - 2.166, 5.5 + 2.166), abs=0.1)
    wider = interval(5.5, Draws(10).weights @ numbers / 10, conversations=10, at_once=5)
    assert wider is not None
    assert wider.high - wider.low == pytest.approx((found.high - found.low) * 3.250 / 2.262, rel=0.01)


def test_too_few_conversations_or_draws_with_the_figure_have_no_interval() -> None:
    drawn = np.linspace(0, 1, 100)
    assert interval(0.5, drawn, conversations=FEWEST) is not None
    assert interval(0.5, drawn, conversations=FEWEST - 1) is None
    drawn[:5] = np.nan
    assert interval(0.5, drawn, conversations=FEWEST) is not None
    drawn[5] = np.inf
    assert interval(0.5, drawn, conversations=FEWEST) is None


@pytest.mark.parametrize(("low", "high", "holds"), [(-1, 1, True), (0, 1, True), (0.1, 1, False), (-1, -0.1, False)])
def test_an_interval_holds_zero_up_to_its_ends(low: float, high: float, holds: bool) -> None:
    assert Interval(low, high).holds_zero is holds


def coded(seed: np.random.Generator, *, share: float) -> list[list[tuple[str, str]]]:
    """Ten conversations, some easier than others, with that share of codes right."""
    talks = []
    for _ in range(10):
        truth = seed.choice(CODES, 40, p=seed.dirichlet([6, 4, 10]))
        right = seed.random(40) < np.clip(seed.normal(share, 0.1), 0.05, 0.95)
        answer = np.where(right, truth, seed.choice(CODES, 40))
        talks.append(list(zip(truth.tolist(), answer.tolist(), strict=True)))
    return talks


def found_differences(share: float, other: float, times: int = 150) -> float:
    """How often ten conversations tell the two apart. The draws are paired, though here the conversations are not."""
    seed, told = np.random.default_rng(5), 0
    for number in range(times):
        tallies = tally(coded(seed, share=share), CODES), tally(coded(seed, share=other), CODES)
        draws = Draws(10, seed=number)
        drawn = draws.of(tallies[1]).macro_f1() - draws.of(tallies[0]).macro_f1()
        figure = float(whole(tallies[1]).macro_f1() - whole(tallies[0]).macro_f1())
        found = interval(figure, drawn, conversations=10)
        assert found is not None
        told += not found.holds_zero
    return told / times


def test_ten_conversations_seldom_part_equal_coders_and_mostly_part_unequal_ones() -> None:
    assert found_differences(0.6, 0.6) <= 0.09  # 5 % and what 150 tries leave open
    assert found_differences(0.55, 0.85) >= 0.8
