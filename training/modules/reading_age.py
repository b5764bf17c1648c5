"""How old a reader has to be: the Flesch–Kincaid grade of a text, and the British age that goes with it. Pure."""

import re

OLDEST = 14
"""The highest reading age a module may ask for. Easier is as good."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_SENTENCE_END = re.compile(r"[.!?]+[\"”’')\]]*(?:\s|$)|\n")


def grade(text: str) -> float:
    """Flesch and Kincaid's grade (years of school in the United States). A line's end ends a sentence, as in a list.

    Raises ValueError for a text without a word.
    """
    words = _WORD.findall(text)
    if not words:
        raise ValueError("there is no word in it")
    sentences = sum(bool(_WORD.search(one)) for one in _SENTENCE_END.split(text))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def reading_age(text: str) -> int:
    """In years, as it is reckoned in Britain: five more than the grade. Raises ValueError."""
    return round(grade(text) + 5)


def syllables(word: str) -> int:
    """Counted by its letters: groups of vowels, without an e or an -ed that is not heard. Right for most words."""
    letters = word.lower().replace("’", "'")
    count = len(re.findall(r"[aeiouy]+", letters))
    if count > 1 and letters.endswith("e") and not letters.endswith(("le", "ee")):
        count -= 1
    if count > 1 and re.search(r"[^tde]ed$", letters):
        count -= 1
    return max(1, count)


def word_count(text: str) -> int:
    return len(_WORD.findall(text))
