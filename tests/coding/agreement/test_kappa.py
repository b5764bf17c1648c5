"""Kappa is scikit-learn's, and that of the papers, on tables with gaps, ties and constant columns."""

import math
import warnings

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from coding.agreement.kappa import Weights, kappa_by_code, weighted_kappa
from coding.agreement.statistic import Statistic, WhyNot
from tests.coding.agreement import by_hand

SCALE = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
"""Cohen 1960: two judges, three diagnoses, 200 cases."""
PAIRS = [[(row[0], row[1]) for row in table] for table in by_hand.random_tables(1)]


def both_given(pairs: list) -> list:
    return [pair for pair in pairs if None not in pair]


def of_sklearn(pairs: list, **options: object) -> float:
    if not pairs:
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cohen_kappa_score(*zip(*pairs, strict=True), **options)


def same(found: Statistic, right: float) -> bool:
    if found.value is None:
        return math.isnan(right)
    return found.value == pytest.approx(right, abs=1e-9)


def pairs_of(table: list[list[int]]) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def test_cohens_example() -> None:
    found = kappa_by_code([pairs_of(COHEN)], [0, 1, 2])
    assert found.same.value == pytest.approx(0.70)
    assert found.kappa.value == pytest.approx(0.492, abs=5e-4)
    assert found.table == tuple(map(tuple, COHEN))


@pytest.mark.parametrize("weights", Weights)
def test_kappa_is_that_of_scikit_learn_and_of_the_definition(weights: Weights) -> None:
    undefined = 0
    for pairs in PAIRS:
        found, given = weighted_kappa([pairs], SCALE, weights, draws=10), both_given(pairs)
        name = None if weights is Weights.NONE else weights.value
        labels = SCALE if len({one for pair in given for one in pair}) > 1 else None
        assert same(found, of_sklearn(given, weights=name, labels=labels))
        undefined += found.value is None
    assert 0 < undefined < 100


def test_kappa_is_that_of_its_definition() -> None:
    for pairs in PAIRS:
        given = both_given(pairs)
        seen = sorted({one for pair in given for one in pair})
        for weights in Weights:
            assert same(weighted_kappa([pairs], seen, weights, draws=10), by_hand.kappa(given, weights.value))


def test_squared_weights_give_lins_concordance() -> None:
    for pairs in PAIRS:
        if given := both_given(pairs):
            assert same(weighted_kappa([pairs], SCALE, Weights.QUADRATIC, draws=10), by_hand.concordance(given))


def test_each_code_is_held_against_the_rest() -> None:
    for pairs in PAIRS:
        given = both_given(pairs)
        found = kappa_by_code([pairs], SCALE, draws=10)
        for code, one in zip(found.codes, found.by_code, strict=True):
            assert same(one, by_hand.kappa([(first == code, second == code) for first, second in given], "none"))
        assert found.left_out == len(pairs) - len(given) == len(pairs) - sum(map(sum, found.table))
        assert same(found.same, np.mean([a == b for a, b in given]) if given else math.nan)


def test_where_there_is_no_figure_it_says_why() -> None:
    nothing = kappa_by_code([[], [("Q", None)]], ["Q", "SR"])
    assert {one.why for one in (nothing.same, nothing.kappa, *nothing.by_code)} == {WhyNot.NOTHING_TWICE}
    assert {one.value for one in (nothing.same, nothing.kappa, *nothing.by_code)} == {None}
    assert (nothing.left_out, nothing.kappa.items, nothing.kappa.sessions) == (1, 0, 0)
    alone = kappa_by_code([[("Q", "Q")] * 5], ["Q", "SR"])
    assert (alone.same.value, alone.kappa.value, alone.kappa.why) == (1.0, None, WhyNot.ONE_CODE)
    assert [one.why for one in alone.by_code] == [WhyNot.BOTH_ALWAYS, WhyNot.NEITHER_USED]
    assert kappa_by_code([], []).kappa.why is WhyNot.NOTHING_TWICE


def test_one_constant_column_is_agreement_by_chance_alone() -> None:
    found = kappa_by_code([[("Q", "Q"), ("Q", "SR"), ("Q", "SR")]], ["Q", "SR"])
    assert found.kappa.value == pytest.approx(0)


def test_a_code_from_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="'CT' is not among"):
        kappa_by_code([[("Q", "CT")]], ["Q"])
