"""What the routes of people, figures, search, plans, modules and tokens answer, for the document."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from training.session_view import TeamFigures


class Practitioner(BaseModel):
    id: UUID
    name: str


class Figures(BaseModel):
    teams: list[TeamFigures]


class SliceRead(BaseModel):
    name: str
    shown: str
    kind: Literal["role_play", "simulated", "real_practice"]
    picked: Literal["chosen", "drawn"]
    coded_by: Literal["person", "machine"]


class SliceCounted(SliceRead):
    sessions: int | None


class TeamRead(BaseModel):
    id: UUID
    name: str
    site: str | None


class AuthorityOverview(BaseModel):
    made_at: str | None
    months: list[str]
    slices: list[SliceCounted]
    teams: list[TeamRead]
    reach: list[dict[str, Any]]
    consent: dict[str, Any] | None


class MeasureRead(BaseModel):
    name: str
    what: str
    formula: str
    fair: float | None
    good: float | None


class ValueRead(BaseModel):
    value: float | None
    low: float | None
    high: float | None
    sessions: int | None
    people: int | None
    why: str | None


class CellRead(BaseModel):
    key: str
    kind: str
    name: str
    sessions: int | None
    people: int | None
    why: str | None
    values: dict[str, ValueRead]


class AuthoritySlice(BaseModel):
    slice: SliceRead
    made_at: str
    months: list[str]
    measures: dict[str, MeasureRead]
    cells: list[CellRead]
    charts: dict[str, Any]
    funnels: dict[str, Any]
    differences: dict[str, Any]


class TokenIssued(BaseModel):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class TokenRefused(BaseModel):
    """RFC 6749, section 5.2."""

    model_config = {"extra": "allow"}

    error: str
    error_description: str


class PlanExerciseRead(BaseModel):
    """`path` is the exercise's page."""

    path: str
    kind: str
    setting: str
    skill: str
    level: str
    done: bool


class PlanSkill(BaseModel):
    value: str
    name: str
    state: str
    state_shown: str
    sure: str
    from_what: str


class PlanModule(BaseModel):
    name: str
    title: str
    minutes: int


class PlanRead(BaseModel):
    """`skill` is what is practised now, null where nothing waits; `reason` says why, in a sentence. `chosen_by` is
    `evoke`, `trainee` or `coach`."""

    skill: str | None
    title: str
    reason: str
    chosen_by: str
    since: date | None
    paused: bool
    module: PlanModule | None
    today: list[PlanExerciseRead]
    skills: list[PlanSkill]
    made_from: str
    dose: str


class ModuleRead(BaseModel):
    """`state` is in a few words; `completed_at` null before that."""

    name: str
    title: str
    task: str
    skills: list[str]
    minutes: int
    state: str
    started: bool
    completed_at: datetime | None
    url: str


class ModulesRead(BaseModel):
    completed: int
    total: int
    modules: list[ModuleRead]


class ModuleProgressRead(BaseModel):
    """Of the token's person. `exercises_needed` of the `exercises` complete it, with all parts read and the check
    passed."""

    name: str
    title: str
    started: bool
    parts: int
    parts_read: int
    read_at: datetime | None
    exercises: int
    exercises_tried: int
    exercises_needed: int
    check_passed: bool
    completed_at: datetime | None
    state: str


class PieceRead(BaseModel):
    text: str
    found: bool
