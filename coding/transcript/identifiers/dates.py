"""Dates of birth, and other full dates, written or spoken. A day of the month alone is nobody's."""

import re
from collections.abc import Iterable, Iterator, Sequence

from coding.transcript.identifiers.births import BIRTH, Asked, asked_in, by_question, by_words
from coding.transcript.identifiers.kinds import Found, Kind
from coding.transcript.identifiers.spoken import TEENS, TENS, UNITS, Token, digit_runs

_COUNTED = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = {word: number for number, word in enumerate(_COUNTED.split(), start=1)} | {
    "thirtieth": 30, "forth": 4, "fith": 5, "eigth": 8, "nineth": 9, "twelth": 12,
}  # fmt: skip
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "janurary|januray|febuary|feburary|febrary|septemeber|octber|novemeber|decemeber|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
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
_WEEKDAY_BEFORE = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day[\s,]+(?:the[\s,]+)?$", re.I)

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
_FILLERS = r"uh|um|er|erm|ah|like|sorry|no|so|day|month|year|year\s+of|back\s+in|i\s+think|slash|dot|stroke|dash"
_GAP = rf"(?:[\s,./\-–]|\b(?:of|in|the|and|{_FILLERS})\b)+"
_TO_MONTH = rf"(?:[\s,./\-–]|\b(?:of|the|{_FILLERS})\b)+"
_MONTH_NUMBER = (
    rf"(?:(?:0?[1-9]|1[0-2])(?:\s?(?:st|nd|rd|th))?(?!\d)|(?:oh|o|zero|nought)[\s-]+(?:{_UNIT})|{_MONTH_AS_DAY})"
)
_DAY_SAID = rf"(?:{_DAY}|(?:oh|o|zero|nought)[\s-]+(?:{_UNIT}))"
_IN_BIRTH = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:the\s+)?{_DAY_SAID}{_TO_MONTH}{_MONTH}(?:{_GAP}{_YEAR}\b)?",
        rf"\b{_MONTH}{_GAP}(?!one\b(?!{_GAP}{_YEAR})){_DAY_SAID}(?:{_GAP}{_YEAR})?\b",
        rf"\b(?:the\s+)?{_DAY_SAID}{_GAP}{_MONTH_NUMBER}{_GAP}{_YEAR}\b",
        rf"\b(?:the\s+)?{_DAY_SAID}\s+of\s+(?:the\s+)?{_MONTH_NUMBER}\b",
        rf"\b(?:the\s+)?(?:{_ORDINAL}|\d{{1,2}}\s?(?:st|nd|rd|th)){_GAP}{_MONTH_NUMBER}\b",
        r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d\d|\d\d)(?!\d)",
        r"(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])(?![\d/-]|\s*(?:[ap]\.?m\b|in\sthe\b))",
        rf"\b{_YEAR}{_GAP}{_DAY}{_OF}{_MONTH}",
        rf"\b(?:the\s+)?{_ORDINAL}\s+month{_GAP}{_DAY}(?:{_GAP}{_YEAR}\b)?",
        rf"\b{_MONTH}{_GAP}{_YEAR}\b",
        rf"\b{_FULL_YEAR}\b",
    )
]
_NAMED_DAY = (
    r"(?:(?:christmas|xmas)\s+(?:day|eve)|boxing\s+day|new\s+year['’]?s\s+(?:day|eve)|(?:st\.?\s+)?valentine['’]?s?"
    r"(?:\s+day)?|hallowe['’]?en|bonfire\s+night|guy\s+fawkes(?:\s+night)?|(?:st|saint)\.?\s+(?:patrick|george|david|andrew)"
    r"['’]?s?(?:\s+day)?|april\s+fool['’]?s?(?:\s+day)?|good\s+friday|easter\s+(?:sunday|monday|day)|burns\s+night|may\s+day"
    r"|leap\s+(?:day|year['’]?s?\s+day)|remembrance\s+(?:day|sunday)|eid(?:\s+day)?|diwali|midsummer['’]?s?(?:\s+day)?"
    r"|shrove\s+tuesday|pancake\s+day|mother['’]?s\s+day|father['’]?s\s+day)"
)
_DAY_ALONE = rf"(?:{_ORDINAL}|\d{{1,2}}\s?(?:st|nd|rd|th))"
_BY_WORDS = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b{_NAMED_DAY}(?:(?:\s+baby)?{_GAP}{_YEAR})?\b",
        rf"\b{_DAY_ALONE}\s+of\s+(?:this|next|last)\s+month\b",
        rf"(?<=day\sthe\s)(?:{_DAY_ALONE})\b",
        rf"(?<=\bon\sthe\s)(?:{_DAY_ALONE})\b(?!\s+(?:\w+day|week|floor|birthday))",
        rf"(?:(?<=\bin\s)|(?<=summer\sof\s)|(?<=winter\sof\s)|(?<=spring\sof\s)|(?<=autumn\sof\s))(?:['’]\d\d|{_TWO_DIGITS})\b",
        rf"(?:(?<=,\sthe\s)|(?<=day['’]s\sthe\s)|(?<=is\sthe\s)|(?<=was\sthe\s))(?:{_DAY_ALONE})(?=\W*$|[.,?!])",
    )
]
_ANSWERS = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b{_NAMED_DAY}(?:(?:\s+baby)?{_GAP}{_YEAR})?\b",
        rf"^\W*(?:(?:it['’]?s|its|oh|um|er|erm|the|on|mine['’]?s|is)\W+)*(?P<said>{_DAY_ALONE})(?=\W*$|[.,?!])",
        rf"^\W*(?:(?:it['’]?s|in|oh|um|er|erm|the)\W+)*(?P<said>{_MONTH})(?=\W*$)",
        rf"(?:\bis|\bon|['’]s)\s+the\s+(?P<said>{_DAY_ALONE})(?=\W*$|[.,?!])",
        rf"\b{_DAY_ALONE}\s+of\s+(?:this|next|last)\s+month\b",
    )
]
_FIRST_WORDS = r"^(?:\W*\w+['’]?\w*){0,3}?\W*"
_YEAR_ANSWERED = re.compile(rf"{_FIRST_WORDS}\b(?P<said>{_FULL_YEAR})\b", re.I)
_SHORT_YEAR_ANSWERED = re.compile(rf"{_FIRST_WORDS}\b(?P<said>{_FULL_YEAR}|['’]?\d\d|{_TWO_DIGITS})\b", re.I)
_DIGITS = re.compile(r"(?=\d{5})(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|1[0-2])(?:(?:19|20)?\d\d)")
_PUT_RIGHT = re.compile(rf"\b{_DAY_ALONE}(?:[\s,.–-]|\b(?:no|sorry|or|and|um|er|erm|i mean|the)\b)+$", re.I)
_PERHAPS = re.compile(rf"\d|\b(?:{_MONTHS})\b|\bof the\b|{BIRTH.pattern}", re.I)


def find_dates(text: str, tokens: Sequence[Token], before: str) -> Iterator[Found]:
    """`before` is what was said just before `text`, one turn a line: "and your date of birth?"."""
    asked = asked_in(before)
    if not asked.at_all and not _PERHAPS.search(text):
        return
    births = _joined(text, [*_by_words(text, tokens), *_by_question(text, tokens, asked)])
    yield from (_as(text, start, end, Kind.BIRTH_DATE) for start, end in births)
    for found in _matches(text, _FULL):
        if not any(start < found.end() and found.start() < end for start, end in births):
            yield _as(text, *found.span(), Kind.DATE)


def _by_words(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    spans = [found.span() for found in _matches(text, [*_FULL, *_IN_BIRTH, *_BY_WORDS])]
    yield from (span for span in [*spans, *_digit_by_digit(text, tokens)] if by_words(text, *span))


def _by_question(text: str, tokens: Sequence[Token], asked: Asked) -> Iterator[tuple[int, int]]:
    if not asked.at_all:
        return
    for found in _matches(text, [*_FULL, *_IN_BIRTH[:-1], *_ANSWERS]):
        span = found.span("said" if "said" in found.re.groupindex else 0)
        if by_question(text, span[0], asked):
            yield span
    yield from (span for span in _digit_by_digit(text, tokens) if by_question(text, span[0], asked))
    year = _SHORT_YEAR_ANSWERED if asked.year else _YEAR_ANSWERED
    if (asked.year or asked.open) and (answer := year.search(text)):
        yield answer.span("said")


def _digit_by_digit(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """ "One two, oh three, one nine eight nine" """
    for run in digit_runs(text, tokens):
        if _DIGITS.fullmatch(run.digits):
            yield run.start, run.end


def _joined(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that overlap as one, with a day put right just before ("the twelfth, no, the thirteenth of May")."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        before = _PUT_RIGHT.search(text[:start])
        start = before.start() if before else start
        if joined and start < joined[-1][1]:
            joined[-1] = (min(start, joined[-1][0]), max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _matches(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[re.Match[str]]:
    for pattern in patterns:
        yield from pattern.finditer(text)


def _as(text: str, start: int, end: int, kind: Kind) -> Found:
    """With the "the" before it, and of a birth the day of the week, which tells the year. One date is the same with and
    without them."""
    end = start + len(text[start:end].rstrip(" ,-."))
    same = re.sub(r"\W+", " ", re.sub(r"^the\s+", "", text[start:end].lower()))
    weekday = _WEEKDAY_BEFORE.search(text[:start]) if kind is Kind.BIRTH_DATE else None
    return Found(weekday.start() if weekday else start, end, kind, same)
