"""Programmes of people, teams and sessions drawn at random, and the exact, slow answer to what can be worked out."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import combinations

from training.figures.cells import LEAST, Programme, Table


def programme(
    *, people: int, sessions: int, teams: int, months: int, seed: int, sites: int = 2, least: int = LEAST
) -> Programme:
    """Tables by site, team, discipline, year joined and month, of teams within a site, of a team by quarter."""
    chance = random.Random(seed)
    staff = [
        (f"p{number}", chance.randrange(teams), chance.choices("abcd", [50, 20, 8, 2])[0], chance.randrange(5))
        for number in range(people)
    ]
    busy = [chance.expovariate(1) for _ in staff]
    person_of, cells, tables = {}, defaultdict(set), defaultdict(set)
    for number in range(sessions):
        person, team, discipline, joined = chance.choices(staff, busy)[0]
        month, site, session = chance.randrange(months), team % sites, f"s{number}"
        person_of[session] = person
        cells["all"].add(session)
        for parent, table, cell in (
            ("all", "sites", f"site {site}"), (f"site {site}", "teams", f"team {team}"),
            ("all", "teams", f"team {team}"), ("all", "disciplines", discipline),
            ("all", "joined", f"joined {joined}"), ("all", "months", f"month {month}"),
            (f"team {team}", "quarters", f"team {team}, quarter {month // 3}"),
        ):  # fmt: skip
            cells[cell].add(session)
            tables[parent, table].add(cell)
    return Programme(
        person_of,
        {key: frozenset(found) for key, found in cells.items()},
        tuple(Table(parent, tuple(sorted(parts))) for (parent, _), parts in sorted(tables.items())),
        least,
    )


def small_sets_known(programme: Programme, shown: Collection[str]) -> set[frozenset[str]]:
    """Every small set whose indicator is a combination of those of the shown cells, by trying every set, in fractions.
    For a handful of people."""
    keys = [key for key in sorted(shown) if programme.cells[key]]
    alike = defaultdict(set)
    for session in programme.person_of:
        alike[tuple(session in programme.cells[key] for key in keys)].add(session)
    alike.pop((False,) * len(keys), None)
    groups = list(alike.values())
    against = _null_space([[Fraction(pattern[at]) for pattern in alike] for at in range(len(keys))], len(groups))
    found = set()
    for chosen in _small_choices(programme, groups):
        if all(sum(vector[at] for at in chosen) == 0 for vector in against):
            found.add(frozenset().union(*(groups[at] for at in chosen)))
    return found


def _small_choices(programme: Programme, groups: list[set[str]]) -> Iterator[tuple[int, ...]]:
    people = [{programme.person_of[session] for session in group} for group in groups]
    everyone = sorted(set(programme.person_of.values()))
    for few in combinations(everyone, min(programme.least - 1, len(everyone))):
        own = [at for at, one in enumerate(people) if one <= set(few)]
        for count in range(1, min(len(own), 10) + 1):
            yield from combinations(own, count)
    little = [at for at, group in enumerate(groups) if len(group) < programme.least]
    for count in range(1, programme.least):
        for chosen in combinations(little, count):
            if sum(len(groups[at]) for at in chosen) < programme.least:
                yield chosen


def _null_space(rows: list[list[Fraction]], width: int) -> list[list[Fraction]]:
    pivots: list[int] = []
    for column in range(width):
        at = next((at for at in range(len(pivots), len(rows)) if rows[at][column]), None)
        if at is None:
            continue
        done = len(pivots)
        rows[done], rows[at] = rows[at], [*rows[done]]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for other in range(len(rows)):
            if other != done and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[done], strict=True)]
        pivots.append(column)
    found = []
    for column in sorted(set(range(width)) - set(pivots)):
        vector = [Fraction(0)] * width
        vector[column] = Fraction(1)
        for at, pivot in enumerate(pivots):
            vector[pivot] = -rows[at][column]
        found.append(vector)
    return found
