import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from training.intervals import Z90, student_t, wilson


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_share_has_wilsons_interval(counted: tuple[int, int]) -> None:
    met, of = counted
    assert wilson(met / of, of) == pytest.approx(tuple(stats.binomtest(met, of).proportion_ci(0.9, method="wilson")))


def test_a_share_of_half_chances_has_a_wider_interval() -> None:
    (low, high), (lower, higher) = wilson(0.5, 10), wilson(0.5, 7.5)
    assert lower < low < high < higher


def test_half_the_width_in_standard_deviations() -> None:
    assert stats.norm.ppf(0.95) == pytest.approx(Z90, abs=1e-14)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99, 0.998])
def test_the_quantile_of_students_distribution(level: float) -> None:
    for freedom in [*range(1, 41), 1.5, 2.7, 33.3, 100, 331, 999, 999.5, 1000, 10_000, 10**7]:
        assert student_t(freedom, level) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=1e-10, abs=1e-9)


def test_less_than_a_degree_of_freedom_is_refused() -> None:
    with pytest.raises(ValueError, match="one degree of freedom"):
        student_t(0.5)
