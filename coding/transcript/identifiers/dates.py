"""Dates of birth, and other full dates, written or spoken. A day of the month alone is nobody's."""

import re
from collections.abc import Iterator

from coding.transcript.identifiers.kinds import Found, Kind
from coding.transcript.identifiers.spoken import TEENS, TENS, UNITS

_COUNTED = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = {word: number for number, word in enumerate(_COUNTED.split(), start=1)} | {"thirtieth": 30}
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|febuary|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)


def _either(words: object) -> str:
    return "|".join(sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


_S = r"[\s,\-]+"
_UNIT = _either([word for word in UNITS if word not in ("o", "zero", "oh", "nought", "naught")])
_TEEN, _TEN = _either(TEENS), _either(TENS)
_ORDINAL = rf"(?:(?:twenty|thirty)[\s-]+)?(?:{_either(_ORDINALS)})"
_DAY_WORDS = rf"(?:{_ORDINAL}|(?:twenty|thirty)(?:[\s-]+(?:{_UNIT}))?|{_TEEN}|{_UNIT})"
_DAY_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])\s?(?:st|nd|rd|th)?"
_DAY = rf"(?:{_DAY_NUMBER}|{_DAY_WORDS})"
_TWO_DIGITS = rf"(?:(?:{_TEN})(?:[\s-]+(?:{_UNIT}))?|{_TEEN}|(?:oh|o|zero|nought)[\s-]+(?:{_UNIT}))"
_YEAR_WORDS = (
    rf"(?:(?:nineteen|twenty)(?:[\s-]+hundred)?(?:[\s-]+and)?[\s-]+{_TWO_DIGITS}"
    rf"|two[\s-]+thousand(?:[\s-]+(?:and[\s-]+)?(?:{_TWO_DIGITS}|{_UNIT}))?"
    rf"|{_TWO_DIGITS})"
)
_FULL_YEAR_WORDS = (
    rf"(?:(?:nineteen|twenty)[\s-]+{_TWO_DIGITS}|two[\s-]+thousand(?:[\s-]+(?:and[\s-]+)?(?:{_TWO_DIGITS}|{_UNIT}))?)"
)
_MIXED_YEAR = (
    rf"(?:2000\s+and\s+(?:{_TWO_DIGITS}|{_UNIT}|\d{{1,2}})|(?:19|20)[\s-]?\d\d(?!\d)"
    r"|(?:nineteen|twenty)[\s-]+\d\d(?!\d))"
)
_FULL_YEAR = rf"(?:(?:19|20)\d\d|{_MIXED_YEAR}|{_FULL_YEAR_WORDS})"
_YEAR = rf"(?:{_MIXED_YEAR}|['’]?\d\d(?!\d)|{_YEAR_WORDS})"
_MONTH = rf"(?:{_MONTHS})\b\.?"
_OF = r"(?:[\s,\-]+of)?(?:[\s,\-]+the)?[\s,\-]+"
_MONTH_AS_DAY = rf"(?:0?[1-9]|1[0-2])\s?(?:st|nd|rd|th)?(?!\d)|{_ORDINAL}|{_TEEN}|{_UNIT}"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"

_FULL = [
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<![\d/.-])\d{4}([-/.])\d{1,2}\1\d{1,2}(?![\d/-])",
        r"(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01])\s?([-/.])\s?(?:0?[1-9]|1[0-2])\s?\1\s?(?:\d{4}|\d{2})(?![\d/-])",
        rf"\b(?:the\s+)?{_DAY}{_OF}{_MONTH}(?:{_S}|,?\s+in\s+){_YEAR}\b",
        rf"\b{_MONTH}{_S}(?:the{_S})?{_DAY}{_S}{_YEAR}\b",
        rf"\b(?:the\s+)?{_DAY}{_OF}{_MONTH}\s+(?:of|in)\s+{_FULL_YEAR}\b",
        rf"\b{_MONTH}{_S}(?:the{_S})?{_DAY}\s+(?:of|in)\s+{_FULL_YEAR}\b",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?-?(?:{_MONTHS})-?(?:\d{{4}}|\d\d)\b",
        rf"\b(?:the\s+)?{_DAY}[\s,\-]+of[\s,\-]+(?:the[\s,\-]+)?(?:{_MONTH_AS_DAY}){_S}(?:of{_S})?{_YEAR}\b",
    )
]
_GAP = r"(?:[\s,./\-–]|\b(?:of|in|the|um|er|erm|year|and)\b)+"
_MONTH_NUMBER = (
    rf"(?:(?:0?[1-9]|1[0-2])(?:\s?(?:st|nd|rd|th))?(?!\d)|(?:oh|o|zero|nought)[\s-]+(?:{_UNIT})|{_MONTH_AS_DAY})"
)
_DAY_SAID = rf"(?:{_DAY}|(?:oh|o|zero|nought)[\s-]+(?:{_UNIT}))"
_IN_BIRTH = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:the\s+)?{_DAY_SAID}{_GAP}{_MONTH}(?:{_GAP}{_YEAR}\b)?",
        rf"\b{_MONTH}{_GAP}{_DAY_SAID}(?:{_GAP}{_YEAR})?\b",
        rf"\b(?:the\s+)?{_DAY_SAID}{_GAP}{_MONTH_NUMBER}{_GAP}{_YEAR}\b",
        rf"\b(?:the\s+)?{_DAY_SAID}\s+of\s+(?:the\s+)?{_MONTH_NUMBER}\b",
        rf"\b(?:the\s+)?(?:{_ORDINAL}|\d{{1,2}}\s?(?:st|nd|rd|th)){_GAP}{_MONTH_NUMBER}\b",
        r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d\d|\d\d)(?!\d)",
        r"(?<![\d/.-])\d{1,2}([/.-])\d{1,2}(?![\d/-])",
        rf"\b{_MONTH}{_GAP}{_YEAR}\b",
        rf"\b{_FULL_YEAR}\b",
    )
]
_BIRTH = re.compile(
    r"\b(?:born|birth|birthdays?|birthdate|b-?day|d\.?\s?o\.?\s?b|had (?:him|her|them|it) on|arrived|"
    r"turns? \w+|turned \w+|turning \w+|be \w+ on)\b",
    re.I,
)
_PERHAPS = re.compile(rf"\d|\b(?:{_MONTHS})\b|\bof the\b|{_BIRTH.pattern}", re.I)
_AGE_ON = re.compile(rf"\b(?:\d{{1,2}}|{_UNIT}|{_TEEN}|{_TEN})\s+on\s+(?:the\s+)?$", re.I)
_NEAR = 60
"""Characters between a word of birth and its date."""


def find_dates(text: str, before: str) -> Iterator[Found]:
    """`before` is what was said just before `text`: "and your date of birth?"."""
    asked = _asked(before)
    if not asked and not _PERHAPS.search(text):
        return
    for pattern in _FULL:
        for found in pattern.finditer(text):
            kind = Kind.BIRTH_DATE if asked or _birth_near(text, found) else Kind.DATE
            yield _as(text, found, kind)
    for number, pattern in enumerate(_IN_BIRTH):
        for found in pattern.finditer(text):
            # An answer is a date from its beginning; a later year alone may be about anything.
            if _birth_near(text, found) or (asked and number < len(_IN_BIRTH) - 1 and found.start() < 2 * _NEAR):
                yield _as(text, found, Kind.BIRTH_DATE)


def _asked(before: str) -> bool:
    return bool(_BIRTH.search(before[-5 * _NEAR :]))


def _birth_near(text: str, found: re.Match[str]) -> bool:
    said = text[max(0, found.start() - _NEAR) : found.start()] + " " + text[found.end() : found.end() + 40]
    return bool(_BIRTH.search(said)) or bool(_AGE_ON.search(text[: found.start()]))


def _as(text: str, found: re.Match[str], kind: Kind) -> Found:
    """Without the "the" before it."""
    start, end = found.span()
    said = re.match(r"the\s+", found.group(), re.I)
    start += said.end() if said else 0
    end = start + len(text[start:end].rstrip(" ,-"))
    return Found(start, end, kind, re.sub(r"\W+", " ", text[start:end].lower()))
