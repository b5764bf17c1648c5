"""What of an authority's sessions an evaluator may take as rows: what is left out, and what is made coarser. Pure.

1. A slice (kind, picked, coded by) of fewer than 10 people or 10 sessions is left out whole.
2. Of what is left, a discipline or a team of fewer than 5 people is folded with others until 5 are together; over all
   slices at once, so that one slice does not tell what another hides.
3. Months become quarters, and these years, until every period of every slice has 5 people; a year that has fewer is
   left out, and then the first rule is asked again.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from training.figures.rows import Slice

LEAST_IN_SLICE = 10
LEAST_IN_GROUP = 5
FOLDED_DISCIPLINE = "other"
FOLDED_TEAM = "small teams"
UNITS = ("month", "quarter", "year")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Stream:
    """A session as one stream of codes counts it. `discipline` is "other" where nobody said one."""

    session_id: UUID
    team_id: UUID | None
    person_id: UUID
    discipline: str
    slice: Slice
    coder: str
    month: date
    counts: Mapping[str, int]
    ratings: Mapping[str, int]


@dataclass(frozen=True)
class Allowed:
    """What may be told: the streams, with the disciplines and teams that are folded, and the unit of time."""

    streams: tuple[Stream, ...]
    folded_disciplines: frozenset[str]
    folded_teams: frozenset[UUID | None]
    unit: str

    def discipline(self, one: Stream) -> str:
        return FOLDED_DISCIPLINE if one.discipline in self.folded_disciplines else one.discipline

    def period(self, one: Stream) -> str:
        return period_of(one.month, self.unit)

    @property
    def sessions(self) -> dict[Slice, set[UUID]]:
        found: dict[Slice, set[UUID]] = defaultdict(set)
        for one in self.streams:
            found[one.slice].add(one.session_id)
        return found


def allowed(streams: Iterable[Stream]) -> Allowed:
    kept = _enough(list(streams))
    unit = next((unit for unit in UNITS if not _thin(kept, unit)), UNITS[-1])
    while thin := _thin(kept, unit):
        kept = _enough([one for one in kept if (one.slice, period_of(one.month, unit)) not in thin])
    disciplines = folded(kept, lambda one: one.discipline)
    if any(one.discipline == FOLDED_DISCIPLINE for one in kept) and disciplines:
        disciplines |= {FOLDED_DISCIPLINE}
    return Allowed(tuple(kept), disciplines, folded(kept, lambda one: one.team_id), unit)


def folded(streams: Sequence[Stream], key: Callable[[Stream], Key]) -> frozenset[Key]:
    """The keys of fewer than 5 people, and the next smallest beside them until those folded are 5 together."""
    people: dict[Key, set[UUID]] = defaultdict(set)
    for one in streams:
        people[key(one)].add(one.person_id)
    found = {name for name, who in people.items() if len(who) < LEAST_IN_GROUP}
    rest = sorted((name for name in people if name not in found), key=lambda name: (len(people[name]), str(name)))
    while found and rest and len(set().union(*(people[name] for name in found))) < LEAST_IN_GROUP:
        found.add(rest.pop(0))
    return frozenset(found)


def period_of(day: date, unit: str) -> str:
    """ "2026-03", "2026-Q1" or "2026"."""
    if unit == "month":
        return f"{day:%Y-%m}"
    return f"{day.year}-Q{(day.month + 2) // 3}" if unit == "quarter" else str(day.year)


def _enough(streams: list[Stream]) -> list[Stream]:
    people: dict[Slice, set[UUID]] = defaultdict(set)
    sessions: dict[Slice, set[UUID]] = defaultdict(set)
    for one in streams:
        people[one.slice].add(one.person_id)
        sessions[one.slice].add(one.session_id)
    fit = {name for name in people if len(people[name]) >= LEAST_IN_SLICE and len(sessions[name]) >= LEAST_IN_SLICE}
    return [one for one in streams if one.slice in fit]


def _thin(streams: Sequence[Stream], unit: str) -> set[tuple[Slice, str]]:
    """The periods of slices with fewer than 5 people."""
    people: dict[tuple[Slice, str], set[UUID]] = defaultdict(set)
    for one in streams:
        people[one.slice, period_of(one.month, unit)].add(one.person_id)
    return {name for name, who in people.items() if len(who) < LEAST_IN_GROUP}
