"""Pathways: modules in an order, given to teams, and the reminders that went out about them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id, utc_now

LONGEST_PATHWAY_NAME = 120


class Pathway(SQLModel, table=True):
    """From `put_away_at` on it is given to no other team; those that have it keep it."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=LONGEST_PATHWAY_NAME)
    made_by_id: UUID = Field(foreign_key="person.id")
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    put_away_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PathwayModule(SQLModel, table=True):
    """`position` counts from 1. `due_days` are from the day a team begins; None: whenever they like."""

    __tablename__ = "pathway_module"
    __table_args__ = (
        UniqueConstraint("pathway_id", "position"),
        UniqueConstraint("pathway_id", "module"),
        CheckConstraint("due_days IS NULL OR due_days BETWEEN 1 AND 730", name="due_within_two_years"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    position: int
    module: str = Field(max_length=80)
    due_days: int | None = None


class Cohort(SQLModel, table=True):
    """A team that was given a pathway. It is about the team: who is in it today has the pathway today."""

    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name="cohort_ends_after_start"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    team_id: UUID = Field(foreign_key="team.id", index=True)
    given_by_id: UUID = Field(foreign_key="person.id")
    starts_on: date
    ended_on: date | None = None


class PathwayReminder(SQLModel, table=True):
    """When somebody was last reminded of a pathway, whichever it was: once a week at most."""

    __tablename__ = "pathway_reminder"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    cohort_id: UUID = Field(foreign_key="cohort.id")
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
