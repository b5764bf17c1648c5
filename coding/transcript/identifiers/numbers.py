"""NHS numbers, phone numbers, and other long numbers, written or spoken."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from coding.transcript.identifiers.kinds import Found, Kind
from coding.transcript.identifiers.spoken import Digits, Token, digit_runs

_NHS_SAID = re.compile(r"\b(nhs|n\.h\.s|national health|hospital number|patient number|red book)\b", re.I)
_PHONE_SAID = re.compile(
    r"\b(phone|number|mobile|mobby|moby|landline|ring|rung|call|text|texts|whatsapp|dial|tel|telephone|reach|contact)",
    re.I,
)
_BANK_SAID = re.compile(r"\b(sort code|account|card|bank)\b", re.I)
_NEAR = 80
"""Characters before a number in which a word says what it is."""
_LONG = 7
"""Digits from which a number is nobody's age, price or time."""
_Rule = tuple[Kind, Callable[[str], bool]]
_MONEY = re.compile(r"[£$€]\s?[\d,.]*$")


def nhs_holds(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the nine before it (modulus 11)."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return rest != 10 and rest % 11 == int(digits[9])


def find_numbers(text: str, tokens: Sequence[Token], before: str) -> Iterator[Found]:
    """`before` is what was said just before `text`: it may hold the question that a number answers."""
    for run in digit_runs(text, tokens):
        if len(run.digits) < 6 or _years_only(run) or _is_amount(text, run):
            continue
        said_before = (before[-_NEAR:] + " " + text[: run.start])[-_NEAR:] + text[run.end : run.end + 20]
        yield from _of_run(text, run, said_before)


def _of_run(text: str, run: Digits, said_before: str) -> Iterator[Found]:
    """What one stretch of digits is. It may be two numbers said one after the other."""
    about_nhs, about_phone, about_bank = (
        bool(words.search(said_before)) for words in (_NHS_SAID, _PHONE_SAID, _BANK_SAID)
    )
    nhs: _Rule = (Kind.NHS_NUMBER, lambda digits: nhs_holds(digits) and digits[0] != "0")
    phone: _Rule = (Kind.PHONE, is_phone)
    rules: list[_Rule] = [
        *([nhs, phone] if about_nhs else [phone, nhs]),
        (Kind.ACCOUNT, lambda digits: about_bank and len(digits) in (6, 8, 16)),
        (Kind.NHS_NUMBER, lambda digits: about_nhs and 9 <= len(digits) <= 11),
        (Kind.PHONE, lambda digits: about_phone and 6 <= len(digits) <= 12),
        (Kind.NUMBER, lambda digits: len(digits) >= _LONG),
    ]
    left = [run]
    for kind, is_one in rules:
        rest: list[Digits] = []
        for piece in left:
            found = next((one for one in piece.within() if is_one(one.digits)), None)
            if found is None:
                rest.append(piece)
                continue
            yield Found(_with_plus(text, found.start), found.end, kind, found.digits)
            rest += _around(piece, found)
        left = rest


def is_phone(digits: str) -> bool:
    """A whole British number: with its leading 0, or with 44 in front."""
    if re.fullmatch(r"(0044|44)0?[1-9]\d{8,9}", digits):
        return True
    return bool(re.fullmatch(r"0[1-357-9]\d{8,9}", digits))


def _around(piece: Digits, found: Digits) -> Iterable[Digits]:
    first = piece.parts.index(found.parts[0])
    for parts in (piece.parts[:first], piece.parts[first + len(found.parts) :]):
        if parts:
            yield Digits(parts)


def _with_plus(text: str, start: int) -> int:
    """The start of the number with the plus sign or the bracket before it."""
    return start - len(re.search(r"[+(]*$", text[:start]).group())  # type: ignore[union-attr]


def _years_only(run: Digits) -> bool:
    return all(re.fullmatch(r"(19|20)\d\d", digits) for _, _, digits in run.parts)


def _is_amount(text: str, run: Digits) -> bool:
    whole = text[run.start : run.end]
    if "thousand" in whole.lower() and len(run.digits) < 10:
        return True
    return bool(_MONEY.search(text[: run.start])) or bool(re.fullmatch(r"\d{1,3}(,\d{3})+", whole))
