"""The three legs of an authority and its outcomes as rows of an evaluator's file, with what the page hides hidden."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from training.adoption.chart import Point
from training.adoption.current import outcomes_of, sources_of
from training.adoption.legs import WITHHELD, discipline_rows, order_of, team_points, workbook_points
from training.adoption.mi_rows import work_out
from training.adoption.mi_series import Series
from training.adoption.outcome_series import outcome_points
from training.adoption.suppress import Allowed
from training.adoption.team_leg import Composition, compositions
from training.adoption.workbook_leg import WorkbookUse, workbook_use
from training.figures.measures import MEASURES

IN_REPORT = (("teams", "posts_filled"), ("workbook", "families_with_workbook"))


@dataclass(frozen=True)
class LegRow:
    """As `codebook.LEGS` names its cells."""

    authority: str
    leg: str
    measure: str
    about: str = ""
    kind: str = ""
    picked: str = ""
    coded_by: str = ""
    first: str = ""
    last: str = ""
    value: str = ""
    low: str = ""
    high: str = ""
    numerator: str = ""
    denominator: str = ""
    teams: str = ""
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return astuple(self)


def leg_rows(
    session: Session, organisation_id: UUID, *, name: str, today: date, given: Allowed | None = None
) -> list[LegRow]:
    """`given` is what the file holds of its sessions as rows, or would; looked up where it is not at hand."""
    found = sources_of(session, [organisation_id])[organisation_id]
    composed = compositions(found.posts, found.places, today=today)
    use = workbook_use(found.workbook, today=today)
    outcomes = outcome_points(outcomes_of(session, organisation_id), today=today, small_hidden=True)
    return [
        *_mi(name, work_out(session, organisation_id, today=today, given=given)),
        *_teams(name, composed),
        *_workbook(name, use),
        *(_outcome(name, series, point) for series, points in outcomes.items() for point in points),
    ]


def leg_figures(rows: Sequence[LegRow], *, live: str) -> list[dict[str, Any]]:
    """The report's, from the rows as they are written."""
    found = []
    for leg, measure in IN_REPORT:
        told = [row for row in rows if (row.leg, row.measure) == (leg, measure) and row.value]
        if not told:
            continue
        before = [row for row in told if row.first < live]
        baseline = before[-1] if before else told[0]
        wanted = [("baseline", baseline), *([("follow_up", told[-1])] if told[-1] is not baseline else [])]
        found += [
            {"authority": row.authority, "leg": leg, "measure": measure, "when": when, "period": row.first,
             "value": round(float(row.value), 4)}
            for when, row in wanted
        ]  # fmt: skip
    return found


def _mi(name: str, series: Series) -> Iterable[LegRow]:
    for one in sorted(series, key=order_of):
        for period in series[one]:
            about = (*one, f"{period.first:%Y-%m}", f"{period.last:%Y-%m}")
            for measure in sorted(period.withheld):
                yield LegRow(name, "mi", measure.value, "", *about, note=WITHHELD)
            for measure, found in period.measures.items():
                # Rounded as on the page: beside rows, more places would tell of the sessions that are not among them.
                digits = 2 if MEASURES[measure].percent else 1
                low, value, high = (f"{number:.{digits}f}" for number in (found.low, found.value, found.high))
                yield LegRow(name, "mi", measure.value, "", *about, value, low, high, "", str(period.sessions))


def _teams(name: str, composed: Sequence[Composition]) -> Iterable[LegRow]:
    for one, point in zip(composed, team_points(composed, small_hidden=True), strict=True):
        month, told = f"{one.month:%Y-%m}", point.value is not None
        yield LegRow(
            name, "teams", "posts_filled", first=month, last=month, value=f"{one.share:.6f}" if told else "",
            numerator=f"{one.filled:g}" if told else "", denominator=f"{one.posts:g}", teams=str(one.teams),
            note="" if told else point.shown,
        )  # fmt: skip
    if composed:
        last = composed[-1]
        month = f"{last.month:%Y-%m}"
        shown = discipline_rows(last.disciplines, small_hidden=True)
        for there, row in zip(last.disciplines, shown, strict=True):
            about: dict[str, str] = {"about": row.discipline.value, "first": month, "last": month}
            told = row.people.isdigit()
            yield LegRow(
                name, "teams", "people_in_post", value=row.people if told else "", denominator=row.posts,
                teams=str(there.teams), note="" if told else row.people, **about,
            )  # fmt: skip
            yield LegRow(
                name, "teams", "teams_without", value=str(there.teams_without), teams=str(there.teams), **about
            )


def _workbook(name: str, use: Sequence[WorkbookUse]) -> Iterable[LegRow]:
    for one, point in zip(use, workbook_points(use, small_hidden=True), strict=True):
        month = f"{one.month:%Y-%m}"
        told = point.value is not None
        yield LegRow(
            name, "workbook", "families_with_workbook", first=month, last=month,
            value=f"{point.value:.6f}" if told else "", numerator=str(one.with_workbook) if told else "",
            denominator=str(one.families_open) if told else "", teams=str(one.teams),
            note="" if told else point.shown,
        )  # fmt: skip


def _outcome(name: str, series: str, point: Point) -> LegRow:
    month = f"{point.first:%Y-%m}"
    if point.value is None:
        return LegRow(name, "outcome", "count", about=series, first=month, last=month, note=point.shown)
    return LegRow(
        name, "outcome", "count", about=series, first=month, last=month, value=f"{point.value:.0f}",
        low=f"{point.low:.2f}", high=f"{point.high:.2f}",
        denominator=point.more.removeprefix("of ").replace(",", ""),
    )  # fmt: skip
