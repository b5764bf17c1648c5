"""Which coach has taken which session to review."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id, utc_now


class TakenSession(SQLModel, table=True):
    """As long as the row is there, the session is `coach_id`'s to review. `by_id` is who said so: themselves, or
    somebody who shares out."""

    __tablename__ = "taken_session"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", unique=True)
    coach_id: UUID = Field(foreign_key="person.id", index=True)
    by_id: UUID = Field(foreign_key="person.id")
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
