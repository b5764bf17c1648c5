"""How many open families have a workbook, by month, from the case system's extracts. Pure.

Every open family is counted, so these are no estimates, and have no interval.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.adoption.lines import WorkbookLine
from training.adoption.months import last_finished


@dataclass(frozen=True)
class WorkbookUse:
    """Of all teams of which there is an extract of the month."""

    month: date
    teams: int
    families_open: int
    with_workbook: int
    updated: int

    @property
    def share(self) -> float | None:
        """In percent; None where no family was open."""
        return 100 * self.with_workbook / self.families_open if self.families_open else None


def workbook_use(lines: Sequence[WorkbookLine], *, today: date) -> list[WorkbookUse]:
    """Of finished months alone, the earliest first."""
    last = last_finished(today)
    by_month: dict[date, list[WorkbookLine]] = defaultdict(list)
    for line in lines:
        if line.month <= last:
            by_month[line.month].append(line)
    return [
        WorkbookUse(
            month, len({one.team_id for one in found}), sum(one.families_open for one in found),
            sum(one.with_workbook for one in found), sum(one.updated for one in found),
        )
        for month, found in sorted(by_month.items())
    ]  # fmt: skip
