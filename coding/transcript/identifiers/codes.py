"""Postcodes, National Insurance numbers, vehicle plates and case numbers, written or with their letters spelled out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coding.transcript.identifiers.common_words import is_common
from coding.transcript.identifiers.kinds import Found, Kind
from coding.transcript.identifiers.spoken import TEENS, TENS, UNITS, Token
from coding.transcript.identifiers.word_set import word_set

AREAS = word_set(
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX "
    "FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN "
    "NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW TW "
    "UB W WA WC WD WF WN WR WS WV YO ZE"
)
"""The areas that British postcodes begin with."""
_DIGIT = re.compile(r"\d")
_INWARD = r"\d[abd-hjlnp-uw-z]{2}"  # its letters are never c, i, k, m, o or v
_POSTCODE = re.compile(rf"(?<![\w@])[a-z]{{1,2}}\d[a-z\d]?[ \t-]{{0,2}}{_INWARD}\b", re.I)
_PART = re.compile(
    r"\b(?:in|from|round|around|near|postcode(?: is)?|it's|to|at|of|is|into|just|that's)\s+([A-Z]{1,2}\d{1,2}[A-Z]?)\b"
    r"|\b([A-Z]{1,2}\d{1,2})(?=\s+(?:area|way|end|side|postcode|bit|now)\b)"
)
_INSURANCE = re.compile(
    r"\b(?:[A-Z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}(?:[ -]?[A-Da-d])?|[a-z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[a-d])\b"
)
_PLATES = (
    re.compile(r"\b[A-Za-z]{2}\d{2}[ -]?[A-Za-z]{3}\b"),
    re.compile(r"\b[A-Z]{2} \d{2} [A-Z]{3}\b"),
    re.compile(r"\b[A-Z]\d{1,3}[ -]?[A-Z]{3}\b"),
    re.compile(r"\b[A-Z]{3}[ -]?\d{1,3}[A-Z]\b"),
)
_CASES = (
    re.compile(r"\b[A-Z]{2}\d{2}[A-Z]\d{5}\b", re.I),  # family court
    re.compile(r"\b[TSAUW]\d{8}\b", re.I),  # crown court
    re.compile(r"\b(?=[A-Z\d/-]*\d{4})(?=[A-Z\d/-]*[A-Z])[A-Z\d]+(?:[/-][A-Z\d]+)*\b"),
    re.compile(r"\b\d{2,}[/-]\d{3,}[/-]\d{2,4}\b"),
)
_CASE_SAID = re.compile(
    r"\b(?:(?:case|crime|claim|court|order|hospital|incident|log|file|customer|tenancy|prison|prisoner|account)\s*"
    r"(?:number|no|reference|ref|id)|reference|ref)\b\.?\s*(?:is|was|it's|:)?\s*,?\s*"
    r"([a-z]{0,4}[/ -]?\d[a-z\d]*(?:[/ -][a-z\d]*\d[a-z\d]*)*)",
    re.I,
)
_NATO = word_set(
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey xray yankee zulu"
)
_LETTER_NAMES = {name: name[0] for name in _NATO} | {
    "ay": "a", "bee": "b", "cee": "c", "see": "c", "sea": "c", "dee": "d", "ee": "e", "eff": "f", "gee": "g",
    "aitch": "h", "haitch": "h", "jay": "j", "kay": "k", "ell": "l", "em": "m", "en": "n", "pee": "p", "queue": "q",
    "cue": "q", "are": "r", "ess": "s", "tee": "t", "tea": "t", "you": "u", "vee": "v", "ex": "x", "why": "y",
    "zed": "z",
}  # fmt: skip
_PLATE_SAID = re.compile(r"\b(reg|registration|plate|plates|number plate|car|van|motor|vehicle|driv\w+|parked)\b", re.I)
_POSTCODE_SAID = re.compile(r"\b(post ?code|address|live|living|post)\b", re.I)
_INSURANCE_SAID = re.compile(r"\b(national insurance|insurance number|ni number|nino|n\.?i\.?)\b", re.I)


def find_codes(text: str, tokens: Sequence[Token], before: str) -> Iterator[Found]:
    if _DIGIT.search(text):
        yield from _written(text)
    yield from _spelled(text, tokens, f"{before[-80:]} {text}")


def _written(text: str) -> Iterator[Found]:
    """Each of them holds a digit."""
    yield from (_as(found, Kind.POSTCODE) for found in _POSTCODE.finditer(text))
    for found in _PART.finditer(text):
        group = 1 if found.group(1) else 2
        if _area(found.group(group)) in AREAS:
            yield _as(found, Kind.POSTCODE, group)
    yield from (_as(found, Kind.INSURANCE_NUMBER) for found in _INSURANCE.finditer(text))
    for pattern in _PLATES:
        yield from (_as(found, Kind.VEHICLE) for found in pattern.finditer(text))
    for pattern in _CASES:
        yield from (_as(found, Kind.CASE_NUMBER) for found in pattern.finditer(text))
    for found in _CASE_SAID.finditer(text):
        if len(re.findall(r"\d", found.group(1))) > 3 and not re.fullmatch(r"(19|20)\d\d", found.group(1)):
            yield _as(found, Kind.CASE_NUMBER, 1)


def _as(found: re.Match[str], kind: Kind, group: int = 0) -> Found:
    start, end = found.span(group)
    said = found.group(group)
    end -= len(said) - len(said.rstrip(" -/"))
    return Found(start, end, kind, re.sub(r"[\W_]", "", said).upper())


def _area(outward: str) -> str:
    return re.match(r"[A-Z]*", outward).group()  # type: ignore[union-attr]


@dataclass(frozen=True)
class _Sign:
    start: int
    end: int
    signs: str


def _spelled(text: str, tokens: Sequence[Token], about: str) -> Iterator[Found]:
    """Codes whose letters and digits were said one by one: "B D three eight, four Q T"."""
    wanted: list[tuple[Kind, re.Pattern[str]]] = []
    if _INSURANCE_SAID.search(about):
        wanted.append((Kind.INSURANCE_NUMBER, re.compile(r"[A-Z]{2}\d{6}[A-D]?")))
    wanted.append((Kind.POSTCODE, re.compile(rf"[A-Z]{{1,2}}\d[A-Z\d]?{_INWARD}", re.I)))
    if _PLATE_SAID.search(about):
        wanted.append((Kind.VEHICLE, re.compile(r"[A-Z]{2}\d{2}[A-Z]{3}|[A-Z]\d{1,3}[A-Z]{3}")))
    loose = bool(_POSTCODE_SAID.search(about) or len(wanted) > 1)
    for run in _sign_runs(text, tokens, loose=loose):
        for kind, pattern in wanted:
            found = _whole(run, pattern)
            if found and (kind is not Kind.POSTCODE or _area(found[2]) in AREAS):
                yield Found(found[0], found[1], kind, found[2])
                break


def _whole(run: Sequence[_Sign], pattern: re.Pattern[str]) -> tuple[int, int, str] | None:
    """The longest stretch of whole signs that fits."""
    for length in range(min(len(run), 9), 1, -1):
        for first in range(len(run) - length + 1):
            signs = "".join(sign.signs for sign in run[first : first + length])
            if pattern.fullmatch(signs):
                return run[first].start, run[first + length - 1].end, signs
    return None


def _sign_runs(text: str, tokens: Sequence[Token], *, loose: bool) -> Iterator[list[_Sign]]:
    """Stretches of single letters and digits. `loose` takes what could also be small words ("see", "are", "bd")."""
    run: list[_Sign] = []
    place = 0
    while place < len(tokens):
        if run and re.search(r"[^\s,.\-]", text[run[-1].end : tokens[place].start]):
            yield run
            run = []
        sign, used = _sign(tokens, place, text, loose)
        if sign:
            run.append(_Sign(tokens[place].start, tokens[min(place + used, len(tokens)) - 1].end, sign))
        elif run and tokens[place].text not in ("um", "er", "erm", "uh", "then", "space"):
            yield run
            run = []
        place += used
    if run:
        yield run


def _sign(tokens: Sequence[Token], place: int, text: str, loose: bool) -> tuple[str, int]:
    token = tokens[place]
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    written = text[token.start : token.end]
    if token.is_number:
        return (token.text, 1) if len(token.text) <= 6 else ("", 1)
    if token.text == "double" and following == "u":
        return "W", 2
    if len(written) == 1 and following == "for" and not token.is_number:  # "S for sugar"
        return written.upper(), 3
    if token.text == "double":
        letter = following if len(following) == 1 else _LETTER_NAMES.get(following, "")
        digit = str(UNITS[following]) if following in UNITS and following != "o" else ""
        return ((digit or letter).upper() * 2, 2) if digit or letter else ("", 1)
    if token.text in UNITS and token.text != "o":
        return str(UNITS[token.text]), 1
    if token.text in TEENS:
        return str(TEENS[token.text]), 1
    if token.text in TENS:
        unit = UNITS.get(following, 0)
        return (str(TENS[token.text] + unit), 2) if unit else (str(TENS[token.text]), 1)
    if len(written) == 1 or (len(written) <= 3 and written.isupper()):
        return written.upper(), 1
    if loose and len(written) <= 3 and not is_common(written) and token.text not in _LETTER_NAMES:
        return written.upper(), 1
    if loose and token.text in _LETTER_NAMES:
        return _LETTER_NAMES[token.text].upper(), 1
    return "", 1
