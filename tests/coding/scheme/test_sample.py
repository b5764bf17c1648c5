import pytest

from coding.scheme.sample import SampleSupport, sample_support, sample_use
from coding.scheme.summary import GlobalRating


def test_what_a_sample_supports() -> None:
    found = [sample_support(m) for m in (0, 4.9, 5, 9.9, 10, 20)]
    counts, weak, full = SampleSupport.COUNTS_ONLY, SampleSupport.WEAK_GLOBALS, SampleSupport.FULL
    assert found == [counts, counts, weak, weak, full, full]
    for impossible in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="minutes"):
            sample_support(impossible)


def test_what_needs_a_change_goal() -> None:
    assert sample_use(20, has_change_goal=True).ratings == tuple(GlobalRating)
    without = sample_use(20, has_change_goal=False)
    assert without.ratings == (GlobalRating.PARTNERSHIP, GlobalRating.EMPATHY)
    assert any("change goal" in note for note in without.notes)
    assert sample_use(3, has_change_goal=True).ratings == ()
    assert "under 5 minutes" in sample_use(3, has_change_goal=True).notes[0]
