"""Alpha is that of Krippendorff's example and of its matrix of coincidences pair by pair."""

import math

import pytest

from coding.agreement.alpha import Scale, alpha
from coding.agreement.statistic import WhyNot
from tests.coding.agreement import by_hand

_ = None
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
"""Krippendorff 2011, four observers of twelve units."""


@pytest.mark.parametrize(("scale", "right"), [(Scale.NOMINAL, 0.743), (Scale.ORDINAL, 0.815), (Scale.INTERVAL, 0.849)])
def test_krippendorffs_example(scale: Scale, right: float) -> None:
    units = list(zip(*FOUR_OBSERVERS, strict=True))
    found = alpha([[unit] for unit in units], scale)
    assert found.value == pytest.approx(right, abs=5e-4)
    assert (found.items, found.sessions) == (11, 11)  # one value alone says nothing
    assert alpha([units[:5], [], units[5:]], scale).value == pytest.approx(found.value, abs=1e-12)


@pytest.mark.parametrize("scale", Scale)
def test_it_is_that_of_the_coincidences(scale: Scale) -> None:
    undefined = 0
    for table in by_hand.random_tables(3, whole=scale is not Scale.INTERVAL):
        found, right = alpha([table[:3], table[3:]], scale, draws=10), by_hand.alpha(table, scale.value)
        assert (found.value is None) == math.isnan(right)
        assert found.value is None or found.value == pytest.approx(right, abs=1e-9)
        undefined += found.value is None
    assert undefined > 0 or scale is Scale.INTERVAL


def test_codes_may_be_words() -> None:
    words = [[("Q", "Q"), ("SR", "CR"), ("CR", "CR")]]
    numbers = [[(1, 1), (2, 3), (3, 3)]]
    assert alpha(words, Scale.NOMINAL).value == pytest.approx(alpha(numbers, Scale.NOMINAL).value)


def test_ranks_only_matter_on_an_ordinal_scale() -> None:
    stretched = [[(1, 1), (2, 3), (3, 3), (2, 1)]], [[(1, 1), (20, 300), (300, 300), (20, 1)]]
    assert alpha(stretched[0], Scale.ORDINAL).value == pytest.approx(alpha(stretched[1], Scale.ORDINAL).value)
    assert alpha(stretched[0], Scale.INTERVAL).value != pytest.approx(alpha(stretched[1], Scale.INTERVAL).value)


@pytest.mark.parametrize("scale", Scale)
def test_where_there_is_no_figure_it_says_why(scale: Scale) -> None:
    for nothing in ([], [[]], [[()]], [[(1, None)], [(None, None), (None, 2)]], [[(1,), (2,)]]):
        assert (alpha(nothing, scale).value, alpha(nothing, scale).why) == (None, WhyNot.NOTHING_TWICE)
    alone = alpha([[(3, 3), (3, 3, 3)]], scale)
    assert (alone.value, alone.why, alone.items) == (None, WhyNot.NO_SPREAD, 2)


def test_rounding_is_no_spread() -> None:
    assert alpha([[(0.1 + 0.2, 0.3)]], Scale.INTERVAL).why is WhyNot.NO_SPREAD


def test_what_is_no_number_is_refused_on_scales_of_numbers() -> None:
    with pytest.raises(ValueError, match="finite"):
        alpha([[(1, math.nan)]], Scale.INTERVAL)
    with pytest.raises(TypeError):
        alpha([[("Q", "SR")]], Scale.ORDINAL)
