"""Whether a date is somebody's date of birth: by the words beside it, and by the question it answers.

Both are read with what else dates are said of (a hearing, a first day without a drink), which takes a date away from a
birthday spoken of in the same breath."""

import re
from dataclasses import dataclass
from functools import lru_cache

from coding.transcript.identifiers.spoken import TEENS, TENS, UNITS

_NUMBER = "|".join(sorted((word for word in (*TEENS, *TENS, *UNITS) if len(word) > 2), key=len, reverse=True))
AGE = rf"(?:\d{{1,2}}|(?:(?:{_NUMBER})(?:[\s-]+(?:{_NUMBER}))?))"
_ROUND = (
    "sixteenth|eighteenth|twenty[ -]first|thirtieth|fortieth|fiftieth|sixtieth|seventieth|eightieth|ninetieth|"
    "hundredth|1[368]th|21st|[3-9]0th|100th"
)
_ASKED = r"born|birth|birthdays?|birth\s?dates?|b-?days?|d\.?\s?o\.?\s?b\.?(?:'?s)?"
_LATER = r"(?:(?:this|next|last|in) \w+,? )?"
_NO_YEARS = r"(?! (?:minutes|hours|days|weeks|months|quid|pounds?|times|miles|of|past|to|or|out|per|o['’]clock)\b)"
BIRTH = re.compile(
    rf"\b(?:{_ASKED}|gave birth|(?:had|have|having) (?:him|her|them|it|(?:the|my|me|our)(?: \w+){{1,2}}) (?:at|on|in)"
    r"|into (?:the|this) world|c-section|caesarean|delivered by|induced|in labour|waters (?:broke|went)"
    r"|weeks? (?:early|late|premature|overdue)|newborn"
    r"|(?:he|she|they|baby|twins|little one)(?:['’]d)? (?:finally |both |has |had |have )?arrived"
    r"|(?:he|she|they|baby|twins|little one) (?:come|came) (?:early |late |along )?on|(?:he|she|it) was here on"
    rf"|turn(?:s|ed|ing)? (?:(?:him|her|them) )?{AGE}"
    rf"|(?:be|is|was|were|[a-z]+['’](?:s|m|re|ll be)) {AGE},? {_LATER}on"
    rf"|(?:['’]ll|will|gonna|going to|would have|['’]d have|should have|['’]ve) (?:be|been) {AGE}\b{_NO_YEARS}"
    rf"|{AGE} (?:in|this|next) [a-z]{{3,9}}, (?:on|the)"
    rf"|(?:when|once|until) \w+(?:['’]\w+)? (?:turns? )?{AGE},? (?:which is|that's|and that's|so)"
    rf"|(?:my|his|her|their|our|[a-z]+['’]s) (?:big )?(?:{_ROUND})(?! of\b)|an? \w+ baby)\b",
    re.I,
)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day )?"
_NO_AGE = "".join(rf"(?<!\b{word} )" for word in ("at", "past", "to", "by", "about", "for", "from", "had"))
_NEXT_ONE = re.compile(r"^\W*(?:and|what about|how about|then|next)\b[\w'’, ]{1,40}\?", re.I)
_AGE_ON = re.compile(
    rf"{_NO_AGE}(?<![\d:.])\b{AGE},? {_LATER}(?:on|come|comes|this coming|next) {_WEEKDAY}(?:the )?$"
    rf"|(?:\b(?:is|am|are|age|aged)|['’](?:s|m|re)) {AGE}(?: years? old| now)?, (?:and )?"
    r"(?:(?:he|she|i|they)['’](?:s|m|re) )?(?:the )?$",
    re.I,
)
_ELSE = re.compile(
    r"\b(?:appointments?|hearings?|court|reviews?|meetings?|met|visit\w*|pay\w*|paid|moved?|moving|since|expir\w+"
    r"|runs? (?:out|until|till|to)|due|register\w*|referr\w+|start(?:s|ed|ing)?|began|begins?|split|marr(?:ied|y)"
    r"|wedding|engaged|died|dies|death|dead|funeral|buried|passed away|lost|clean|sober|dry|drank|drunk"
    r"|drink(?:ing)?|relaps\w+|picked up|stopped|stop|quit|gave up|scan|slot|order|tenancy"
    r"|until|till|dated?(?! of)|issued|signed|sent|coming"
    r"|see you|saw|seen|last time|next time|left|leav\w+|jabs?|vaccin\w+|holiday\w*|deadline|booked|book|interview"
    r"|arrears|release\w*|out on|sentence\w*|arrest\w*|tag|prescri\w+|script|detox|rehab|came out|went in\w*|admitted"
    r"|discharged|assessment|conference|conviction|joined|offered|available|back on|ring|call|phone|deliver\w+"
    r"|parcel|exam\w*|term|test|results?|operation|surgery|lockdown|let you know|found out|broke up"
    r"|(?:from|before|by) the)\b",
    re.I,
)
_GOVERNS = re.compile(rf"(?:{_ELSE.pattern})[^.?!;,]{{0,25}}$", re.I)
"""At the end of what stands before a date: that it is said of something else."""
_OTHER_QUESTION = re.compile(
    rf"\bwhen (?:did|do|does|are|will|is (?:the|your next)|was (?:the|it))\b|\bdates?\b.{{0,30}}(?:{_ELSE.pattern})",
    re.I,
)
_QUESTION = re.compile(r"\?|\b(?:when|what|can|could|confirm|check|tell|give|need|take|form|for|and|also)\b", re.I)
_YEAR_ASKED = re.compile(rf"\byears?\b|\bborn in (?:['’]?\d\d|{_NUMBER})", re.I)
_WAS_BORN = re.compile(
    r"^\W{0,2}(?:(?:is|was|that['’]?s|that was|when|the day|and that['’]?s|as) )?(?:when |the day )?"
    r"(?:(?:he|she|i|they|we) (?:was|were) born"
    r"|(?:it['’]?s |it was |is |was )?(?:my|his|her|their) (?:real )?birthday)",
    re.I,
)
"""After a date, that it is one of birth whatever is said before it."""
_MANY = re.compile(
    r"\b(?:dates of birth|birthdays|birth dates|d\.?o\.?b\.?['’]?s|every\w*|all|each|children|kids|twins|both)\b", re.I
)
_ASKS = re.compile(
    rf"\b(?:{_ASKED}|how old|(?:your|his|her|their) ages?|when did (?:you|she) have"
    rf"|when did (?:he|she|they|the baby) arrive"
    rf"|when (?:do|does|did|will|is|are|was|were) [^?.]{{0,30}}(?:turn|turning|be|gonna be) {AGE}"
    rf"|(?:is|are|isn't) [^?.]{{0,25}}(?:turning )?{AGE}\b[^?]{{0,15}}\?)",
    re.I,
)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\b"
_DAY = r"(?:\d|\b\w+(?:st|nd|rd|th)\b)"
_SOME_DATE = re.compile(
    rf"{_MONTH}[\s,]+(?:the\s+)?{_DAY}|{_DAY}(?:[\s,]+of)?(?:[\s,]+the)?[\s,]+{_MONTH}|\d(?:st|nd|rd|th)\b|\d[./-]\d"
    r"|\b\w+th of\b",
    re.I,
)
_SENTENCE = re.compile(r"[.?!;]\s+|[–—]\s+")
_BEFORE, _AFTER = 90, 45
"""Characters between a word of birth and its date."""
_AT_ONCE = 40
"""Characters before a date that puts right, or adds to, one given already."""
_JUST, _LATELY, _LONG_AGO = 2, 3, 12
"""Turns back in which a question holds whatever was said since, any word of birth may lie, or a plain question."""


@dataclass(frozen=True)
class Asked:
    """`open` that no date was said since; `year` that the last turn wants the year, or wants it yet."""

    at_all: bool = False
    open: bool = False
    year: bool = False


@dataclass(frozen=True)
class _Turn:
    """What a turn asks. `births`: for one, and for nothing else after it; `births_asked`: whatever it asks after it."""

    births: bool
    births_asked: bool
    other: bool
    plainly: bool
    of_many: bool
    some_date: bool
    of_year: bool
    of_else: bool
    of_next: bool


@lru_cache(maxsize=2 * _LONG_AGO)  # each turn is looked at again for every one of those after it
def _read(turn: str) -> _Turn:
    asks = list(_ASKS.finditer(turn))
    others = list(_OTHER_QUESTION.finditer(turn))
    other = bool(others) and "?" in turn[others[-1].start() :]
    of_else = other and asks and _SENTENCE.search(turn[asks[-1].end() : others[-1].start()])
    return _Turn(
        births=bool(asks) and not of_else, births_asked=bool(asks), other=other,
        plainly=bool(_QUESTION.search(turn)), of_many=bool(_MANY.search(turn)), some_date=bool(_SOME_DATE.search(turn)),
        of_year=bool(_YEAR_ASKED.search(turn)), of_else=bool(_ELSE.search(turn)), of_next=bool(_NEXT_ONE.search(turn)),
    )  # fmt: skip


def asked_in(before: str) -> Asked:
    """`before` holds the turns before, one a line, the last one last."""
    turns = [_read(turn) for turn in [turn for turn in before.split("\n") if turn.strip()][-_LONG_AGO:]]
    if not turns:
        return Asked()
    last = turns[-1]
    dates = last.of_else and not last.births_asked
    more = last.of_next and not last.of_else
    for back, turn in enumerate(reversed(turns), start=1):
        if turn.births:
            wanted = back <= _LATELY or turn.plainly
            return Asked(wanted, wanted and (not dates or more or back <= _JUST or turn.of_many), last.of_year)
        if turn.other:
            return Asked()
        dates = dates or turn.some_date
    return Asked()


def by_words(text: str, start: int, end: int) -> bool:
    """Whether a birth is spoken of beside the date at `start` up to before `end`, and the date of nothing else."""
    said = text[max(0, start - _BEFORE) : start]
    if _AGE_ON.search(said) or _WAS_BORN.search(text[end:]):
        return True
    births = list(BIRTH.finditer(said))
    if births:
        return not _GOVERNS.search(said[births[-1].end() :])
    return bool(BIRTH.search(text[end : end + _AFTER])) and not _GOVERNS.search(said)


def by_question(text: str, start: int, asked: Asked) -> bool:
    """An answer is a date from its beginning; what else it goes on to tell is about anything."""
    within = 2 * _BEFORE if asked.open else _AT_ONCE
    return asked.at_all and start < within and not _GOVERNS.search(text[:start])
