"""The tables of an authority, made by a job at night and kept as JSON; and read again for pages, files and programs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from coding.context import JobContext
from coding.retention import periods_of
from coding.session_figures import put_missing_figures
from models.columns import utc_now
from models.consent import Scope
from models.errors import EvokeError
from models.figures import OVERVIEW, FigureSnapshot
from models.lock import hold_lock
from models.organisation import Organisation, Team
from models.practice import SessionKind
from training.figures.about import About
from training.figures.added import added_by_team
from training.figures.measures import Measure
from training.figures.rates import Estimate
from training.figures.reach import Yield, consent_yield, reach
from training.figures.reach_told import Reach
from training.figures.reports import is_report, renew_reports
from training.figures.rows import SLICES, FigureRow, Slice, figure_rows, months_before
from training.figures.tables import MONTH, MONTHS, TEAM, WHOLE, Count, SliceTables, tables_of
from training.planning.figures import keep_missing_shares

ADOPTION, ADOPTION_LEG, MONTHLY = "adoption", "adoption_leg", "monthly"
_AT_ONCE = 200


@dataclass(frozen=True)
class Overview:
    """`slices` are those with a session, with how many in the newest year, None where that is not shown. `months` are
    the first days of the months the tables are of; of each kind the earlier ones are left out before `first`, because
    sessions of them have begun to go. `teams` are names and sites by id."""

    made_at: datetime
    months: tuple[date, ...]
    slices: dict[str, int | None]
    teams: dict[str, tuple[str, str]]
    reach: dict[str, Reach]
    consent: Yield | None
    first: dict[SessionKind, date] = field(default_factory=dict)


@dataclass(frozen=True)
class SliceView:
    """A slice's tables as they were kept. `charts`, `funnels` and `differences` are plain JSON of `limits.Chart`,
    `funnel.Funnel` and `mixed.Differences`. `versions` are those of the machine that coded sessions of the months."""

    counts: dict[str, Count]
    hidden: frozenset[str]
    values: dict[Measure, dict[str, Estimate]]
    charts: dict[Measure, dict[str, Any]] = field(default_factory=dict)
    funnels: dict[Measure, dict[str, Any]] = field(default_factory=dict)
    differences: dict[Measure, dict[str, Any]] = field(default_factory=dict)
    versions: tuple[str, ...] = ()


def make_figures(context: JobContext, *, authority_id: str) -> None:
    """May be killed anywhere and run again: what it writes last is whole. Where another made tables of later rows
    meanwhile, its own are made anew: a session that was withdrawn in between would come back."""
    organisation_id = UUID(authority_id)
    more = True
    while more:
        with context.write() as session:
            more = put_missing_figures(session, organisation_id, most=_AT_ONCE) > 0
            more = keep_missing_shares(session, organisation_id, most=_AT_ONCE) > 0 or more
    while not context.finished:
        with context.workshop.database.read() as session:
            now = utc_now()
            found = bodies(session, organisation_id, now=now)
        with context.write() as session:
            hold_lock(session, f"figures {organisation_id}")
            if _made_since(session, organisation_id, now):
                continue
            if session.get(Organisation, organisation_id) is not None:
                keep(session, organisation_id, found)
            context.finish(session)


def _made_since(session: Session, organisation_id: UUID, at: datetime) -> bool:
    """What is dated ahead, by a clock that was wrong, does not count: it would be waited for."""
    made = select(FigureSnapshot.made_at).where(
        col(FigureSnapshot.organisation_id) == organisation_id, col(FigureSnapshot.name) == OVERVIEW
    )
    made_at = session.exec(made).first()
    return made_at is not None and at < made_at <= utc_now()


def making_stopped(session: Session, error: EvokeError, /, *, authority_id: str) -> None:
    """The tables of the night before stay; the next night makes them anew."""


def bodies(session: Session, organisation_id: UUID, *, now: datetime) -> dict[str, dict[str, Any]]:
    """Each table of an authority as JSON, by the name it is kept under."""
    months = months_before(now.date(), MONTHS)
    rows = figure_rows(session, organisation_id, since=months[0], before=now.date().replace(day=1))
    first = first_whole(session, organisation_id, today=now.date())
    whole = {slice_: [row for row in found if row.month >= first[slice_.kind]] for slice_, found in rows.items()}
    tables = {slice_: tables_of(whole[slice_], months) for slice_ in SLICES if whole.get(slice_)}
    teams = session.exec(select(Team).where(col(Team.organisation_id) == organisation_id)).all()
    hidden = {key.removeprefix(f"{TEAM}:") for made in tables.values() for key in made.hidden}
    counted = added_by_team(
        session, organisation_id, before=now.date().replace(day=1),
        hidden=[team.id for team in teams if str(team.id) in hidden],
    )  # fmt: skip
    consent = consent_yield(session, organisation_id, now=now)
    overview = {
        "months": [f"{month:%Y-%m}" for month in months],
        "slices": {one.name: _whole(made) for one, made in tables.items()},
        "teams": {str(team.id): [team.name, team.site] for team in teams},
        "reached": {key: asdict(one) for key, one in reach(session, organisation_id, now=now).items()},
        "agreed": asdict(consent) if consent else None,
        "added": {str(team): added for team, added in counted.items()},
        "first": {kind.value: f"{month:%Y-%m}" for kind, month in first.items()},
    }
    slices = {one.name: {**_as_json(made), "versions": versions_in(whole[one])} for one, made in tables.items()}
    return {OVERVIEW: overview, MONTHLY: {name: _by_month(one) for name, one in slices.items()}, **slices}


def versions_in(rows: Iterable[FigureRow]) -> list[str]:
    """Of the machine, by name."""
    return sorted({row.version for row in rows if row.version})


def first_whole(session: Session, organisation_id: UUID, *, today: date) -> dict[SessionKind, date]:
    """Of each kind the first month of which no session can have gone because its time was over. Of an earlier one a few
    go each night: what is left of it is not what it was, and two nights taken from each other would tell of these few.
    A period counts from the newest coding or later, never from before the day that figures count by."""
    found = {}
    for kind, periods in periods_of(session, organisation_id).items():
        months = months_before(today, periods.score_months - 1)
        found[kind] = months[0] if months else today.replace(day=1)
    return found


def _whole(made: SliceTables) -> int | None:
    whole = made.counts.get(WHOLE)
    return whole.sessions if whole else None if WHOLE in made.hidden else 0


def _as_json(made: SliceTables) -> dict[str, Any]:
    return {
        "counts": {key: [one.sessions, one.people] for key, one in made.counts.items()},
        "hidden": sorted(made.hidden),
        "values": {
            measure.value: {key: [one.value, one.low, one.high, one.sessions, one.people] for key, one in found.items()}
            for measure, found in made.values.items()
        },
        "charts": {measure.value: asdict(one) for measure, one in made.charts.items()},
        "funnels": {measure.value: asdict(one) for measure, one in made.funnels.items()},
        "differences": {measure.value: asdict(one) for measure, one in made.differences.items()},
    }


def _by_month(body: Mapping[str, Any]) -> dict[str, Any]:
    """Of a slice as JSON what its months have, for a page that shows all slices and nothing else of them."""

    def of_months(cells: Mapping[str, Any]) -> dict[str, Any]:
        return {key: one for key, one in cells.items() if key.startswith(f"{MONTH}:")}

    values = {measure: of_months(found) for measure, found in body["values"].items()}
    return {"counts": of_months(body["counts"]), "values": values}


def keep(session: Session, organisation_id: UUID, found: Mapping[str, dict[str, Any]]) -> None:
    """In the place of those before; those of adoption have a job of their own. Reports of other figures, and those of
    every new month, are made anew, so that none tells what the tables no longer do and no two are held against each
    other."""
    ours = col(FigureSnapshot.name).not_in((ADOPTION, ADOPTION_LEG)) & ~is_report()
    mine = (col(FigureSnapshot.organisation_id) == organisation_id) & ours
    kept = select(FigureSnapshot.name, col(FigureSnapshot.body)).where(mine)
    before: dict[str, dict[str, Any]] = dict(session.exec(kept).all())
    session.exec(delete(FigureSnapshot).where(mine))
    if before and _figures_in(before) != _figures_in(found):
        new_month = before[OVERVIEW]["months"] != found[OVERVIEW]["months"]
        renew_reports(session, organisation_id, teams=found[OVERVIEW]["teams"] if new_month else ())
    session.add_all(
        FigureSnapshot(organisation_id=organisation_id, name=name, body=body) for name, body in found.items()
    )


def _figures_in(found: Mapping[str, dict[str, Any]]) -> Any:
    """As they come back from the database; without who is reached, which changes by the day."""
    bodies = {name: body for name, body in found.items() if name != OVERVIEW}
    return json.loads(json.dumps([bodies, found[OVERVIEW]["months"], found[OVERVIEW]["teams"]], sort_keys=True))


def overview_of(session: Session, organisation_id: UUID) -> Overview | None:
    """None before the first night."""
    kept = session.get(FigureSnapshot, (organisation_id, OVERVIEW))
    if kept is None:
        return None
    body = kept.body
    return Overview(
        kept.made_at, tuple(_month(month) for month in body["months"]), body["slices"],
        {team: (name, site) for team, (name, site) in body["teams"].items()},
        {key: _reach_from(one) for key, one in body.get("reached", {}).items()},
        _yield_from(body["agreed"]) if body.get("agreed") else None,
        {SessionKind(kind): _month(month) for kind, month in body.get("first", {}).items()},
    )  # fmt: skip


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _reach_from(body: Mapping[str, Any]) -> Reach:
    counts = {name: About(**one) for name, one in body.items() if isinstance(one, dict)}
    return Reach(body["people"], **counts)


def _yield_from(body: Mapping[str, Any]) -> Yield:
    return Yield(
        body["sessions"], About(**body["waiting"]),
        {Scope(key): About(**one) for key, one in body["agreed"].items()}, About(**body["withdrawn"]),
    )  # fmt: skip


def monthly_of(session: Session, organisation_id: UUID) -> Mapping[str, Any]:
    """By the name of the slice, as `_by_month` has it; nothing before the first night."""
    kept = session.get(FigureSnapshot, (organisation_id, MONTHLY))
    return kept.body if kept is not None else {}


def slice_view(session: Session, organisation_id: UUID, slice_: Slice) -> SliceView | None:
    """None where the slice has no session."""
    kept = session.get(FigureSnapshot, (organisation_id, slice_.name))
    if kept is None:
        return None
    body = kept.body

    def of(part: str) -> dict[Measure, Any]:
        return {Measure(measure): one for measure, one in body[part].items()}

    values = {measure: {key: Estimate(*one) for key, one in found.items()} for measure, found in of("values").items()}
    return SliceView(
        {key: Count(*one) for key, one in body["counts"].items()}, frozenset(body["hidden"]), values, of("charts"),
        of("funnels"), of("differences"), tuple(body.get("versions", ())),
    )  # fmt: skip
