"""Certificates of completed modules, the keys that sign them as badges, and a person's own record of learning."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now
from models.learning import LONGEST_EDITION, LONGEST_SLUG


class Certificate(SQLModel, table=True):
    """That a person completed a module, in the edition they had. It says nothing of how well. `title` is the module's
    as it was then. One that its holder took back is `revoked_at`."""

    __table_args__ = (UniqueConstraint("person_id", "module"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    module: str = Field(max_length=LONGEST_SLUG)
    edition: str = Field(max_length=LONGEST_EDITION)
    title: str = Field(max_length=200)
    minutes: int
    completed_on: date
    issued_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BadgeKey(SQLModel, table=True):
    """An organisation's key for signing badges. `public` is its JWK; `sealed` the private one, as `sealed_secret`
    keeps it. The newest that is not retired signs; what others signed stays checkable."""

    __tablename__ = "badge_key"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    public: dict[str, Any] = Field(sa_type=JSON_TYPE)
    sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LearningKind(StrEnum):
    """What an entry of the record of learning is about."""

    MODULE = "module"
    FEEDBACK = "feedback"
    OTHER = "other"


class LearningEntry(SQLModel, table=True):
    """What a person wrote about something they learned. `sealed` holds what it was, what they took from it, what
    changed in their work, and with whom they talked it over. `about` names the module or the session, empty for other
    learning."""

    __tablename__ = "learning_entry"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 6000", name="learning_minutes"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: LearningKind = Field(sa_type=enum_type(LearningKind))
    about: str = Field(default="", max_length=80)
    on: date
    minutes: int
    with_peer: bool = False
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class LearningPaper(SQLModel, table=True):
    """The record of learning as a PDF, made by a job and kept sealed until the next one or a week has gone."""

    __tablename__ = "learning_paper"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    since: date
    until: date
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    made_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str | None = Field(default=None, sa_type=Text)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
