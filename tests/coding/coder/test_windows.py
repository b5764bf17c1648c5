from hypothesis import given
from hypothesis import strategies as st

from coding.coder.model import DEFAULT
from coding.coder.result import UtteranceToCode
from coding.coder.windows import AHEAD, BACK, LENGTH, MOST_OF_GOAL, MOST_TOKENS, Pieces, laid_out, windows_of
from coding.scheme.codes import Speaker
from tests.coding.coder.talk import C, P, conversation

lengths = st.lists(st.integers(1, MOST_TOKENS + 1), max_size=60)


@given(lengths, st.integers(90, LENGTH))
def test_every_utterance_is_answered_once_inside_what_is_read(sizes: list[int], room: int) -> None:
    found = list(windows_of(sizes, room))
    assert [place for one in found for place in range(one.first, one.last)] == list(range(len(sizes)))
    for one in found:
        assert 0 <= one.start <= one.first < one.last <= one.end <= len(sizes)
        assert sum(sizes[one.start : one.end]) <= room or one.end - one.first == 1


@given(st.lists(st.integers(1, MOST_TOKENS + 1), min_size=20, max_size=60))
def test_what_is_answered_has_talk_before_it_however_long(sizes: list[int]) -> None:
    first, *others = windows_of(sizes, LENGTH - MOST_OF_GOAL - 2)
    assert first.start == 0
    assert all(one.start < one.first for one in others)


@given(st.lists(st.integers(1, 12), min_size=40, max_size=90))
def test_what_is_answered_has_talk_before_and_after_it(sizes: list[int]) -> None:
    for one in windows_of(sizes, LENGTH):
        if one.start:
            assert sum(sizes[one.start : one.first]) > BACK - 12
        if one.end < len(sizes):
            assert sum(sizes[one.last : one.end]) >= AHEAD


def pieces() -> Pieces:
    return Pieces(DEFAULT / "tokenizer.json")


def test_marks_say_who_begins_and_where_an_utterance_does() -> None:
    read = pieces()
    first, second, third = read.of(conversation((P, "Hello."), (P, "How are you?"), (C, "Tired.")))
    assert (first.ids[0], second.ids[0], third.ids[0]) == (read.marks[P], read.mark, read.marks[C])
    assert (first.side, third.side) == (1, 0)
    assert read.marks[P] != read.marks[C]


def test_places_lead_back_to_the_words() -> None:
    text = "You’re worn out, and it’s only Tuesday."
    [piece] = pieces().of(conversation((P, text)))
    said = [text[start:end] for start, end in piece.places]
    assert (said[0], said[-2], said[-1]) == ("You", "Tuesday", ".")
    assert len(piece.places) == len(piece.ids) - 1


def test_a_speech_is_read_by_its_ends() -> None:
    [piece] = pieces().of([UtteranceToCode(0, 0, Speaker.CLIENT, "word " * 500 + "end")])
    assert len(piece.ids) == MOST_TOKENS + 1
    assert piece.places[-1] == (2500, 2503)


def test_the_goal_stands_before_what_was_said() -> None:
    read = pieces()
    assert read.goal("") == (read.start,)
    with_goal = read.goal("drink less")
    assert with_goal[0] == read.start
    assert with_goal[-1] == read.mark
    assert len(read.goal("drink less " * 50)) == MOST_OF_GOAL + 2
    ids, sides = laid_out(with_goal, read.of(conversation((P, "Hello."))))
    assert len(ids) == len(sides) == len(with_goal) + 3
    assert sides == [0] * len(with_goal) + [1] * 3


def test_nothing_said_is_no_window() -> None:
    assert list(windows_of([], LENGTH)) == []
