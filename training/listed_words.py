"""Words that are looked for in what somebody wrote, and the one list of those that speak of suicide. Pure."""

import re
from collections.abc import Iterable
from functools import cache

ABOUT_SUICIDE = (
    "suicid*", "kill yourself", "killing yourself", "end your life", "ending your life", "end your own life",
    "ending your own life", "end it all", "ending it all", "take your own life", "taking your own life",
    "take your life", "taking your life", "harm yourself", "harming yourself", "hurt yourself", "hurting yourself",
    "self-harm*", "self harm*", "want to die", "wanting to die", "wish you were dead", "better off dead",
    "want to be dead", "rather be dead", "not worth living", "isn't worth living", "want to be alive",
    "wanting to be alive", "want to live any more", "want to live anymore", "want to be here any more",
    "want to be here anymore", "ever not want to be here", "sometimes not want to be here",
    "thoughts of not wanting to be here", "thoughts about not wanting to be here",
)  # fmt: skip
"""How people ask about it. "You don't want to be here" alone is not among them: so one speaks to who was sent."""


def first_in(text: str, words: Iterable[str]) -> str:
    """The first of `words` that stands in the text, in whatever letters; empty where none does. A star at the end of
    one stands for any ending."""
    plain = text.replace("’", "'").lower()
    return next((word for word in words if _pattern(word).search(plain)), "")


@cache
def _pattern(word: str) -> re.Pattern[str]:
    stem, star, _ = word.replace("’", "'").lower().partition("*")
    return re.compile(rf"\b{re.escape(stem)}" + (r"\w*\b" if star else r"\b"))
