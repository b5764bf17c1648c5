"""The second step of signing in, as it is kept (see `models.second_step`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id


class SecondStep(SQLModel, table=True):
    """`sealed` is the app's secret, `pending` one that is not confirmed by a code yet. `last_used` is the time step of
    the last code that was taken: none is taken twice."""

    __tablename__ = "second_step"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", unique=True)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    pending: bytes | None = Field(default=None, sa_type=LargeBinary)
    last_used: int = 0
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(SQLModel, table=True):
    """Good once, in place of a code from the app. Only its hash is kept."""

    __tablename__ = "recovery_code"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    code_hash: str = Field(max_length=64)


class HalfSignIn(SQLModel, table=True):
    """The password was right, the code is still to come. Bound to one browser by a cookie of its own, of which only the
    hash is kept; it opens nothing but the question for the code."""

    __tablename__ = "half_sign_in"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
