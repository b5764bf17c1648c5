"""Cells of an uploaded file as values: months, days, counts and posts, as people and spreadsheets write them. Pure."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

Value = TypeVar("Value")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
EARLIEST_YEAR = 2000
LARGEST_COUNT = 1_000_000
MOST_POSTS = 500.0
_ISO_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_UK_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})(?: 00:00(?::00)?)?")
_NAMED_DAY = re.compile(r"(\d{1,2})[ -]([a-z]{3,9})\.?[ -](\d{2}|\d{4})", re.IGNORECASE)
_NAMED_MONTH = re.compile(r"([a-z]{3,9})\.?[ '’-]+(\d{2}|\d{4})", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


class CellWrong(Exception):
    """Holds a sentence that says what is wrong and what to do."""


def read_month(text: str, *, today: date) -> date:
    """Its first day. A day stands for its month; days and months are in the order of the United Kingdom. Raises
    CellWrong."""
    _no_formula(text, "month")
    if not text:
        raise CellWrong("The month is missing. Write it like 2026-03.")
    found = _month_of(text)
    if found is None:
        raise CellWrong(f"“{text[:40]}” is no month. Write it like 2026-03, or March 2026.")
    if found > today:
        raise CellWrong(f"{found:%B %Y} is still to come. Correct the month.")
    if found.year < EARLIEST_YEAR:
        raise CellWrong(f"{found:%B %Y} is too long ago. Correct the year.")
    return found


def read_day(text: str, *, today: date) -> date:
    """A month alone stands for its first day. It may lie a year ahead. Raises CellWrong."""
    _no_formula(text, "day")
    if not text:
        raise CellWrong("The day is missing. Write it like 2026-03-31.")
    found = _day_of(text) or _month_of(text)
    if found is None:
        raise CellWrong(f"“{text[:40]}” is no day. Write it like 2026-03-31, or 31/03/2026.")
    if found > today + timedelta(days=366) or found.year < EARLIEST_YEAR:
        raise CellWrong(f"{found.day} {found:%B %Y} cannot be right. Correct the year.")
    return found


def read_count(text: str, what: str) -> int:
    """A whole number from nought. `what` is said of it, such as "open families". Raises CellWrong."""
    number = _number(text, what)
    if number != int(number):
        raise CellWrong(f"“{text[:40]}” is no whole number of {what}.")
    if number > LARGEST_COUNT:
        raise CellWrong(f"{text[:40]} {what} cannot be right.")
    return int(number)


def read_posts(text: str) -> float:
    """Full-time equivalents to two places. Raises CellWrong."""
    number = _number(text, "posts")
    if number > MOST_POSTS:
        raise CellWrong(f"{text[:40]} posts cannot be right for one team.")
    return round(number, 2)


def _number(text: str, what: str) -> float:
    _no_formula(text, f"number of {what}")
    plain = text.replace("\u00a0", "").replace(" ", "")
    if not plain:
        raise CellWrong(f"The number of {what} is missing. Write 0 where there are none.")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if plain.startswith(("-", "−", "(")):
        raise CellWrong(f"“{text[:40]}” is less than nothing. Correct the number of {what}.")
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", plain):
        raise CellWrong(f"“{text[:40]}” is no number of {what}. Write digits alone.")
    return float(plain)


def _no_formula(text: str, what: str) -> None:
    if text.startswith(("=", "+", "@", "#")):
        raise CellWrong(
            f"The {what} is a formula or an error of the spreadsheet. Put in its value, then send it again."
        )


def _day_of(text: str) -> date | None:
    if found := _ISO_DAY.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := _UK_DAY.fullmatch(text):
        return _date(found[3], found[2], found[1])
    if (found := _NAMED_DAY.fullmatch(text)) and (month := _named(found[2])):
        return _date(found[3], str(month), found[1])
    return None


def _month_of(text: str) -> date | None:
    day = _day_of(text)
    if day is not None:
        return day.replace(day=1)
    if found := _ISO_MONTH.fullmatch(text):
        return _date(found[1], found[2], "1")
    if found := _MONTH_YEAR.fullmatch(text):
        return _date(found[2], found[1], "1")
    if (found := _NAMED_MONTH.fullmatch(text)) and (month := _named(found[1])):
        return _date(found[2], str(month), "1")
    return None


def _named(name: str) -> int | None:
    """ "Mar", "Sept" and "March" alike."""
    low = name.lower()
    fits = [number for number, month in enumerate(MONTHS, 1) if month.startswith(low) or low == month[:4]]
    return fits[0] if len(fits) == 1 else None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def tried(read: Callable[[], Value], wrong: list[str]) -> Value | None:
    """What `read` gives; None where it is wrong, and then the sentence is in `wrong`."""
    try:
        return read()
    except CellWrong as error:
        wrong.append(str(error))
        return None
