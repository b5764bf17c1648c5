"""The tables of an authority as files: one long table as CSV, and a workbook with a sheet for each kind of table."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from coding.output import harmless
from models.audit import record_audit
from models.database import Database
from models.organisation import Organisation
from models.permissions import Actor, Permission, require
from training.figures.about import About
from training.figures.authority_groups import group_name
from training.figures.lines import KINDS, SliceCells, overview_for, slice_cells, slice_named
from training.figures.measures import MEASURES, Measure
from training.figures.reach import Yield
from training.figures.reached import reach_groups
from training.figures.rows import SLICES
from training.figures.sheets import CellValue, Sheet, workbook
from training.figures.shown import slice_shown
from training.figures.snapshot import Overview
from training.figures.tables import BLOCK, DISCIPLINE, JOINED, MONTH, SITE, SPAN, TEAM, WHOLE

ALL_SESSIONS = "sessions"
LIMITS, EXPECTED, FUNNEL, REACHED, CONSENT = "month_limits", "team_expected", "team_limits", "reached", "consent"
_TABLES = {
    WHOLE: ("All together", "All sessions of the newest 12 months."),
    SPAN: ("All 24 months", "All sessions of the 24 months."),
    MONTH: ("Months", "The month in which a session was first coded."),
    LIMITS: ("Control limits", "Of each month: value is the centre, low and high the limits of the usual ups and downs "
             "(three sigma)."),
    TEAM: ("Teams", "The newest 12 months, by team."),
    EXPECTED: ("Expected of teams", "Each team drawn towards the mean of all, by a mixed model with a random "
               "intercept; people is how many it rests on."),
    FUNNEL: ("Funnel limits", "Of each team: value is its figure, low and high the inner limits of the funnel, which "
             "one team in ten passes by chance."),
    DISCIPLINE: ("Disciplines", "The newest 12 months, by discipline."),
    SITE: ("Sites", "The newest 12 months, by site."),
    JOINED: ("Year joined", "The newest 12 months, by the year in which people first came into a team."),
    BLOCK: ("Teams by three months", "Each team in blocks of three months, over 24 months."),
    REACHED: ("Who is reached", "Trainees now: value is how many people. Few, or nearly all, are not told: they lie "
              "from low to high. Of a team of fewer than ten nothing but people is."),
    CONSENT: ("Consent", "Real conversations added in the newest 12 months: value is how many. Few, or "
              "nearly all, are not told: they lie from low to high."),
}  # fmt: skip
_HIDDEN = (None, None, None, None, None, "yes")
_REACHED = {
    "people": "trainees", "never": "never added a role play or real session",
    "lately": "had one in the past year",
    "enough": "had a coach's feedback on three sessions or more in six months", "some": "had it on one or two",
    "without": "had it on none",
}  # fmt: skip


class Row(NamedTuple):
    """A figure. Shares are 0–1. `hidden` is yes where there is a figure that may not be told."""

    slice: str
    group_kind: str
    group: str
    measure: str
    value: float | int | None
    low: float | None
    high: float | None
    sessions: int | None
    people: int | None
    hidden: str


def take_figures(database: Database, actor: Actor, *, of: str, form: str) -> bytes:
    """The file, noted before it is given out. `of` names a slice; all without one. `form` is csv or xlsx.

    Raises NotFound.
    """
    require(actor, Permission.SEE_TEAM_FIGURES)
    with database.read() as session:
        overview = overview_for(session, actor)
        wanted = [slice_named(overview, of)] if of else [one for one in SLICES if one.name in overview.slices]
        found = [slice_cells(session, actor, overview, one) for one in wanted]
        name = session.get_one(Organisation, actor.organisation_id).name
    rows = list(long_rows(found, overview))
    written = table_csv(Row._fields, rows) if form == "csv" else as_xlsx(rows, found, overview, name=name)
    note_taken(database, actor, form=form, wanted=of)
    return written


def note_taken(database: Database, actor: Actor, *, form: str, wanted: str) -> None:
    with database.write() as session:
        organisation = session.get_one(Organisation, actor.organisation_id)
        record_audit(
            session, action="figures_exported", subject=organisation, organisation_id=organisation.id,
            by=actor.person_id, form=form, wanted=wanted,
        )  # fmt: skip


def long_rows(found: Sequence[SliceCells], overview: Overview) -> Iterator[Row]:
    """The cells of each slice, with what charts add to months and teams; then who is reached and agreed."""
    for one in found:
        yield from _of_slice(one, overview)
    for group, reach in reach_groups(overview):
        yield Row("", REACHED, group, "people", reach.people, None, None, None, None, "no")
        for measure in _REACHED:
            if measure != "people":
                yield _about_row(REACHED, group, measure, getattr(reach, measure))
    if overview.consent is not None:
        yield Row("", CONSENT, "All", "sessions", overview.consent.sessions, None, None, None, None, "no")
        for measure, about in agreed_of(overview.consent).items():
            yield _about_row(CONSENT, "All", measure, about)


def _about_row(kind: str, group: str, measure: str, one: About | None) -> Row:
    if one is None:
        return Row("", kind, group, measure, *_HIDDEN)
    if one.exact:
        return Row("", kind, group, measure, one.least, None, None, None, None, "no")
    return Row("", kind, group, measure, None, one.least, one.most, None, None, "yes")


def agreed_of(consent: Yield) -> dict[str, About]:
    agreed = {f"agreed_{scope.value}": one for scope, one in consent.agreed.items()}
    return {"waiting": consent.waiting, "withdrawn": consent.withdrawn, **agreed}


def _of_slice(one: SliceCells, overview: Overview) -> Iterator[Row]:
    by_kind = {kind: [cell for cell in one.cells if cell.kind == kind] for kind in KINDS}
    names = {cell.key: cell.name for cell in one.cells}
    for kind in _TABLES:
        for cell in by_kind.get(kind, ()):
            hidden = "yes" if cell.sessions is None else "no"
            first = (cell.sessions, None, None, cell.sessions, cell.people, hidden)
            yield Row(one.slice.name, kind, cell.name, ALL_SESSIONS, *first)
            for measure, told in cell.values.items():
                yield Row(
                    one.slice.name, kind, cell.name, measure.value,
                    *((told.value, told.low, told.high, told.sessions, told.people, "no") if told else _HIDDEN),
                )  # fmt: skip
        if kind == LIMITS:
            yield from _limits(one, overview)
        elif kind == EXPECTED:
            for measure, made in one.view.differences.items():
                for team in made["teams"]:
                    yield _row(one, kind, _team(team, names), measure, team, people=team["people"])
        elif kind == FUNNEL:
            for measure, made in one.view.funnels.items():
                for group in made["groups"]:
                    limits = {"value": group["value"], "low": group["limits"]["low"], "high": group["limits"]["high"]}
                    yield _row(one, kind, _team(group, names), measure, limits)


def _limits(one: SliceCells, overview: Overview) -> Iterator[Row]:
    for measure, chart in one.view.charts.items():
        for month, point in zip(overview.months, chart["points"], strict=True):
            if point["value"] is not None:
                limits = {"value": chart["centre"], "low": point["lower"], "high": point["upper"]}
                yield _row(one, LIMITS, f"{month:%Y-%m}", measure, limits)


def _row(
    one: SliceCells, kind: str, group: str, measure: Measure, numbers: dict[str, Any], people: int | None = None
) -> Row:
    value, low, high = (round(numbers[name], 6) for name in ("value", "low", "high"))
    return Row(one.slice.name, kind, group, measure.value, value, low, high, None, people, "no")


def _team(made: dict[str, Any], names: dict[str, str]) -> str:
    return names.get(made["name"]) or group_name(TEAM, made["name"], {})


def table_csv(head: Sequence[str], rows: Iterable[Sequence[CellValue]]) -> bytes:
    """UTF-8 with a mark at its start, by which spreadsheets know it. Names that one would run as formulas are made
    harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(["" if one is None else safe(one) for one in row])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Row], found: Sequence[SliceCells], overview: Overview, *, name: str) -> bytes:
    sheets = [Sheet("About", list(_about(found, overview, name)), (28, 90, 60), table=False)]
    for kind, (title, _) in _TABLES.items():
        of_kind = [row for row in rows if row.group_kind == kind]
        if of_kind:
            table = [Row._fields, *([safe(one) for one in row] for row in of_kind)]
            sheets.append(Sheet(title, table, (34, 16, 44, 30, 11, 11, 11, 10, 10, 9)))
    return workbook(sheets)


def safe(value: CellValue) -> CellValue:
    return harmless(value) if isinstance(value, str) else value


def _about(found: Sequence[SliceCells], overview: Overview, name: str) -> Iterator[list[CellValue]]:
    yield [safe(f"Figures of {name}")]
    yield ["Made at", f"{overview.made_at:%Y-%m-%d %H:%M} UTC"]
    yield ["Months", f"{overview.months[0]:%Y-%m} to {overview.months[-1]:%Y-%m}; groups hold the newest 12."]
    yield ["Interval", "low and high hold the true figure nine times in ten. They count people, not sessions."]
    yield [
        "Hidden", "Groups of fewer than five people or five sessions are not told, nor what would give them away. They "
        "have yes in the column hidden, and no numbers.",
    ]  # fmt: skip
    yield ["Slices", "A kind of session, how it was picked and who coded it. Do not sum over slices."]
    yield ["Bands", "Fair and good are what experts think (MITI 4.2.1), no pass mark."]
    yield []
    yield ["Slice", "Sessions"]
    for one in found:
        yield [one.slice.name, slice_shown(one.slice)]
    yield []
    yield ["Group kind", "What"]
    for kind, (_, what) in _TABLES.items():
        yield [kind, what]
    yield []
    yield ["Measure", "What", "Exactly"]
    yield [ALL_SESSIONS, "How many sessions the group has.", "number of sessions"]
    for measure in Measure:
        yield [measure.value, f"{MEASURES[measure].name}. {MEASURES[measure].what}", MEASURES[measure].formula]
    for measure_name, what in _REACHED.items():
        yield [measure_name, f"Who is reached: people who are {what}." if measure_name == "people"
               else f"Who is reached: people who {what}."]  # fmt: skip
