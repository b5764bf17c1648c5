"""What a team's signed-off sessions have in common: one thing that goes well, and up to two to work on. Pure.

A theme is the team's, never one person's: at least three people stand behind it, or it is not named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from training.intervals import student_t
from training.plan.measures import MEASURES
from training.plan.standing import pooled
from training.plan.values import Share
from training.skills import Skill

FEWEST_PEOPLE = 3
MOST = 3
TO_WORK_ON = 2
_LEFT_OUT = (Skill.DISCORD,)
"""It has the same figure as clear concerns."""


@dataclass(frozen=True)
class OfSession:
    """What one signed-off session shows; `person` is who practised in it."""

    person: str
    shares: Mapping[Skill, Share]


@dataclass(frozen=True)
class Theme:
    """`used` of `chances`, in the sessions of `people`. `behind` of them are below good, or with `well` at fair or
    better. `value` lies from `low` to `high` (90 %), all shares from 0 to 1."""

    skill: Skill
    well: bool
    used: int
    chances: int
    people: int
    behind: int
    value: float
    low: float
    high: float


def themes_of(sessions: Sequence[OfSession]) -> tuple[Theme, ...]:
    """What goes well first. Empty where too few people or chances are there to say anything. All sessions are of one
    kind and were signed off by a coach."""
    found = [_theme(skill, sessions) for skill in MEASURES if skill not in _LEFT_OUT]
    themes = [one for one in found if one is not None]
    well = sorted((one for one in themes if one.well), key=lambda one: -one.value / MEASURES[one.skill].good)
    to_do = sorted((one for one in themes if not one.well), key=lambda one: one.value / MEASURES[one.skill].good)
    if not to_do:
        return tuple(well[:MOST])
    return (*well[: MOST - min(TO_WORK_ON, len(to_do))], *to_do[:TO_WORK_ON])[:MOST]


def _theme(skill: Skill, sessions: Sequence[OfSession]) -> Theme | None:
    by_person: dict[str, list[Share]] = {}
    for one in sessions:
        if skill in one.shares:
            by_person.setdefault(one.person, []).append(one.shares[skill])
    each = [Share(sum(share.k for share in own), sum(share.n for share in own)) for own in by_person.values()]
    measure = MEASURES[skill]
    if len(each) < FEWEST_PEOPLE or sum(one.n for one in each) < measure.least:
        return None
    value, low, high = team_share(each)
    well = value >= measure.good
    behind = sum(one.k / one.n >= measure.fair if well else one.k / one.n < measure.good for one in each)
    if behind < FEWEST_PEOPLE:
        return None
    used, chances = round(sum(one.k for one in each)), round(sum(one.n for one in each))
    return Theme(skill, well, used, chances, len(each), behind, value, low, high)


def team_share(each: Sequence[Share]) -> tuple[float, float, float]:
    """The share of all chances and its 90 % interval, for people who differ: the wider of Wilson's, which knows only
    how few chances there were, and that of a ratio over people (linearised, with Student's t)."""
    value, low, high = pooled([(1.0, one) for one in each])
    people, chances = len(each), sum(one.n for one in each)
    spread = sum((one.k - value * one.n) ** 2 for one in each) * people / (people - 1)
    half = student_t(people - 1) * sqrt(spread) / chances
    return value, max(0.0, min(low, value - half)), min(1.0, max(high, value + half))
