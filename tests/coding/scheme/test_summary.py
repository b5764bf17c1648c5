from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.counts import BehaviourCounts
from coding.scheme.summary import (
    THRESHOLDS,
    Band,
    Figure,
    GlobalRating,
    Globals,
    ScoreName,
    band_of,
    count_scores,
    global_scores,
)

B, T, S = Behaviour, ClientTalk, ScoreName


def scores(**counts: int) -> dict[ScoreName, Figure]:
    practitioner = {b: counts[b.value] for b in B if b.value in counts}
    client = {t: counts[t.value] for t in T if t.value in counts}
    return {f.name: f for f in count_scores(BehaviourCounts(20, practitioner, client))}


def test_scores_by_hand() -> None:
    found = scores(SR=6, CR=4, Q=5, AF=2, Seek=1, Emphasize=1, Confront=1, Persuade=2, GI=9, PWP=3, CT=3, ST=1, FN=8)
    assert found[S.REFLECTION_TO_QUESTION].value == 2
    assert found[S.REFLECTION_TO_QUESTION].band is Band.GOOD
    assert found[S.PERCENT_COMPLEX].value == 40
    assert found[S.PERCENT_COMPLEX].band is Band.FAIR
    assert found[S.MI_ADHERENT].value == 4
    assert found[S.MI_NON_ADHERENT].value == 3
    assert found[S.MI_ADHERENT].band is None
    assert found[S.PERCENT_CHANGE_TALK].value == 75


def test_nothing_to_divide_by_is_said_and_never_zero() -> None:
    found = scores()
    for name in (S.REFLECTION_TO_QUESTION, S.PERCENT_COMPLEX, S.PERCENT_CHANGE_TALK, S.PERCENT_OPEN, S.TALK_SHARE):
        assert found[name].value is None
        assert found[name].band is None
        assert found[name].note
    assert found[S.MI_ADHERENT].value == 0
    assert scores(Q=3)[S.REFLECTION_TO_QUESTION].value == 0


@pytest.mark.parametrize("name", list(THRESHOLDS))
def test_a_threshold_itself_is_reached(name: ScoreName) -> None:
    fair, good = THRESHOLDS[name]
    assert [band_of(name, v) for v in (fair - 0.01, fair, good - 0.01, good)] == [
        Band.BELOW_FAIR, Band.FAIR, Band.FAIR, Band.GOOD,
    ]  # fmt: skip


def test_globals_are_means_and_need_a_goal() -> None:
    technical, relational = global_scores(Globals(4, 5, 3, 4))
    assert (technical.value, technical.band) == (3.5, Band.FAIR)
    assert (relational.value, relational.band) == (4.5, Band.GOOD)
    without = global_scores(Globals(3, 3))[0]
    assert without.value is None
    assert without.note
    for wrong in ((0, 3), (3, 6)):
        with pytest.raises(ValueError, match="1 to 5"):
            Globals(*wrong)


def test_a_missing_rating_is_no_score_and_says_so() -> None:
    technical, relational = global_scores(Globals(partnership=4, softening_sustain_talk=4))
    assert [(f.value, f.band) for f in (technical, relational)] == [(None, None)] * 2
    assert "cultivating" in technical.note
    assert "empathy" in relational.note
    assert {rating.value for rating in GlobalRating} == {field.name for field in fields(Globals)}


@given(st.integers(0, 200), st.integers(1, 200))
def test_percents_and_bands_are_exact(part: int, rest: int) -> None:
    """Integer arithmetic decides the band, so no rounding error moves a value over a line."""
    found = scores(CR=part, SR=rest)[S.PERCENT_COMPLEX]
    whole = part + rest
    expected = Band.GOOD if 2 * part >= whole else Band.FAIR if 5 * part >= 2 * whole else Band.BELOW_FAIR
    assert found.band is expected


def test_training_extras_stand_outside_miti() -> None:
    assert set(S.outside_miti()) == {S.PERCENT_OPEN, S.TALK_SHARE, S.QUESTIONS_IN_A_ROW}
    assert set(S.outside_miti()).isdisjoint(THRESHOLDS)
    counts = BehaviourCounts(
        9, {B.Q: 3}, {}, {}, open_questions=3, closed_questions=1, practitioner_words=30, client_words=90
    )
    found = {figure.name: figure.value for figure in count_scores(counts, questions_in_a_row=2)}
    assert (found[S.PERCENT_OPEN], found[S.TALK_SHARE], found[S.QUESTIONS_IN_A_ROW]) == (75, 25, 2)
    assert tuple(found) == S.from_counts()
