"""Two codings of one transcript find each other by their words."""

import random
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from coding.agreement.align import Boundaries, align, words_of
from coding.scheme.codes import CodedUtterance
from tests.coding.scheme.conversations import C, P, conversations, said

WHOLE = said((P, "You're tired. What would help?", None), (C, "Sleep, mostly. And my sister.", None))
PARTS = said((P, "You're tired.", None), (P, "What would help?", None), (C, "Sleep, mostly. And my sister.", None))


@given(conversations)
def test_the_same_parsing_pairs_each_with_itself(conversation: list[CodedUtterance]) -> None:
    found = align(conversation, conversation)
    assert found.pairs == tuple((place, place) for place in range(len(conversation)))
    assert found.only_first == found.only_second == ()
    assert len(found.words) == sum(len(words_of(one.text)) for one in conversation)
    assert len({found.boundaries.both, *vars(found.boundaries).values()}) == 1


@given(conversations, conversations)
def test_partners_are_in_order_and_one_to_one(first: list[CodedUtterance], second: list[CodedUtterance]) -> None:
    found = align(first, second)
    for places in zip(*found.words, strict=True):
        assert list(places) == sorted(places)
    for side, said_by, alone in ((0, first, found.only_first), (1, second, found.only_second)):
        paired = [pair[side] for pair in found.pairs]
        assert sorted([*paired, *alone]) == list(range(len(said_by)))


def test_each_word_is_found_once_and_in_order_and_most_are_found() -> None:
    """Utterances of one word each, an eighth of them gone or mended."""
    draw = random.Random(7)
    for _ in range(60):
        words = [f"w{draw.randrange(60)}" for _ in range(150)]
        other = [f"x{draw.randrange(60)}" if draw.random() < 0.06 else one for one in words if draw.random() > 0.06]
        first, second = ([CodedUtterance(n, 0, P, one) for n, one in enumerate(some)] for some in (words, other))
        found = align(first, second).words
        assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))
        assert all(words[here] == other[there] for here, there in found)
        assert len(found) >= 0.9 * sum(not one.startswith("x") for one in other)


def test_most_of_an_utterance_is_enough_and_half_is_not() -> None:
    found = align(WHOLE, PARTS)
    assert found.pairs == ((0, 1), (1, 2))  # "What would help" is three words of five
    assert (found.only_first, found.only_second) == ((), (0,))
    assert found.words == ((0, 0),) * 2 + ((0, 1),) * 3 + ((1, 2),) * 5
    halves = said((P, "You are tired.", None), (P, "What would help?", None))
    found = align(said((P, "You are tired. What would help?", None)), halves)
    assert (found.pairs, found.only_first, found.only_second) == ((), (0,), (0, 1))


def test_mended_words_capitals_and_curly_signs_do_not_part_utterances() -> None:
    mended = [
        replace(WHOLE[0], text="you’re TIRED – what would help"),
        replace(WHOLE[1], text="Sleep. Mostly my sister!"),
    ]
    assert align(WHOLE, mended).pairs == ((0, 0), (1, 1))


def test_a_line_given_to_the_other_speaker_is_found() -> None:
    moved = [replace(WHOLE[0], speaker=C), WHOLE[1]]
    assert align(WHOLE, moved).pairs == ((0, 0), (1, 1))


def test_what_has_no_word_is_found_too() -> None:
    quiet = said((P, "…", None), (C, "Mm.", None), (P, "…", None))
    assert align(quiet, quiet).pairs == ((0, 0), (1, 1), (2, 2))


def test_nothing_has_no_partner() -> None:
    assert align([], WHOLE).only_second == (0, 1)
    assert align(WHOLE, said((P, "Something else altogether", None))).pairs == ()
    assert align([], []).boundaries == Boundaries(0, 0, 0)


def test_boundaries_count_inside_turns() -> None:
    assert align(WHOLE, PARTS).boundaries == Boundaries(both=0, first=0, second=1)
    assert align(PARTS, PARTS).boundaries == Boundaries(both=1, first=1, second=1)
    elsewhere = said((P, "You're tired. What", None), (P, "would help?", None), (C, WHOLE[1].text, None))
    assert align(PARTS, elsewhere).boundaries == Boundaries(both=0, first=1, second=1)


@pytest.mark.parametrize("changed", [0.05, 1.0])
def test_a_long_talk_is_quick(changed: float) -> None:
    """2,000 utterances of common words, a share of them mended."""
    draw = random.Random(2)
    common = [f"word{draw.randrange(300)}" for _ in range(3_000)]
    talk = [CodedUtterance(n, 0, P if n % 2 else C, " ".join(draw.choices(common, k=12))) for n in range(2_000)]
    other = [
        replace(one, text=f"{one.text.rsplit(' ', 1)[0]} mended") if draw.random() < changed else one for one in talk
    ]
    started = time.process_time()
    found = align(talk, other)
    assert time.process_time() - started < 8
    assert len(found.pairs) >= 1_980
