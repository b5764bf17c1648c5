"""What the page of an authority shows: one slice and one measure at a time, in words and as drawings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from training.figures.authority_groups import GROUPS, Grouped, grouped
from training.figures.chart_words import MANY_TEAMS, control_said, funnel_said, month_limits, months_drawn
from training.figures.drawn import ControlDrawing, FunnelDrawing, control, funnel
from training.figures.measures import MEASURES, Measure
from training.figures.mixed import Fit
from training.figures.rates import Estimate
from training.figures.reached import ReachLine, consent_said, reach_lines, reach_said
from training.figures.rows import SLICES, Slice
from training.figures.shown import (
    HIDDEN,
    between,
    month_shown,
    number,
    people_shown,
    sessions_shown,
    slice_shown,
    versions_said,
    with_interval,
)
from training.figures.snapshot import Overview, SliceView, overview_of, slice_view
from training.figures.tables import RECENT, TEAM, WHOLE, Count, month_key


@dataclass(frozen=True)
class Option:
    value: str
    shown: str
    chosen: bool


@dataclass(frozen=True)
class Summary:
    measure: Measure
    name: str
    what: str
    figure: str
    interval: str
    sessions: str
    bands: str


@dataclass(frozen=True)
class MonthLine:
    """`centre` and `limits` are the line and the band of the drawing, empty where nothing is drawn."""

    month: str
    sessions: str
    figure: str
    interval: str
    centre: str = ""
    limits: str = ""


@dataclass(frozen=True)
class SliceFigures:
    """One slice by one measure. `said` are sentences on what is seen; `versions_said` is one on several versions of the
    machine, or empty."""

    sentence: str
    versions_said: str
    summaries: tuple[Summary, ...]
    control: ControlDrawing | None
    control_said: tuple[str, ...]
    months: tuple[MonthLine, ...]
    funnel: FunnelDrawing | None
    funnel_said: tuple[str, ...]
    differences_said: str
    groups: tuple[Grouped, ...]


@dataclass(frozen=True)
class AuthorityView:
    overview: Overview
    slice: Slice | None
    measure: Measure
    slices: tuple[Option, ...]
    measures: tuple[Option, ...]
    period: str
    figures: SliceFigures | None
    reached: tuple[ReachLine, ...]
    reach_said: str
    consent: str


def build_authority(
    session: Session, organisation_id: UUID, *, slice_name: str = "", measure_name: str = ""
) -> AuthorityView | None:
    """None before the first tables were made. An unknown name gives the first slice there is, and sessions at fair."""
    overview = overview_of(session, organisation_id)
    if overview is None:
        return None
    there, chosen = slices_of(overview, slice_name)
    view = slice_view(session, organisation_id, chosen) if chosen else None
    measures, measure = measures_of(view, measure_name)
    return AuthorityView(
        overview, chosen, measure, there, measures, period_of(overview, chosen),
        figures_of(view, measure, overview) if view else None, tuple(reach_lines(overview)), reach_said(overview),
        consent_said(overview),
    )  # fmt: skip


def slices_of(overview: Overview, name: str) -> tuple[tuple[Option, ...], Slice | None]:
    """Those there are, and the one of that name, else the one that says most."""
    there = [one for one in SLICES if one.name in overview.slices]
    chosen = next((one for one in there if one.name == name), _fullest(overview, there))
    return tuple(Option(one.name, slice_shown(one), one == chosen) for one in there), chosen


def measures_of(view: SliceView | None, name: str) -> tuple[tuple[Option, ...], Measure]:
    """Those that have a figure, and the one of that name, else the first."""
    there = [one for one in Measure if view is not None and view.values.get(one)] or [Measure.AT_FAIR]
    chosen = next((one for one in there if one.value == name), there[0])
    return tuple(Option(one.value, MEASURES[one].name, one is chosen) for one in there), chosen


def _fullest(overview: Overview, there: Iterable[Slice]) -> Slice | None:
    """Of those that coaches coded the fullest, else of all: what says most."""
    return max(there, key=lambda one: (one.coded_by == "person", overview.slices[one.name] or 0), default=None)


def period_of(overview: Overview, slice_: Slice | None = None) -> str:
    """Of the newest 12 months; of a slice as far back as its sessions are all there."""
    first = overview.months[-RECENT]
    if slice_ is not None:
        first = max(first, overview.first.get(slice_.kind, first))
    return f"{month_shown(first)} to {month_shown(overview.months[-1])}"


def figures_of(view: SliceView, measure: Measure, overview: Overview) -> SliceFigures:
    values = view.values.get(measure, {})
    chart, kept = view.charts.get(measure), view.funnels.get(measure)
    names = {f"{TEAM}:{team}": name for team, (name, _) in overview.teams.items()}
    groups = tuple(grouped(kind, view, measure, names) for kind in GROUPS)
    return SliceFigures(
        sentence_of(measure, view.counts.get(WHOLE), values.get(WHOLE), hidden=WHOLE in view.hidden),
        versions_said(view.versions),
        tuple(_summary(one, view) for one in Measure if one in view.values),
        control(measure, chart, overview.months) if chart and months_drawn(chart) > 1 else None,
        control_said(measure, chart, overview),
        tuple(_months(view, values, measure, overview)),
        funnel(measure, kept, names) if kept and len(kept["groups"]) >= MANY_TEAMS else None, funnel_said(kept, names),
        _differences_said(measure, view.differences.get(measure)),
        tuple(one for one in groups if len(one.lines) > 1),
    )  # fmt: skip


def sentence_of(measure: Measure, count: Count | None, one: Estimate | None, *, hidden: bool) -> str:
    if one is None or count is None:
        if hidden:
            return "There are too few sessions, or too few people, to show a figure without showing whose it is."
        return "There is no session of this kind that says anything of it."
    of = f"{sessions_shown(one.sessions)} by {people_shown(one.people)}"
    return f"{MEASURES[measure].name}: {with_interval(measure, one)}, from {of}."


def _summary(measure: Measure, view: SliceView) -> Summary:
    one, known = view.values[measure].get(WHOLE), MEASURES[measure]
    bands = ""
    if known.fair is not None and known.good is not None:
        bands = f"fair from {number(measure, known.fair)}, good from {number(measure, known.good)}"
    return Summary(
        measure, known.name, known.what, number(measure, one.value) if one else HIDDEN,
        between(measure, one.low, one.high) if one else "", f"{one.sessions:,}" if one else "", bands,
    )  # fmt: skip


def _months(
    view: SliceView, values: Mapping[str, Estimate], measure: Measure, overview: Overview
) -> Iterable[MonthLine]:
    limits = month_limits(measure, view.charts.get(measure), overview.months)
    for month in reversed(overview.months):
        key = month_key(month)
        one, count = values.get(key), view.counts.get(key)
        if key in view.hidden:
            yield MonthLine(month_shown(month), HIDDEN, "", "")
        elif count is not None:
            yield MonthLine(
                month_shown(month), f"{count.sessions:,}", number(measure, one.value) if one else HIDDEN,
                between(measure, one.low, one.high) if one else "", *limits.get(month, ("", "")),
            )  # fmt: skip


def _differences_said(measure: Measure, kept: Mapping[str, Any] | None) -> str:
    fit = Fit(kept["fit"]) if kept else Fit.FEW_TEAMS
    if kept is None or fit in (Fit.FEW_TEAMS, Fit.FEW_PEOPLE):
        return "How much teams differ cannot be told yet: that takes three teams with enough people."
    if fit is Fit.CONSTANT:
        return "Everybody has the same figure, so teams do not differ."
    if fit is Fit.ALIKE:
        return "Teams differ no more than their people do: the best guess for each team is the figure of all."
    share = round(100 * kept["icc"])
    part = f"About {share} %" if share else "Hardly anything"
    return (
        f"{part} of how people differ goes with their team. Each team’s expected figure is drawn towards that of all, "
        "the more so the fewer people it has."
    )
