"""Every line of both coders is in one stretch, and what shares words is in the same one."""

from hypothesis import given
from hypothesis import strategies as st

from coding.agreement.stretches import stretches
from coding.scheme.codes import Behaviour as B
from coding.scheme.codes import ClientTalk as T
from coding.scheme.codes import CodedUtterance
from tests.coding.scheme.conversations import C, P, said


def shown(first: list[CodedUtterance], second: list[CodedUtterance]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(one.first, one.second) for one in stretches(first, second) if one.differ]


def test_another_code_is_one_line_of_each() -> None:
    first = said((P, "What else?", B.Q), (C, "I miss them.", T.CT), (P, "You miss them so.", B.SR))
    second = said((P, "What else?", B.Q), (C, "I miss them.", T.FN), (P, "You miss them so.", B.SR))
    assert shown(first, second) == [((1,), (1,))]
    assert shown(first, first) == []


def test_lines_drawn_otherwise_are_one_stretch() -> None:
    first = said((P, "You did well there. What helped you most?", B.Q), (C, "Ringing her.", T.CT))
    second = said((P, "You did well there.", B.AF), (P, "What helped you most?", B.Q), (C, "Ringing her.", T.CT))
    assert shown(first, second) == [((0,), (0, 1))]
    assert shown(second, first) == [((0, 1), (0,))]


def test_ends_that_cross_over_are_one_stretch() -> None:
    first = said((P, "One two three four", B.GI), (P, "five six seven eight", B.Q), (C, "Yes I see.", T.FN))
    second = said(
        (P, "One two", B.GI), (P, "three four five six", B.Q), (P, "seven eight", B.Q), (C, "Yes I see.", T.FN)
    )
    assert shown(first, second) == [((0, 1), (0, 1, 2))]


def test_another_speaker_and_words_of_one_alone_differ() -> None:
    first = said((P, "I think so too.", B.NC), (C, "Perhaps I will.", T.CT), (P, "Mm hm.", B.NC))
    second = said((C, "I think so too.", T.FN), (C, "Perhaps I will.", T.CT), (P, "Quite.", B.NC))
    assert shown(first, second) == [((0,), (0,)), ((2,), ()), ((), (2,))]


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1, max_size=4).map(" ".join)


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=12))
def test_no_line_is_lost_or_in_two(first: list[str], second: list[str]) -> None:
    both = [[CodedUtterance(n, 0, P, text, B.Q) for n, text in enumerate(lines)] for lines in (first, second)]
    found = stretches(*both)
    assert [place for one in found for place in one.first] == list(range(len(first)))
    assert [place for one in found for place in one.second] == list(range(len(second)))
