"""Whether teams have the disciplines they are to have: posts against people, at the end of each month. Pure.

A person counts as one post, since Evoke does not know their hours; nobody fills more posts than their team has for
their discipline.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.person import Discipline
from training.adoption.current import Place
from training.adoption.lines import PostsLine
from training.adoption.months import last_day, last_finished, months_between

MONTHS = 36
"""The most that are looked back."""


@dataclass(frozen=True)
class DisciplineThere:
    """In all teams that have posts for it. `teams_without` have posts and nobody in them."""

    discipline: Discipline
    posts: float
    people: int
    filled: float
    teams: int
    teams_without: int


@dataclass(frozen=True)
class Composition:
    """At the end of a month. `filled` of `posts`; `teams` are those with posts."""

    month: date
    posts: float
    filled: float
    teams: int
    disciplines: tuple[DisciplineThere, ...]

    @property
    def share(self) -> float:
        """In percent."""
        return 100 * self.filled / self.posts

    @property
    def people(self) -> int:
        return sum(row.people for row in self.disciplines)


def compositions(lines: Sequence[PostsLine], places: Sequence[Place], *, today: date) -> list[Composition]:
    """Of each finished month since there are posts, the earliest first; none for a month without any post."""
    if not lines:
        return []
    last = last_finished(today)
    first = min(line.from_on for line in lines).replace(day=1)
    months = list(months_between(first, last))[-MONTHS:]
    found = (composition_at(month, lines, places) for month in months)
    return [one for one in found if one is not None]


def composition_at(month: date, lines: Sequence[PostsLine], places: Sequence[Place]) -> Composition | None:
    wanted = _posts_at(last_day(month), lines)
    if not wanted:
        return None
    there = _people_there(last_day(month), places)
    by_discipline: dict[Discipline, list[tuple[float, int]]] = defaultdict(list)
    for (team_id, discipline), number in wanted.items():
        by_discipline[discipline].append((number, there[team_id, discipline]))
    rows = tuple(
        DisciplineThere(
            discipline, sum(number for number, _ in found), sum(people for _, people in found),
            sum(min(number, people) for number, people in found), len(found),
            sum(not people for _, people in found),
        )
        for discipline in Discipline
        if (found := by_discipline.get(discipline))
    )  # fmt: skip
    return Composition(
        month, sum(row.posts for row in rows), sum(row.filled for row in rows), len({team for team, _ in wanted}), rows
    )


def _people_there(day: date, places: Sequence[Place]) -> Counter[tuple[UUID, Discipline]]:
    found = {
        (place.person_id, place.team_id, place.discipline)
        for place in places
        if place.discipline is not None
        and place.started_on <= day
        and (place.ended_on is None or place.ended_on >= day)
    }
    return Counter((team_id, discipline) for _, team_id, discipline in found)


def gaps_at(month: date, lines: Sequence[PostsLine], places: Sequence[Place]) -> dict[UUID, list[Discipline]]:
    """Of each team with posts the disciplines in which nobody was at the end of the month."""
    wanted, there = _posts_at(last_day(month), lines), _people_there(last_day(month), places)
    found: dict[UUID, list[Discipline]] = {team_id: [] for team_id, _ in wanted}
    for discipline in Discipline:
        for team_id, lacking in found.items():
            if (team_id, discipline) in wanted and not there[team_id, discipline]:
                lacking.append(discipline)
    return found


def _posts_at(day: date, lines: Sequence[PostsLine]) -> dict[tuple[UUID, Discipline], float]:
    """Those of nought are left out."""
    posts: dict[tuple[UUID, Discipline], PostsLine] = {}
    for line in lines:
        before = posts.get((line.team_id, line.discipline))
        if line.from_on <= day and (before is None or before.from_on < line.from_on):
            posts[line.team_id, line.discipline] = line
    return {key: line.posts for key, line in posts.items() if line.posts > 0}
