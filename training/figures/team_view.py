"""One team of an authority: its figures in blocks of three months, and beside those of all, as its leads see them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from models.errors import NotFound
from models.organisation import Team
from models.permissions import Actor
from training.figures.authority_view import Option, measures_of, period_of, slices_of
from training.figures.chart_words import MANY_TEAMS
from training.figures.drawn import IntervalDrawing, interval_rows
from training.figures.lines import block_behind, block_shown
from training.figures.measures import MEASURES, Measure
from training.figures.rates import Estimate
from training.figures.rows import Slice
from training.figures.shown import (
    HIDDEN,
    between,
    number,
    people_shown,
    sessions_shown,
    versions_said,
    with_interval,
)
from training.figures.snapshot import Overview, SliceView, overview_of, slice_view
from training.figures.tables import BLOCK, BLOCK_MONTHS, MONTHS, TEAM, WHOLE, Count

ALL_TEAMS = "All teams together"


@dataclass(frozen=True)
class TeamLine:
    """A line of the drawing and of its table. `why` says so where nothing is shown. `month` names its sessions to
    `behind.sessions_behind`; None where they are not the team's alone."""

    name: str
    sessions: str
    people: str
    figure: str
    interval: str
    why: str
    month: str | None = None


@dataclass(frozen=True)
class Beside:
    """A measure of the team and of all; empty where it may not be told."""

    measure: Measure
    name: str
    what: str
    team: str
    team_interval: str
    all: str
    all_interval: str


@dataclass(frozen=True)
class TeamFigures:
    """`versions_said` is of all teams together, so empty where the team stands alone."""

    said: tuple[str, ...]
    versions_said: str
    drawing: IntervalDrawing
    lines: tuple[TeamLine, ...]
    besides: tuple[Beside, ...]


@dataclass(frozen=True)
class TeamOfAuthority:
    """`figures` is None where the team has no session of the slice in the 24 months."""

    overview: Overview
    slice: Slice | None
    measure: Measure
    slices: tuple[Option, ...]
    measures: tuple[Option, ...]
    period: str
    figures: TeamFigures | None


def require_team_of(session: Session, team_id: UUID, *, by: Actor) -> Team:
    """One of the actor's authority; who may see what of it is asked elsewhere. Raises NotFound."""
    team = session.get(Team, team_id)
    if team is None or team.organisation_id != by.organisation_id:
        raise NotFound("There is no such team.")
    return team


def build_team(
    session: Session, team: Team, *, slice_name: str = "", measure_name: str = "", alone: bool = False
) -> TeamOfAuthority | None:
    """None before the first tables were made. `alone` leaves out the figures of all, for who may not see those."""
    overview = overview_of(session, team.organisation_id)
    if overview is None:
        return None
    there, chosen = slices_of(overview, slice_name)
    view = slice_view(session, team.organisation_id, chosen) if chosen else None
    measures, measure = measures_of(view, measure_name)
    figures = team_figures_of(view, measure, overview, team, alone=alone) if view else None
    return TeamOfAuthority(overview, chosen, measure, there, measures, period_of(overview, chosen), figures)


def blocks_of(view: SliceView, team_id: UUID) -> list[tuple[int, str]]:
    """Those with a session, the earliest first: which of the eight it is, and its key."""
    keys = ((at, f"{BLOCK}:{team_id}:{at}") for at in range(MONTHS // BLOCK_MONTHS))
    return [(at, key) for at, key in keys if key in view.counts or key in view.hidden]


def team_figures_of(
    view: SliceView, measure: Measure, overview: Overview, team: Team, *, alone: bool = False
) -> TeamFigures | None:
    blocks, whole_key = blocks_of(view, team.id), f"{TEAM}:{team.id}"
    if not blocks:
        return None
    values = view.values.get(measure, {})
    named: list[tuple[str, str, str | None]] = [
        (block_shown(overview, at), key, block_behind(overview, at)) for at, key in blocks
    ]
    if whole_key in view.counts or whole_key in view.hidden:
        named.append(("The newest 12 months", whole_key, ""))
    if not alone:
        named.append((ALL_TEAMS, WHOLE, None))
    drawing = interval_rows(
        measure, [(name, values.get(key)) for name, key, _ in named], whole=None if alone else values.get(WHOLE)
    )
    lines = tuple(
        replace(_line(name, view.counts.get(key), values.get(key), measure), month=month) for name, key, month in named
    )
    return TeamFigures(
        tuple(_said(view, measure, team, [key for _, key in blocks], alone=alone)),
        "" if alone else versions_said(view.versions), drawing, lines,
        tuple(_beside(one, view, whole_key) for one in Measure if view.values.get(one)),
    )  # fmt: skip


def _line(name: str, count: Count | None, one: Estimate | None, measure: Measure) -> TeamLine:
    if count is None:
        return TeamLine(name, "", "", "", "", HIDDEN)
    sessions, people = f"{count.sessions:,}", f"{count.people:,}"
    if one is None:
        return TeamLine(name, sessions, people, "", "", HIDDEN)
    interval = between(measure, one.low, one.high)
    return TeamLine(name, sessions, people, number(measure, one.value), interval, "")


def _said(view: SliceView, measure: Measure, team: Team, blocks: list[str], *, alone: bool) -> Iterable[str]:
    values, key = view.values.get(measure, {}), f"{TEAM}:{team.id}"
    one, whole, name = values.get(key), values.get(WHOLE), MEASURES[measure].name
    if one is not None:
        of = f"{sessions_shown(one.sessions)} by {people_shown(one.people)}"
        yield f"{name} of {team.name}: {with_interval(measure, one)}, from {of} in the newest 12 months."
    elif key in view.counts or key in view.hidden:
        yield f"The figure of {team.name} is not shown: {HIDDEN} without showing whose it is."
    else:
        yield f"{team.name} has no session of this kind in the newest 12 months."
    if not alone and whole is not None:
        yield f"{ALL_TEAMS}: {with_interval(measure, whole)}. {_place(view, measure, key)}".strip()
    hidden = sum(key in view.hidden or key not in values for key in blocks)
    if hidden:
        subject = "One block of three months is" if hidden == 1 else f"{hidden} blocks of three months are"
        yield f"{subject} not shown: too few sessions or people, or another figure would give them away."


def _place(view: SliceView, measure: Measure, key: str) -> str:
    groups = view.funnels.get(measure, {}).get("groups", ())
    place = next((one["place"] for one in groups if one["name"] == key), None)
    if place is None or len(groups) < MANY_TEAMS:
        return ""
    if place == "within":
        return "This team lies within what chance does with a team of its size."
    side = "above" if place.endswith("above") else "below"
    if place.startswith("far"):
        return f"This team lies {side} what chance does: worth asking what is different there."
    return f"This team lies a little {side}, where chance puts one team in ten: no reason to act on it alone."


def _beside(measure: Measure, view: SliceView, key: str) -> Beside:
    known, values = MEASURES[measure], view.values[measure]
    shown = [
        (number(measure, one.value), between(measure, one.low, one.high)) if one else (HIDDEN, "")
        for one in (values.get(key), values.get(WHOLE))
    ]
    return Beside(measure, known.name, known.what, *shown[0], *shown[1])
