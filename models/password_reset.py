"""A link for a new password, as it is kept."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id


class PasswordReset(SQLModel, table=True):
    """One open link. Only the hash of its secret is kept; a person has one at most."""

    __tablename__ = "password_reset"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
