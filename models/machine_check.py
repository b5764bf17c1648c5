"""How the machine's codes fared where a coach signed a session off, and figures of how far the two agree."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, new_id, utc_now


class MachineCheck(SQLModel, table=True):
    """Of one signed-off review, which holds of its session and machine coding, without a word of what was said.

    `pairs` counts by role (practitioner, client), the machine's code and the coach's how many lines have them. `anew`
    lines cannot be compared: the coach drew them otherwise, or gave them to the other speaker.
    """

    __tablename__ = "machine_check"
    __table_args__ = (CheckConstraint("lines >= 0 AND anew >= 0", name="checked_lines_are_counts"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    review_id: UUID = Field(foreign_key="review.id", unique=True)
    model_version: str = Field(max_length=100)
    pairs: dict[str, Any] = Field(sa_type=JSON_TYPE)
    lines: int
    anew: int
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class MachineFigures(SQLModel, table=True):
    """The figures of an authority as a worker last worked them out: they hold no name and no word."""

    __tablename__ = "machine_figures"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    figures: dict[str, Any] = Field(sa_type=JSON_TYPE)
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
