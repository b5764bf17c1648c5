"""Figures in words: what people read on a page, in a file or in a report. Pure."""

from collections.abc import Sequence
from datetime import date

from models.coding import CodedBy
from models.practice import Picked, SessionKind
from training.figures.measures import MEASURES, Measure
from training.figures.rates import Estimate
from training.figures.rows import Slice

KINDS = {
    SessionKind.REAL_PRACTICE: "Real practice",
    SessionKind.ROLE_PLAY: "Role plays",
    SessionKind.SIMULATED: "Simulated conversations",
}
PICKED = {Picked.CHOSEN: "chosen by people themselves", Picked.DRAWN: "drawn by lot or rule"}
CODED_BY = {CodedBy.PERSON: "a coach’s codes", CodedBy.MACHINE: "the machine’s codes"}
"""A session that a coach signed off is counted in both: each choice says whose codes it has, not who else coded it."""
HIDDEN = "too few to show"
_NO_BREAK = "\u00a0"


def slice_shown(one: Slice) -> str:
    """ "Role plays, chosen by people themselves, a coach’s codes"."""
    return f"{KINDS[one.kind]}, {PICKED[one.picked]}, {CODED_BY[one.coded_by]}"


def versions_said(versions: Sequence[str]) -> str:
    """Empty where there is one, or none."""
    if len(versions) < 2:
        return ""
    many = {2: "two", 3: "three", 4: "four"}.get(len(versions), str(len(versions)))
    named = f"{', '.join(versions[:-1])} and {versions[-1]}"
    return (
        f"The sessions of all teams and months were coded by {many} versions of the machine: {named}. What "
        "changes from one version to another is not a change of practice."
    )


def number(measure: Measure, value: float) -> str:
    """ "62 %", "1.4"."""
    return f"{100 * value:.0f}{_NO_BREAK}%" if MEASURES[measure].percent else f"{value:.1f}"


def between(measure: Measure, low: float, high: float) -> str:
    """ "54 to 70 %", "1.1 to 1.7"."""
    if MEASURES[measure].percent:
        return f"{100 * low:.0f} to {100 * high:.0f}{_NO_BREAK}%"
    return f"{low:.1f} to {high:.1f}"


def with_interval(measure: Measure, one: Estimate) -> str:
    return f"{number(measure, one.value)} ({between(measure, one.low, one.high)})"


def month_shown(month: date) -> str:
    """ "October 2026"."""
    return f"{month:%B %Y}"


def short_month(month: date) -> str:
    """ "Oct 26"."""
    return f"{month:%b %y}"


def sessions_shown(count: int) -> str:
    return f"{count:,} {'session' if count == 1 else 'sessions'}"


def people_shown(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"
