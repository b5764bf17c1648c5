"""Which session is best reviewed next: where the machine doubts most, of whom nobody has heard for longest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Candidate:
    """`unsure` is the share (0–1) of lines whose code the machine doubts. `last_on` is the day on which the trainee
    last got feedback or had a session signed off; None where they never did."""

    session_id: UUID
    unsure: float
    last_on: date | None
    due_on: date


def next_best(candidates: Sequence[Candidate]) -> Candidate | None:
    """The one whose two ranks add up to least: by doubt, and by how long ago. Of equals the one that is due first.

    Ranks, and not a weighed sum, because shares and days have no common measure.
    """
    doubt = sorted({one.unsure for one in candidates}, reverse=True)
    ages = sorted({one.last_on or date.min for one in candidates})
    return min(
        candidates,
        key=lambda one: (
            doubt.index(one.unsure) + ages.index(one.last_on or date.min), one.due_on, str(one.session_id),
        ),
        default=None,
    )  # fmt: skip


def reason_for(one: Candidate, *, trainee: str, today: date) -> str:
    share = f"The machine is unsure of {round(one.unsure * 100)} % of its lines"
    return f"{share}, and {last_shown(one.last_on, trainee=trainee, today=today)}."


def last_shown(last_on: date | None, *, trainee: str, today: date) -> str:
    if last_on is None:
        return f"{trainee} has never had a session signed off or feedback on one"
    days = (today - last_on).days
    ago = "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
    return f"{trainee} last heard from a coach {ago}"


def due_shown(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"Overdue by {-days} {'day' if days == -1 else 'days'}"
    return "Due today" if days == 0 else "Due tomorrow" if days == 1 else f"Due in {days} days"
