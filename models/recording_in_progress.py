"""A conversation being recorded in a browser: what has come of it so far, and what was said about it beforehand."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, delete
from sqlalchemy.sql.dml import Delete
from sqlmodel import Field, SQLModel, col

from models.columns import BIG_INTEGER, UtcDateTime, enum_type, utc_now
from models.in_progress import InProgress


class RecordingState(StrEnum):
    """`SENT` has become a session and `THROWN_AWAY` is to be forgotten: their sound is deleted, or is about to be."""

    OPEN = "open"
    SENT = "sent"
    THROWN_AWAY = "thrown_away"


class RecordingInProgress(InProgress, table=True):
    """`sealed` holds the fields of the form. `agreed_at` is when everybody in the room had said yes. `chunks`,
    `size_bytes` and `seconds` count what has come; `seconds` is what the browser says."""

    __tablename__ = "recording_in_progress"
    __table_args__ = (
        CheckConstraint("microphones IN (1, 2)", name="one_microphone_or_two"),
        CheckConstraint("(state = 'sent') = (session_id IS NOT NULL)", name="sent_names_its_session"),
        Index("ix_recording_in_progress_list", "person_id", "state"),
    )

    OPEN, THROWN_AWAY = RecordingState.OPEN, RecordingState.THROWN_AWAY
    CALLED, DOING, DONE, EXPIRED = "recording", "recording", "sent", "recording_expired"

    media_type: str = Field(max_length=60)
    microphones: int
    state: RecordingState = Field(default=RecordingState.OPEN, sa_type=enum_type(RecordingState))
    chunks: int = 0
    size_bytes: int = Field(default=0, sa_type=BIG_INTEGER)
    seconds: float = 0.0
    agreed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    def without_bits(self) -> Delete:
        return delete(RecordedChunk).where(col(RecordedChunk.recording_id) == self.id)


class RecordedChunk(SQLModel, table=True):
    """One piece of sound, a sealed file of its own. `part` counts how often recording was begun anew, from 0: the
    chunks of one part are one file of the browser's. `sha256` is of the clear bytes."""

    __tablename__ = "recorded_chunk"

    recording_id: UUID = Field(foreign_key="recording_in_progress.id", primary_key=True)
    number: int = Field(ge=0, primary_key=True)
    part: int = Field(ge=0)
    size_bytes: int = Field(ge=1)
    sha256: str = Field(max_length=64)
