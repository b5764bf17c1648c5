"""ICC(2,1) is that of the paper and of an analysis of variance cell by cell."""

import math

import pytest

from coding.agreement.icc import icc
from coding.agreement.statistic import WhyNot
from tests.coding.agreement import by_hand

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_example_of_the_paper() -> None:
    """Shrout & Fleiss 1979, tables 2 and 4."""
    found = icc(SHROUT_FLEISS)
    assert found.value == pytest.approx(0.29, abs=0.005)
    assert found.value == pytest.approx(by_hand.icc(SHROUT_FLEISS), abs=1e-12)
    assert (found.items, found.why) == (6, WhyNot.FEW_SESSIONS)


@pytest.mark.parametrize("whole", [True, False])
def test_it_is_the_analysis_of_variance(whole: bool) -> None:
    undefined = 0
    for table in by_hand.random_tables(2, whole=whole):
        found, right = icc(table, draws=10), by_hand.icc(table)
        assert (found.value is None) == math.isnan(right)
        assert found.value is None or found.value == pytest.approx(right, abs=1e-9)
        undefined += found.value is None
    assert 0 < undefined < 100


def test_scale_and_origin_do_not_matter() -> None:
    shifted = [[1e6 + 1e-3 * one for one in row] for row in SHROUT_FLEISS]
    assert icc(shifted).value == pytest.approx(icc(SHROUT_FLEISS).value, abs=1e-6)


def test_rows_with_a_gap_are_left_out() -> None:
    gap = [*SHROUT_FLEISS, [3, None, 4, 5]]
    assert (icc(gap).value, icc(gap).items) == (icc(SHROUT_FLEISS).value, 6)


def test_where_there_is_no_figure_it_says_why() -> None:
    cases = {
        WhyNot.NOTHING_TWICE: ([], [[]], [[3]], [[3], [4]], [[None, None]], [[1, None], [None, 2]]),
        WhyNot.FEW_RATED: ([[3, 4]], [[3, 4], [2, None]]),
        WhyNot.NO_SPREAD: ([[3, 3], [3, 3]], [[0, 0], [0, 0], [0, 0]], [[0.1 + 0.2, 0.3], [0.3, 0.3]]),
        WhyNot.CROSSED: ([[1, 2], [2, 1]],),
    }
    for why, tables in cases.items():
        for table in tables:
            assert (icc(table).value, icc(table).why) == (None, why), table


def test_perfect_agreement_is_one_and_a_constant_column_none() -> None:
    assert icc([[1, 1], [2, 2], [5, 5]]).value == pytest.approx(1)
    assert icc([[1, 3], [2, 3], [5, 3]]).value == pytest.approx(by_hand.icc([[1, 3], [2, 3], [5, 3]]))


@pytest.mark.parametrize("table", [[[1, 2], [3]], [[1, math.inf], [2, 3]], [[1, math.nan], [2, 3]]])
def test_what_is_no_table_of_numbers_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="None"):
        icc(table)
