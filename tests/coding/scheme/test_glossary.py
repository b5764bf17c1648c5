import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.glossary import CODES, HUMAN_AGREEMENT, SCORES, SUBTYPES, explain, show, thresholds_shown
from coding.scheme.summary import THRESHOLDS, ScoreName, band_of

B, T, S = Behaviour, ClientTalk, ScoreName


def test_everything_is_explained() -> None:
    assert set(CODES) == {*B, *T}
    assert set(SCORES) == set(HUMAN_AGREEMENT) == set(S)
    assert all(e.one_line.endswith(".") for e in [*CODES.values(), *SCORES.values()])
    assert len(SUBTYPES) == 9
    assert thresholds_shown(S.REFLECTION_TO_QUESTION) == "fair from 1\u00a0:\u00a01, good from 2\u00a0:\u00a01"
    assert thresholds_shown(S.PERCENT_COMPLEX) == "fair from 40\u00a0%, good from 50\u00a0%"
    assert thresholds_shown(S.MI_ADHERENT) == ""
    assert show(S.REFLECTION_TO_QUESTION, 1.26) == "1.3\u00a0:\u00a01"


def test_a_code_and_a_score_are_explained_in_one_line() -> None:
    assert explain(B.CR).name == "Complex reflection"
    assert explain(B.CR).one_line == "Adds meaning or feeling to what the person said."
    assert explain(S.PERCENT_COMPLEX) is SCORES[S.PERCENT_COMPLEX]
    for what in (*B, *T, *S):
        assert "\n" not in explain(what).one_line
        assert len(explain(what).one_line.split()) <= 20


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        (S.REFLECTION_TO_QUESTION, 1.96, "1.96\u00a0:\u00a01"),
        (S.REFLECTION_TO_QUESTION, 2.04, "2\u00a0:\u00a01"),
        (S.PERCENT_COMPLEX, 49.6, "49.6\u00a0%"),
        (S.PERCENT_COMPLEX, 50.0, "50\u00a0%"),
        (S.PERCENT_COMPLEX, 0.0, "0\u00a0%"),
        (S.TECHNICAL_GLOBAL, 3.5, "3.5"),
        (S.MI_ADHERENT, 10.0, "10"),
        (S.TALK_SHARE, 33.3, "33\u00a0%"),
    ],
)
def test_values_as_people_see_them(name: ScoreName, value: float, shown: str) -> None:
    assert show(name, value) == shown


@given(st.sampled_from(list(THRESHOLDS)), st.integers(0, 500), st.integers(1, 500))
def test_a_shown_value_is_in_the_band_of_the_value(name: ScoreName, part: int, whole: int) -> None:
    value = (100 if name is S.PERCENT_COMPLEX else 1) * part / whole
    assert band_of(name, float(show(name, value).split()[0])) is band_of(name, value)
