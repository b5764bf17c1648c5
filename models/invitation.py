"""An invitation: a link that works once, and for a week."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id, utc_now


class Invitation(SQLModel, table=True):
    """Only the hash of the link's secret is kept. `ended_at` is when it was used, withdrawn, or replaced by another.
    `by_id` is who invited, None for the operator; `problem` is why the mail could not be sent."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    by_id: UUID | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.expires_at > utc_now()
