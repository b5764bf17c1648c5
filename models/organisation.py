"""Authorities and their teams. Everything kept belongs to exactly one organisation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id, utc_now


class Organisation(SQLModel, table=True):
    """`wrapped_key` is the organisation's file key, encrypted with the master key."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=200, unique=True)
    wrapped_key: bytes = Field(sa_type=LargeBinary)
    is_demo: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Team(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=200)
