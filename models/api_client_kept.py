"""Programs of an authority that act for themselves, such as its learning management system, as they are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlmodel import Field, SQLModel, col

from models.columns import UtcDateTime, utc_now
from models.person import Person


class ApiClient(SQLModel, table=True):
    """`id` is that of the row of `person` through which it acts: it has the program's name, the role and no password,
    and is marked as left once the client is revoked. `scopes` are permissions with a space between. `used_at` is when
    it last got a token.
    `old_secret_hash` is of the secret before, which is good too until `old_secret_until`."""

    __tablename__ = "api_client"

    id: UUID = Field(foreign_key="person.id", primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    scopes: str = Field(max_length=300)
    secret_hash: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    old_secret_hash: str | None = Field(default=None, max_length=64)
    old_secret_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def is_a_human() -> ColumnElement[bool]:
    """As a condition on a query of `Person`."""
    return ~exists().where(col(ApiClient.id) == col(Person.id))
