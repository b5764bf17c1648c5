"""The table of copies of recordings that people listen to; see `models.listening_copy`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import BIG_INTEGER, UtcDateTime, new_id, utc_now

PEAKS_A_SECOND = 25


class ListeningCopy(SQLModel, table=True):
    """A recording's sound as a browser plays it. `made_from` is the SHA-256 of the recording it was made from: of one
    that was changed since, it is not given out. `size_bytes` are of the clear sound. `peaks`, sealed, has a byte for
    each PEAKS_A_SECOND part of a second, in base 64."""

    __tablename__ = "listening_copy"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    recording_id: UUID = Field(foreign_key="recording.id", unique=True)
    made_from: str = Field(max_length=64)
    size_bytes: int = Field(ge=0, sa_type=BIG_INTEGER)
    seconds: float
    peaks: bytes = Field(default=b"", sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
