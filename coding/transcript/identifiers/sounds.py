"""Names as they are written without accents, and as they sound, for those that a machine or a hurried hand misspelt."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "’": "'", "ı": "i"})
_SPELLINGS = (
    ("tsch", "c"), ("sch", "s"), ("sz", "s"), ("cz", "c"), ("rz", "z"), ("tch", "c"), ("ch", "c"), ("sh", "s"),
    ("ph", "f"), ("gh", ""), ("kh", "k"), ("dh", "d"), ("th", "t"), ("bh", "v"), ("mh", "v"), ("wh", "w"), ("ck", "k"),
    ("qu", "kw"), ("q", "k"), ("x", "ks"), ("z", "s"), ("w", "v"), ("j", "g"), ("dg", "g"), ("y", ""),
)  # fmt: skip
_SOFT = re.compile(r"c(?=[eiy])")
_SILENT_R = re.compile(r"r(?=[^aeiouy]|$)")
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiouh]")


@lru_cache(16_384)
def plain(name: str) -> str:
    """Lower case, without accents, apostrophes and hyphens."""
    lower = name.lower().translate(_LETTERS)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", lower) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z]", "", bare)


def skeleton(name: str) -> str:
    """The consonants that are heard, spelt in one way; "0" stands for a vowel at the beginning. British speech drops
    the r before a consonant or at the end."""
    letters = plain(name)
    begins = "0" if letters[:1] in tuple("aeiouh") else ""
    letters = _SOFT.sub("s", letters)
    for spelling, sound in _SPELLINGS:
        letters = letters.replace(spelling, sound)
    letters = letters.replace("c", "k")
    letters = _SILENT_R.sub("", letters)
    return begins + _TWICE.sub(r"\1", _VOWELS.sub("", letters))


@lru_cache(65_536)
def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out, or swap with their neighbour; more than `most` is `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, against in enumerate(other, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return min(last[-1], most + 1)
