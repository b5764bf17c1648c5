"""Authorities and their teams. Everything kept belongs to exactly one organisation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, enum_type, new_id, utc_now


class OrganisationKind(StrEnum):
    """An evaluation centre, such as a university's, has no teams: its evaluators see pseudonymous figures of the
    authorities that opted in. Only an operator makes one, so that no authority can look at another's."""

    AUTHORITY = "authority"
    EVALUATION = "evaluation"


class Organisation(SQLModel, table=True):
    """`evaluation_opt_in` lets evaluators see its pseudonymous figures. A coach is to have reviewed a session
    `review_days` days after it was added."""

    __table_args__ = (CheckConstraint("kind = 'authority' OR NOT evaluation_opt_in", name="only_authorities_opt_in"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=200, unique=True)
    kind: OrganisationKind = Field(
        default=OrganisationKind.AUTHORITY, sa_type=enum_type(OrganisationKind),
        sa_column_kwargs={"server_default": OrganisationKind.AUTHORITY.value},
    )  # fmt: skip
    evaluation_opt_in: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    second_step_required: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    review_days: int = Field(default=14, sa_column_kwargs={"server_default": "14"})
    is_demo: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Team(SQLModel, table=True):
    """A closed team takes nobody in; its name, its past and its sessions stay. `site` is where it works, empty where
    nobody said."""

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=200)
    site: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": ""})
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
