"""What a draft counts to is what the scheme counts, and the two layers differ in what the steps changed."""

import pytest
from hypothesis import HealthCheck, given, settings

from coding.review.apply import replay
from coding.review.draft import Draft
from coding.review.figures import coded_utterances, figures_of
from coding.review.layers import Change, layer_diff, words_changed
from coding.review.steps import (
    Accept,
    ChooseSegment,
    EditWords,
    Join,
    Move,
    Rate,
    Recode,
    Split,
    Step,
    Uncode,
    WriteNote,
)  # fmt: skip
from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.counts import count
from coding.scheme.summary import ScoreName
from tests.coding.review.drafts import begun, some_work


def _value(draft: Draft, name: ScoreName) -> float | None:
    return next(figure.value for figure in figures_of(draft).scores if figure.name is name)


def test_the_figures_of_what_the_machine_said() -> None:
    found = figures_of(begun())
    assert list(found.volley_of.values()) == [0, None, None, 1, 1, None, 1, 1, None]
    assert found.volley_codes == (
        (0, Behaviour.Q), (1, Behaviour.Q), (1, Behaviour.CR), (1, Behaviour.AF), (1, Behaviour.EMPHASIZE),
    )  # fmt: skip
    assert (found.counts[Behaviour.Q], found.counts[ClientTalk.CT], found.lines, found.looked_at) == (2, 2, 9, 0)
    assert _value(begun(), ScoreName.REFLECTION_TO_QUESTION) == pytest.approx(0.5)


def test_a_recode_changes_counts_and_scores() -> None:
    draft = replay(begun(), [Recode("7", "SR"), Uncode("4"), Accept("0")])
    found = figures_of(draft)
    assert found.counts[Behaviour.Q] == 1
    assert found.counts[Behaviour.AF] == 0
    assert found.counts[Behaviour.SR] == 0  # the complex reflection of its volley takes the slot
    assert (found.uncoded, found.looked_at) == (1, 2)
    assert _value(draft, ScoreName.REFLECTION_TO_QUESTION) == pytest.approx(1.0)


def test_ratings_give_the_global_scores_and_authority_stays_beside_them() -> None:
    draft = replay(begun(), [Rate("partnership", 4), Rate("empathy", 3), Rate("child_focus", 1)])
    assert _value(draft, ScoreName.RELATIONAL_GLOBAL) == pytest.approx(3.5)
    assert _value(draft, ScoreName.TECHNICAL_GLOBAL) is None


def test_only_the_segment_is_scored() -> None:
    found = figures_of(replay(begun(), [ChooseSegment("3", "5")]))
    assert list(found.volley_of) == ["3", "4", "5"]
    assert (found.lines, found.counts[Behaviour.Q], found.counts[Behaviour.CR]) == (3, 0, 1)


@given(some_work())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_figures_are_always_those_of_the_scheme(work: tuple[list[Step], list[Draft]]) -> None:
    draft = work[1][-1]
    found = figures_of(draft)
    assert found.counts == count(coded_utterances(draft))
    assert len(found.volley_codes) == sum(found.counts.practitioner.values())
    assert list(found.volley_of) == [line.key for line in draft.scored_lines()]


def test_the_two_layers_differ_in_what_was_changed() -> None:
    steps = [
        Accept("0"), WriteNote("0", "hm"), Recode("1", "CT", "need"), Recode("3", "SR"), Move("5", "Grandmother"),
        EditWords("6", "It is up to you."), Split("7", 9), Join("1"),
    ]  # fmt: skip
    found = {one.key: one for one in layer_diff(begun(), replay(begun(), steps))}
    assert {key: one.changes for key, one in found.items()} == {
        "1": (Change.SUBTYPE, Change.BOUNDARY),
        "3": (Change.CODE,),
        "5": (Change.SPEAKER,),
        "6": (Change.WORDS,),
        "7.1": (Change.BOUNDARY,),
        "7.2": (Change.BOUNDARY,),
    }
    assert found["1"].was == ("1", "2")
    assert found["7.2"].was == ("7",)
    assert (found["3"].code_before, found["3"].code) == (Behaviour.CR, Behaviour.SR)


def test_a_transcript_is_another_only_where_words_speakers_or_boundaries_are() -> None:
    same = replay(begun(), [Recode("1", "ST"), Uncode("4"), Rate("empathy", 2), WriteNote("0", "x")])
    assert not words_changed(begun(), same)
    for step in (Move("5", "Grandmother"), EditWords("6", "It is up to you."), Split("7", 8), Join("1")):
        assert words_changed(begun(), replay(begun(), [step]))
