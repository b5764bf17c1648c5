"""Every figure of a slice as a line of its own, named: what files and programs read. The numbers are the page's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from models.errors import NotFound
from models.permissions import Actor
from training.figures.authority_groups import group_name
from training.figures.behind import several_months
from training.figures.measures import Measure
from training.figures.rates import Estimate
from training.figures.rows import SLICES, Slice
from training.figures.shown import HIDDEN, month_shown
from training.figures.snapshot import Overview, SliceView, overview_of, slice_view
from training.figures.tables import (
    BLOCK,
    BLOCK_MONTHS,
    DISCIPLINE,
    JOINED,
    MONTH,
    SITE,
    SPAN,
    TEAM,
    WHOLE,
)

KINDS = (WHOLE, SPAN, MONTH, TEAM, DISCIPLINE, SITE, JOINED, BLOCK)
"""In the order in which they stand in files."""
_PLACES = 6
_ALL = {WHOLE: "All, newest 12 months", SPAN: "All, 24 months"}


@dataclass(frozen=True)
class Told:
    """One measure of one cell: its figure and 90 % interval, and on how many sessions and people it rests. Shares are
    0–1."""

    value: float
    low: float
    high: float
    sessions: int
    people: int


@dataclass(frozen=True)
class Cell:
    """A group of sessions. `sessions` and `people` are None, and `why` says so, where they may not be told; a measure
    that may not be told is None in `values`."""

    key: str
    kind: str
    name: str
    sessions: int | None
    people: int | None
    why: str
    values: dict[Measure, Told | None]


@dataclass(frozen=True)
class SliceCells:
    slice: Slice
    view: SliceView
    cells: tuple[Cell, ...]


def overview_for(session: Session, actor: Actor) -> Overview:
    """Raises NotFound before the first night."""
    found = overview_of(session, actor.organisation_id)
    if found is None:
        raise NotFound("No figures are worked out yet. They are made at night.")
    return found


def slice_named(overview: Overview, name: str) -> Slice:
    """Raises NotFound."""
    found = next((one for one in SLICES if one.name == name and name in overview.slices), None)
    if found is None:
        raise NotFound("There are no figures of such sessions. Check the name of the slice.")
    return found


def slice_cells(session: Session, actor: Actor, overview: Overview, slice_: Slice) -> SliceCells:
    """Raises NotFound."""
    view = slice_view(session, actor.organisation_id, slice_)
    if view is None:
        raise NotFound("There are no figures of such sessions. Check the name of the slice.")
    return SliceCells(slice_, view, tuple(cells_of_view(view, overview)))


def cells_of_view(view: SliceView, overview: Overview) -> Iterable[Cell]:
    """By kind in the order of KINDS; months and blocks by time, others by name, who said nothing last."""
    names = {f"{TEAM}:{team}": name for team, (name, _) in overview.teams.items()}
    found = [(_kind(key), key) for key in (*view.counts, *sorted(view.hidden)) if _kind(key) in KINDS]
    named = [(KINDS.index(kind), *_order(kind, key, names, overview), kind, key) for kind, key in found]
    for _, _, name, _, kind, key in sorted(named):
        count = view.counts.get(key)
        values = {one: _told(view.values[one].get(key)) for one in Measure if view.values.get(one)}
        yield Cell(
            key, kind, name, count.sessions if count else None, count.people if count else None,
            "" if count else HIDDEN, values,
        )  # fmt: skip


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _order(kind: str, key: str, names: Mapping[str, str], overview: Overview) -> tuple[bool, str, str]:
    """Whether it comes last, its name, and what parts those of one name."""
    name = cell_name(kind, key, names, overview)
    if kind == MONTH:
        return False, name, key
    if kind == BLOCK:
        return ":-:" in key, name, key
    return key.endswith(":-"), name, key


def cell_name(kind: str, key: str, names: Mapping[str, str], overview: Overview) -> str:
    if kind in _ALL:
        return _ALL[kind]
    if kind == MONTH:
        return key.partition(":")[2]
    if kind == BLOCK:
        team, at = key.split(":")[1:]
        return f"{group_name(TEAM, f'{TEAM}:{team}', names)}, {block_months(overview, int(at))}"
    return group_name(kind, key, names)


def block_months(overview: Overview, at: int) -> str:
    """ "2026-01 to 2026-03"."""
    first, last = overview.months[at * BLOCK_MONTHS], overview.months[(at + 1) * BLOCK_MONTHS - 1]
    return f"{first:%Y-%m} to {last:%Y-%m}"


def block_shown(overview: Overview, at: int) -> str:
    """ "January 2026 to March 2026"."""
    first, last = overview.months[at * BLOCK_MONTHS], overview.months[(at + 1) * BLOCK_MONTHS - 1]
    return f"{month_shown(first)} to {month_shown(last)}"


def block_behind(overview: Overview, at: int) -> str:
    """As `behind.sessions_behind` takes it."""
    return several_months(overview.months[at * BLOCK_MONTHS], overview.months[(at + 1) * BLOCK_MONTHS - 1])


def _told(one: Estimate | None) -> Told | None:
    if one is None:
        return None
    value, low, high = (round(number, _PLACES) for number in (one.value, one.low, one.high))
    return Told(value, low, high, one.sessions, one.people)
