"""What the routes of people and teams answer, for the document."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class PlaceRead(BaseModel):
    """Where somebody is or will be; without a team it is a role of the whole authority. `ended_on` is the last day."""

    role: Literal["trainee", "coach", "lead", "administrator", "evaluator", "data_protection"]
    team_id: UUID | None
    team: str | None
    started_on: date | None
    ended_on: date | None


class PersonRead(BaseModel):
    """`active` is whether they are still here. `email` and places in other teams are left out for who only coaches
    them."""

    id: UUID
    name: str
    email: str | None
    discipline: str | None
    state: Literal["invited", "active", "left"]
    active: bool
    places: list[PlaceRead]
    url: str


class People(BaseModel):
    people: list[PersonRead]
    next: str | None


class CoachRead(BaseModel):
    id: UUID
    name: str


class TeamOfPeople(BaseModel):
    """`members` is how many are in it today; `active` is false once it is closed."""

    id: UUID
    name: str
    site: str | None
    active: bool
    members: int
    coaches: list[CoachRead]
    url: str


class Teams(BaseModel):
    teams: list[TeamOfPeople]
    next: str | None
