"""Two codings of one transcript laid side by side by their words, where the coders drew utterances differently, mended
words, or gave a line to the other speaker."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from coding.scheme.codes import CodedUtterance

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_RUN = 4
"""Words. Few runs of four come back in a talk, and few of them are mended through."""
_LONG = 400
"""Words between two such runs, from where on frequent ones are only matched beside others."""
Words = Sequence[tuple[str, ...]]
"""Of each utterance."""
Place = tuple[int, int]
"""An utterance and a word in it."""


@dataclass(frozen=True)
class Boundaries:
    """Of utterances inside turns, since where turns change both must draw one: how many both drew at the same word, how
    many the first, how many the second."""

    both: int
    first: int
    second: int


@dataclass(frozen=True)
class Alignment:
    """Utterances are named by their places in the first and in the second coding.

    `words` are the places of the utterances that hold each word that both have, in order. `pairs` are utterances that
    both drew: of the words of the two together, more than half are common to them, so that each has at most one
    partner. `only_first` and `only_second` are the others.
    """

    words: tuple[tuple[int, int], ...]
    pairs: tuple[tuple[int, int], ...]
    only_first: tuple[int, ...]
    only_second: tuple[int, ...]
    boundaries: Boundaries


def align(first: Sequence[CodedUtterance], second: Sequence[CodedUtterance]) -> Alignment:
    """Speakers and codes play no part."""
    said, other_said = [words_of(one.text) for one in first], [words_of(one.text) for one in second]
    common = list(_common_words(said, other_said))
    shared = tuple((here[0], there[0]) for here, there in common)
    pairs = tuple(
        sorted(
            (one, other)
            for (one, other), count in Counter(shared).items()
            if 2 * count > len(said[one]) + len(other_said[other]) - count
        )
    )
    paired = {one for one, _ in pairs}, {other for _, other in pairs}
    ends, other_ends = _ends_inside_turns(first, said), _ends_inside_turns(second, other_said)
    return Alignment(
        words=shared,
        pairs=pairs,
        only_first=tuple(place for place in range(len(first)) if place not in paired[0]),
        only_second=tuple(place for place in range(len(second)) if place not in paired[1]),
        boundaries=Boundaries(
            sum(here in ends and there in other_ends for here, there in common), len(ends), len(other_ends)
        ),
    )


def words_of(text: str) -> tuple[str, ...]:
    """In lower case, never none: what has no word ("…") stands for one."""
    return tuple(_WORD.findall(text.casefold().replace("’", "'"))) or (text.strip(),)


def _ends_inside_turns(said: Sequence[CodedUtterance], words: Words) -> set[Place]:
    """The last words of utterances that the same person's next follows in the same turn."""
    return {
        (number, len(words[number]) - 1)
        for number, (one, following) in enumerate(pairwise(said))
        if (one.turn, one.speaker) == (following.turn, following.speaker)
    }


def _common_words(first: Words, second: Words) -> Iterator[tuple[Place, Place]]:
    places = [[(one, word) for one, words in enumerate(said) for word in range(len(words))] for said in (first, second)]
    flat = [[word for words in said for word in words] for said in (first, second)]
    for here, there in _common(*flat):
        yield places[0][here], places[1][there]


def _common(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of words that both have, in order. Runs of words that each has just once are found first, and only what
    lies between them is searched, so that a long talk takes no more than its length."""
    if first == second:
        yield from ((place, place) for place in range(len(first)))
        return
    done, done_there = 0, 0
    for here, there in [*_in_step(_once_in_both(first, second)), (len(first), len(second))]:
        yield from _between(first[done:here], second[done_there:there], done, done_there)
        if here < len(first):
            yield here, there
        done, done_there = here + 1, there + 1


def _between(first: Sequence[str], second: Sequence[str], start: int, start_there: int) -> Iterator[tuple[int, int]]:
    if not first or not second:
        return
    matcher = SequenceMatcher(None, first, second, autojunk=len(second) > _LONG)
    for here, there, size in matcher.get_matching_blocks():
        yield from ((start + here + step, start_there + there + step) for step in range(size))


def _once_in_both(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Where runs of words begin that each has exactly once, by their place in the first."""
    found = []
    for said in (first, second):
        runs = [tuple(said[place : place + _RUN]) for place in range(len(said) - _RUN + 1)]
        often = Counter(runs)
        found.append({run: place for place, run in enumerate(runs) if often[run] == 1})
    return [(place, found[1][run]) for run, place in found[0].items() if run in found[1]]


def _in_step(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of them that are in one order in both (patience sorting); places of the first increase already."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        ends[length : length + 1] = [there]
        last[length : length + 1] = [number]
        before.append(last[length - 1] if length else None)
    chain: list[tuple[int, int]] = []
    at = last[-1] if last else None
    while at is not None:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]
