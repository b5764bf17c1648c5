"""The tables of one authority's page of adoption as files: one long table as CSV, and a workbook with a sheet for each
table."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from models.audit import record_audit
from models.database import Database
from models.organisation import Organisation
from models.permissions import Actor
from training.adoption.legs import FEWER, slice_shown
from training.adoption.numbers import TOLD, Numbers, Sight, authority_for, numbers_of
from training.adoption.outcome_series import NO_CAUSE
from training.adoption.told import COUNT, LEGS, OUTCOME, PRACTICE, TEAMS, WORKBOOK, ToldSeries, told_series
from training.figures.files import safe, table_csv
from training.figures.measures import MEASURES
from training.figures.sheets import CellValue, Sheet, workbook

LEG, DISCIPLINE, LACKS = "leg", "discipline", "lacks"
_TABLES = {
    LEG: ("Three legs", "Each leg in words: now, the baseline, and since when it is known."),
    PRACTICE: ("Motivational interviewing", "Practice, slice by slice, with a 90 % interval in which people count. "
               "Rounded as on the page. Do not sum over slices."),
    TEAMS: ("Posts filled", "Filled posts of all posts, at the end of each month. A person counts as one post."),
    DISCIPLINE: ("Disciplines", "People in posts by discipline, at the end of the newest month."),
    LACKS: ("What teams lack", "Disciplines with posts in which a team had nobody, at the end of the newest month."),
    WORKBOOK: ("Workbook", "Open families that have a workbook, of all open families, by month."),
    OUTCOME: ("Outcomes", "As the authority uploaded them. low and high are how far such a count moves by chance alone "
              "(90 %, Poisson by Byar's approximation)."),
}  # fmt: skip
_OTHERS = {
    "posts_filled": "Filled posts of all posts.", "people_in_post": "How many people are in posts of the discipline.",
    "filled": "Filled posts of the discipline, in words.",
    "teams_without": "Teams that have posts for the discipline and nobody in them.",
    "families_with_workbook": "Open families that have a workbook.", "count": "Of an outcome.",
}  # fmt: skip
_COLUMNS = {
    "about": "the discipline, the team, the outcome, or the leg", "first": "first month", "last": "last month",
    "value": "the figure; shares are 0–1", "low": "lower end of its interval", "high": "upper end",
    "sessions": "how many lie behind it; rounded to 5 for whoever does not lead the authority",
    "posts": "how many there are", "teams": "how many it is of",
    "families_open": "whose case was open", "with_workbook": "families that have one",
    "added_to": "workbooks to which something was added in the month", "out_of": "what an outcome is a share of",
    "words": "what the page says: the figure in words, or why there is none",
}  # fmt: skip


class Row(NamedTuple):
    """A figure, or where `value` is None what is said instead."""

    table: str
    slice: str = ""
    measure: str = ""
    about: str = ""
    first: str = ""
    last: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    sessions: float | None = None
    posts: float | None = None
    teams: float | None = None
    families_open: float | None = None
    with_workbook: float | None = None
    added_to: float | None = None
    out_of: float | None = None
    words: str = ""


def take_adoption(database: Database, actor: Actor, authority_id: UUID, *, form: str, today: date) -> bytes:
    """The file, noted before it is given out. `form` is csv or xlsx. Raises NotFound."""
    with database.read() as session:
        organisation, sight = authority_for(session, actor, authority_id)
        numbers = numbers_of(session, organisation, sight=sight, today=today)
        rows = list(rows_of(numbers))
    written = table_csv(Row._fields, rows) if form == "csv" else _as_xlsx(rows, numbers, today)
    with database.write() as session:
        _note_taken(session, numbers.id, sight, form=form, by=actor)
    return written


def _note_taken(session: Session, authority_id: UUID, sight: Sight, *, form: str, by: Actor) -> None:
    """In the trail of the authority, and where an evaluator takes it in that of their centre too."""
    own = session.get_one(Organisation, by.organisation_id)
    for organisation_id in (authority_id, own.id) if sight.outside else (authority_id,):
        record_audit(
            session, action="adoption_exported", subject=session.get_one(Organisation, organisation_id),
            organisation_id=organisation_id, by=by.person_id, form=form,
            **({"centre": own.name} if sight.outside else {}),
        )  # fmt: skip


def rows_of(numbers: Numbers) -> Iterator[Row]:
    for name, leg in zip(LEGS, numbers.legs, strict=True):
        for measure, words in (("now", leg.now or leg.missing), ("baseline", leg.then), ("known_since", leg.since)):
            if words:
                yield Row(LEG, measure=measure, about=name, words=words)
    for series in told_series(numbers):
        yield from _of_series(series)
    month = f"{numbers.composed_at:%Y-%m}" if numbers.composed_at else ""
    for one in numbers.disciplines:
        of, posts = (month, month), float(one.posts)
        about = one.discipline.value
        yield Row(
            DISCIPLINE, "", "people_in_post", about, *of, one.counted, unit=COUNT, posts=posts, teams=one.teams,
            words=one.people,
        )  # fmt: skip
        yield Row(DISCIPLINE, "", "filled", about, *of, posts=posts, words=one.filled)
        yield Row(
            DISCIPLINE, "", "teams_without", about, *of, one.teams_without, unit=COUNT, teams=one.teams, words=one.gaps
        )
    for team in numbers.gaps:
        yield Row(LACKS, "", "disciplines", team.team, month, month, words=team.lacks)


def _of_series(series: ToldSeries) -> Iterator[Row]:
    about = series.title if series.table == OUTCOME else ""
    for one in series.points:
        row = Row(
            series.table, series.slice.name if series.slice else "", series.measure, about, one.first, one.last,
            one.value, one.low, one.high, series.unit, words=one.shown,
        )  # fmt: skip
        yield row._replace(**one.behind)  # type: ignore[arg-type]  # columns by their names


def _as_xlsx(rows: Sequence[Row], numbers: Numbers, today: date) -> bytes:
    """A sheet has the columns of which its table has anything."""
    sheets = [Sheet("About", list(_about(numbers, today)), (28, 90, 60), table=False)]
    for table, (title, _) in _TABLES.items():
        of_table = [row for row in rows if row.table == table]
        at = [
            place for place, name in enumerate(Row._fields)
            if name != "table" and any(row[place] not in (None, "") for row in of_table)
        ]  # fmt: skip
        if of_table:
            head: list[CellValue] = [Row._fields[place] for place in at]
            lines = [head, *([safe(row[place]) for place in at] for row in of_table)]
            widths = [34 if Row._fields[place] in ("slice", "measure", "about", "words") else 14 for place in at]
            sheets.append(Sheet(title, lines, widths))
    return workbook(sheets)


def _about(numbers: Numbers, today: date) -> Iterator[list[CellValue]]:
    yield [safe(f"Adoption in {numbers.name}")]
    yield ["Made on", f"{today:%Y-%m-%d}"]
    yield ["Wave", safe(numbers.wave or "None said yet")]
    yield ["Live on", f"{numbers.live_on:%Y-%m-%d}" if numbers.live_on else "Not said yet"]
    yield ["Baseline", "The last period that was over before the authority went live, or the first that is known."]
    if numbers.sight.outside:
        yield ["Not told", f"Counts of {FEWER}, and what would give them away. They have no value, and words say so."]
    yield ["No cause", NO_CAUSE]
    yield []
    yield ["Table", "What"]
    for title, what in _TABLES.values():
        yield [title, what]
    yield []
    yield ["Slice", "Sessions"]
    for one in numbers.slices:
        yield [one.name, slice_shown(one)]
    yield []
    yield ["Measure", "What", "Exactly"]
    for measure in TOLD:
        yield [measure.value, f"{MEASURES[measure].name}. {MEASURES[measure].what}", MEASURES[measure].formula]
    for name, what in _OTHERS.items():
        yield [name, what]
    yield []
    yield ["Column", "What"]
    for name, what in _COLUMNS.items():
        yield [name, what]
