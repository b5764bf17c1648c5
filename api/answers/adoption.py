"""What the route of adoption answers, for the document."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.answers.figures import SliceRead


class AuthorityNamed(BaseModel):
    id: UUID
    name: str


class LegRead(BaseModel):
    """In words. `now` null where there is nothing yet: `missing` then says why. `baseline` null where nothing is
    earlier than `now`."""

    leg: Literal["practice", "teams", "workbook"]
    title: str
    now: str | None
    baseline: str | None
    since: str | None
    note: str | None
    missing: str | None


class AdoptionPointRead(BaseModel):
    """From the month `first` to the month `last`, such as 2026-03. `value` null where it is not told: `shown` then says
    why. `behind` are numbers that it rests on, by name, and `more` the same in words."""

    first: str
    last: str
    value: float | None
    low: float | None
    high: float | None
    shown: str
    more: str
    behind: dict[str, float]


class AdoptionSeriesRead(BaseModel):
    """`slice` is null but for practice."""

    table: Literal["practice", "teams", "workbook", "outcome"]
    slice: SliceRead | None
    measure: str
    title: str
    unit: Literal["share", "number", "count"]
    points: list[AdoptionPointRead]


class DisciplineRead(BaseModel):
    """`people` null where they are not told: `people_shown` then says why."""

    discipline: str
    posts: float
    people: int | None
    people_shown: str
    filled_shown: str
    teams_without: int
    teams: int


class TeamLacks(BaseModel):
    team: str
    lacks: str


class AdoptionRead(BaseModel):
    authority: AuthorityNamed
    wave: str | None
    live_on: date | None
    is_live: bool
    outside: bool
    legs: list[LegRead]
    series: list[AdoptionSeriesRead]
    composed_at: str | None
    disciplines: list[DisciplineRead]
    teams: list[TeamLacks] | None
    no_cause: str
