"""Text as tokens with the digits they say: numbers come as digits, in words, or as both."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coding.transcript.identifiers.word_set import word_set

UNITS = {
    "zero": 0, "nought": 0, "naught": 0, "oh": 0, "o": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_TIMES = {"double": 2, "treble": 3, "triple": 3}
_ROUND = {"hundred": "00", "thousand": "000"}
_BETWEEN = word_set("and um uh er erm then space dash hyphen")
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
_GAP = re.compile(r"[\s,.()\-–—]*")


@dataclass(frozen=True)
class Token:
    """`text` in lower case."""

    start: int
    end: int
    text: str
    capital: bool

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()


def tokens_of(text: str) -> list[Token]:
    """Words, and runs of digits apart from the letters beside them."""
    return [
        Token(found.start(), found.end(), found.group().lower().replace("’", "'"), found.group()[0].isupper())
        for found in _TOKEN.finditer(text)
    ]


@dataclass(frozen=True)
class Digits:
    """A stretch of text that says `digits`. `parts` are the tokens' own shares: (start, end, digits)."""

    parts: tuple[tuple[int, int, str], ...]

    @property
    def start(self) -> int:
        return self.parts[0][0]

    @property
    def end(self) -> int:
        return self.parts[-1][1]

    @property
    def digits(self) -> str:
        return "".join(part[2] for part in self.parts)

    def within(self) -> Iterator["Digits"]:
        """Every run of its parts, longer ones first and of these the earlier first."""
        for length in range(len(self.parts), 0, -1):
            for first in range(len(self.parts) - length + 1):
                yield Digits(self.parts[first : first + length])


def digit_runs(text: str, tokens: Sequence[Token]) -> list[Digits]:
    """The longest stretches that say nothing but digits: "oh seven double seven", "079 twenty one", "nine hundred"."""
    runs: list[Digits] = []
    parts: list[tuple[int, int, str]] = []
    place = 0

    def close() -> None:
        if parts:
            runs.append(Digits(tuple(parts)))
            parts.clear()

    while place < len(tokens):
        if parts and not _GAP.fullmatch(text[parts[-1][1] : tokens[place].start]) and not _only_between(
            text, parts[-1][1], tokens[place].start
        ):  # fmt: skip
            close()
        said = _said(tokens, place)
        if said is not None:
            digits, used = said
            parts.append((tokens[place].start, tokens[place + used - 1].end, digits))
            place += used
        else:
            if tokens[place].text not in _BETWEEN:
                close()
            place += 1
    close()
    return runs


def _only_between(text: str, start: int, end: int) -> bool:
    return all(word in _BETWEEN for word in _TOKEN.findall(text[start:end].lower()))


def _said(tokens: Sequence[Token], place: int) -> tuple[str, int] | None:
    """The digits that begin at a token, and how many tokens say them."""
    token = tokens[place]
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if token.is_number:
        return token.text, 1
    if token.text in _TIMES and (following in UNITS or (following.isdigit() and len(following) == 1)):
        digit = following if following.isdigit() else str(UNITS[following])
        return digit * _TIMES[token.text], 2
    if token.text in UNITS:
        if following in _ROUND and token.text not in ("oh", "o"):
            return str(UNITS[token.text]) + _ROUND[following], 2
        return str(UNITS[token.text]), 1
    if token.text in TEENS:
        return str(TEENS[token.text]), 1
    if token.text in TENS:
        unit = UNITS.get(following, 0)
        return (str(TENS[token.text] + unit), 2) if unit else (str(TENS[token.text]), 1)
    return None
