"""A slice of an authority by group, for the page: teams, disciplines, sites and years of joining, one line each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from models.person import Discipline
from training.figures.chart_words import NOT_DRAWN, TeamLimits, team_limits
from training.figures.drawn import IntervalDrawing, interval_rows
from training.figures.measures import Measure
from training.figures.rates import Estimate
from training.figures.reached import IN_NO_TEAM
from training.figures.shown import HIDDEN, between, number
from training.figures.snapshot import SliceView
from training.figures.tables import DISCIPLINE, JOINED, NOBODY_SAID, SITE, TEAM, WHOLE

GROUPS = {TEAM: "Team", DISCIPLINE: "Discipline", SITE: "Site", JOINED: "Year they joined"}
_UNKNOWN = {TEAM: IN_NO_TEAM, DISCIPLINE: "Discipline not given", SITE: "Site not given", JOINED: "Year not known"}


@dataclass(frozen=True)
class Line:
    """Of one group. `figure` and `interval` are empty where nothing is shown, and `why` says so. `expected` is the
    figure drawn towards the mean of all, for teams. `id` is a team's, and `limits` are where the funnel is drawn."""

    key: str
    name: str
    sessions: str
    people: str
    figure: str
    interval: str
    why: str
    expected: str = ""
    id: UUID | None = None
    limits: TeamLimits = NOT_DRAWN


@dataclass(frozen=True)
class Grouped:
    kind: str
    title: str
    lines: tuple[Line, ...]
    drawing: IntervalDrawing


def grouped(kind: str, view: SliceView, measure: Measure, names: Mapping[str, str]) -> Grouped:
    keys = [key for key in (*view.counts, *view.hidden) if key.startswith(f"{kind}:")]
    values = view.values.get(measure, {})
    expected = {one["name"]: one for one in view.differences.get(measure, {}).get("teams", ())} if kind == TEAM else {}
    found = [(group_name(kind, key, names), key) for key in keys]
    named = sorted(found, key=lambda one: (one[1].endswith(":-"), one[0]))
    limits = team_limits(measure, view.funnels.get(measure)) if kind == TEAM else {}
    plain = ((key, _line(key, name, view, values.get(key), measure, expected.get(key))) for name, key in named)
    lines = tuple(replace(line, limits=limits.get(key, NOT_DRAWN)) for key, line in plain)
    drawing = interval_rows(measure, [(name, values.get(key)) for name, key in named], whole=values.get(WHOLE))
    return Grouped(kind, GROUPS[kind], lines, drawing)


def _line(
    key: str, name: str, view: SliceView, one: Estimate | None, measure: Measure, expected: Mapping[str, Any] | None
) -> Line:
    count, team = view.counts.get(key), key.removeprefix(f"{TEAM}:")
    id_ = UUID(team) if key.startswith(f"{TEAM}:") and team != NOBODY_SAID else None
    if count is None:
        return Line(key, name, "", "", "", "", HIDDEN, id=id_)
    shown = f"{number(measure, expected['value'])} ({between(measure, expected['low'], expected['high'])})" \
        if expected else ""  # fmt: skip
    if one is None:
        return Line(key, name, f"{count.sessions:,}", f"{count.people:,}", "", "", HIDDEN, id=id_)
    return Line(
        key, name, f"{count.sessions:,}", f"{count.people:,}", number(measure, one.value),
        between(measure, one.low, one.high), "", shown, id_,
    )  # fmt: skip


def group_name(kind: str, key: str, names: Mapping[str, str]) -> str:
    value = key.split(":", 1)[1]
    if value == NOBODY_SAID:
        return _UNKNOWN[kind]
    if kind == TEAM:
        return names.get(key, "A team")
    if kind == DISCIPLINE:
        shown = Discipline(value).value
        return f"{shown[0].upper()}{shown[1:]}"
    return value
