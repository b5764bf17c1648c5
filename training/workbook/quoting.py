"""Whether somebody's words stand in a text."""

import re
from collections.abc import Iterable, Iterator

LONGEST_RUN, SHORTEST_RUN = 6, 4
"""So many words in a row that the other person said are a quotation; all of a line that has fewer, but four at least.
Three words in a row, such as "I want to", are anybody's."""
_WORD = re.compile(r"\w+(?:['-]\w+)*")


def has_words_of(text: str, lines: Iterable[str], *, beside: str = "") -> bool:
    """Whether `text` has a run of words from one of the lines. What stands in `beside` too, such as the change goal,
    which the practitioner wrote, is nobody's quotation."""
    written, known = _words(text), set(_runs(_words(beside)))
    spoken: set[tuple[str, ...]] = set()
    for line in lines:
        said = _words(line)
        run = min(LONGEST_RUN, len(said))
        if run >= SHORTEST_RUN:
            spoken |= {tuple(said[at : at + run]) for at in range(len(said) - run + 1)}
    return not (spoken - known).isdisjoint(_runs(written))


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    for length in range(SHORTEST_RUN, LONGEST_RUN + 1):
        yield from (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'").replace("‐", "-"))
