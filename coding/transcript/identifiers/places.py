"""Addresses and schools."""

import re
from collections.abc import Iterator

from coding.transcript.identifiers.common_words import is_common
from coding.transcript.identifiers.first_names import NOT_PEOPLE as _NOT_PEOPLE
from coding.transcript.identifiers.first_names import first_names
from coding.transcript.identifiers.kinds import Found, Kind
from coding.transcript.identifiers.sounds import plain
from coding.transcript.identifiers.spoken import TEENS, TENS, UNITS
from coding.transcript.identifiers.word_set import word_set

_SURE_STREETS = "street|road|avenue|lane|crescent|terrace|grove|gardens|cottages|mews|boulevard|parade|quay|estate"
_STREETS = (
    rf"{_SURE_STREETS}|st|rd|ave|drive|close|court|place|square|way|walk|row|hill|park|green|rise|view|end|house|villas|"
    "mount|croft|fold|gate|meadow|meadows|fields|field|bank|common|heights|towers|tower|wharf|yard|vale|dale|brow|"
    "crest|circus|parkway|broadway|path|garth|drove|chase|ridge|copse|wynd|loan|brae|side"
)
_UNIT = "|".join([*UNITS, *TEENS, *TENS])
_NUMBER = rf"(?:\d{{1,4}}\s?[a-d]?(?![\d.:/])|(?:{_UNIT})(?:[\s-]+(?:and[\s-]+)?(?:{_UNIT}|hundred|[a-d]\b))*)"
_CAPITAL = r"(?-i:[A-ZÀ-Þ])[\w'’-]*"
_FLAT = rf"(?:(?:flat|unit|apartment|room|pitch|plot)\s+(?:\d+[a-d]?|[a-d]\b|{_UNIT}),?\s+)?"
_ADDRESS = re.compile(rf"\b{_FLAT}{_NUMBER},?\s+(?:the\s+)?(?:{_CAPITAL}\s+){{1,3}}(?:{_STREETS})\b", re.I)
_NAMED = re.compile(
    rf"\b(?-i:The\s+)?(?:{_CAPITAL}\s+){{1,3}}(?-i:Cottage|House|Lodge|Farm|Barn|Villa|Bungalow|Mill|Hall),?\s+"
    rf"(?:on\s+|in\s+)?(?:{_CAPITAL}\s+){{1,3}}(?:{_STREETS})\b"
    rf"|\b(?:flat|unit|apartment|room|plot)\s+(?:\d+[a-d]?|[a-d]|{_UNIT}),?\s+(?:{_CAPITAL}\s+){{1,3}}(?:{_STREETS})\b"
    rf"|\b(?:number|no\.?)\s+{_NUMBER},?\s+(?:on\s+|in\s+)?(?:the\s+)?{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}}"
    rf"|(?<=at\s){_NUMBER},?\s+{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}}",
    re.I,
)
_LOWER = re.compile(rf"\b{_FLAT}{_NUMBER},?\s+((?:[a-z'’-]+\s+){{1,3}})({_STREETS})\b", re.I)
_NUMBERLESS = re.compile(rf"\b(?:{_CAPITAL}\s+){{1,3}}(?-i:(?:{_SURE_STREETS.title()}|Close|Drive|Court|Walk|Mount))\b")
_LIVES = re.compile(r"\b(live|lives|lived|living|moved|moving|address|flat|my house|stay at|staying at)\b", re.I)

_HOUSE_SAID = re.compile(r"\b(cottage|house|lodge|farm|barn|flat|number|letter|post|deliver\w*|visit\w*|round)\b", re.I)
_BETWEEN = word_set(
    "i me my a an the in on at to of or and for from by with down up off over way ways years year times more bags"
)

_SCHOOL_END = (
    r"(?:(?:c\.? ?of ?e\.?|ce|rc|catholic|church of england|community|junior|infants?|primary|secondary|high|grammar|"
    r"middle|special|sixth form|comprehensive|free|village)\s+)*"
    r"(?:primary|secondary|academy|school|juniors?|infants?|nursery|college|pre-?school|high|grammar|sixth form|"
    r"comprehensive|comp|playgroup|kindergarten|academy trust|children'?s centre)"
)
_SCHOOL = re.compile(rf"\b{_SCHOOL_END}\b(?:\s+school\b)?", re.I)
_YSGOL = re.compile(r"\bYsgol(?:\s+(?:[A-Z][\w'’-]*|y|yr|gynradd|uwchradd))+")
_GOES_TO = re.compile(
    rf"\b(?:go(?:es|ing)?|went|moved|move|started|starts|start|back|attends?|is|'s|’s|are|'re|’re|was|were)\s+(?:to|at|in)\s+"
    rf"((?:[\w'’-]+\s+){{1,3}}?){_SCHOOL_END}\b(?:\s+school\b)?",
    re.I,
)
_NO_SCHOOL_NAME = word_set(
    "the a an my her his their our your this that another new old big local same different any no some other one which "
    "what primary secondary high special night sunday every all nice good better first last little's is at to in"
)
_SAINT = re.compile(r"\b(?:St|Saint)\.?\s+[A-Z][\w'’-]+(?:\s+(?:and|&)\s+(?:St\.?\s+)?[A-Z][\w'’-]+)?")
_SCHOOL_SAID = re.compile(r"\b(school|goes to|gone to|year \d|teacher|class|pupil|moved to|started at|nursery)\b", re.I)
_INSIDE = word_set("of the our lady st saint st. and & on in rc")
_ENDS_ALONE = word_set("high comp college free special nursery school infant infants junior juniors")


def find_places(text: str) -> Iterator[Found]:
    yield from (_as(text, *found.span(), Kind.ADDRESS) for found in _ADDRESS.finditer(text))
    if _LIVES.search(text) or _HOUSE_SAID.search(text):
        yield from (_as(text, *found.span(), Kind.ADDRESS) for found in _NAMED.finditer(text))
    for found in _LOWER.finditer(text):
        words = found.group(1).lower().split()
        is_street = found.group(2).lower() in _SURE_STREETS.split("|")
        named = not all(is_common(word) for word in words) or (
            is_street and (_LIVES.search(text) or found.group()[0].isdigit())
        )
        if named and not _BETWEEN.intersection(words):
            yield _as(text, *found.span(), Kind.ADDRESS)
    for found in _NUMBERLESS.finditer(text) if _LIVES.search(text) else ():
        first = found.group().split()[0]
        start = found.start() + (len(first) + 1 if is_common(first) and len(found.group().split()) > 2 else 0)
        yield _as(text, start, found.end(), Kind.ADDRESS)
    yield from _schools(text)


def _schools(text: str) -> Iterator[Found]:
    for found in _SCHOOL.finditer(text):
        start = _name_start(text, found.start())
        if start < found.start() and not _is_childs(text[start : found.start()]):
            yield _as(text, start, found.end(), Kind.SCHOOL)
    yield from (_as(text, *found.span(), Kind.SCHOOL) for found in _YSGOL.finditer(text))
    for found in _GOES_TO.finditer(text):
        if not _NO_SCHOOL_NAME.intersection(found.group(1).lower().split()):
            yield _as(text, found.start(1), found.end(), Kind.SCHOOL)
    if _SCHOOL_SAID.search(text):
        yield from (_as(text, *found.span(), Kind.SCHOOL) for found in _SAINT.finditer(text))


def _name_start(text: str, end: int) -> int:
    """Where the name in front of a word for a school begins; `end` when there is none."""
    start, named = end, end
    for found in reversed(list(re.finditer(r"[\w'’.&-]+", text[:end]))):
        gap = text[found.end() : start]
        if gap.strip() or end - found.start() > 60:
            break
        word = found.group()
        at_beginning = not text[: found.start()].strip() or text[: found.start()].rstrip()[-1] in ".?!"
        if (word[0].isupper() and not (at_beginning and is_common(word)) and word not in _NO_NAMES) or (
            word[0].islower() and not is_common(word.rstrip(".")) and word not in _NOT_PEOPLE
        ):
            named = found.start()
        elif word.lower() not in _INSIDE:
            break
        start = found.start()
    return named


def _is_childs(name: str) -> bool:
    """Whether it is a child's school, as in "Ellie's nursery", and not the school's name."""
    words = name.split()
    return len(words) == 1 and plain(words[0].replace("’s", "").replace("'s", "")) in first_names()


_NO_NAMES = word_set("I I'm i'm i'll i've I'd I've I'll Year The In At To My Our His Her Is And But")


def _as(text: str, start: int, end: int, kind: Kind) -> Found:
    return Found(start, end, kind, re.sub(r"\W+", " ", text[start:end].lower()).strip())
