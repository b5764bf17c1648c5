"""Words that are not to be read: names of colleagues, and what a coach takes out by hand. Pure."""

import re
from collections.abc import Iterable, Sequence

GONE = "[…]"
MOST = 500
"""Characters of what somebody may ask to leave out."""


def asked_for(text: str) -> tuple[str, ...]:
    """From a field: words or phrases with commas or new lines between them."""
    parts = (" ".join(one.split()) for one in re.split(r"[,\n;]", text[:MOST]))
    return tuple(dict.fromkeys(one for one in parts if one))


def parts_of_names(names: Iterable[str]) -> tuple[str, ...]:
    """First and last names alike, without initials and titles."""
    found = (part for name in names for part in re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", name))
    return tuple(dict.fromkeys(part for part in found if len(part) > 2))


def without(text: str, words: Sequence[str], *, exact: Sequence[str] = ()) -> str:
    """`words` go however they are written, `exact` only in the same letters: a Will is a name, a will is not."""
    for phrase in sorted(words, key=len, reverse=True):
        text = _pattern(phrase, re.IGNORECASE).sub(GONE, text)
    for phrase in sorted(exact, key=len, reverse=True):
        text = _pattern(phrase, 0).sub(GONE, text)
    return text


def _pattern(phrase: str, flags: int) -> re.Pattern[str]:
    """Whole words only; an apostrophe may be straight or not."""
    words = r"\s+".join(re.sub("['’]", "['’]", re.escape(part)) for part in phrase.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", flags)
