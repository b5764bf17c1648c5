"""Sessions with a coach's feedback: how many in the last six months, and when the next one is due.

What a workshop teaches fades within months unless feedback follows; three to four sessions in half a year keep it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

SIX_MONTHS = timedelta(days=182)
LEAST, MOST = 3, 4


@dataclass(frozen=True)
class Dose:
    """`had` feedback sessions in the last six months. `due_on` is when the skill begins to fade, `days` after the last
    one or, without one, after somebody began."""

    had: int
    last_on: date | None
    due_on: date
    fading: bool


def dose_of(fed_back: Iterable[date], *, began_on: date, days: int, today: date) -> Dose:
    """`fed_back` has one day for each session with feedback."""
    past = sorted(day for day in fed_back if day <= today)
    last = past[-1] if past else None
    due = (last or began_on) + timedelta(days=days)
    return Dose(sum(day > today - SIX_MONTHS for day in past), last, due, due <= today)
