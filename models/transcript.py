"""Versions of a transcript and the utterances it was parsed into. What was said lies sealed in the version's row: only
`coding.transcript.versions` writes and reads it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BIG_INTEGER, UtcDateTime, enum_type, new_id, utc_now


class TranscriptSource(StrEnum):
    FILE = "file"
    SPEECH = "speech"


class TranscriptVersion(SQLModel, table=True):
    """`method` names what made it (an importer, a speech model). `sealed` holds the turns and the remarks on them,
    `utterances` the text of the utterances in their order, empty as long as none are drawn. `doubtful_share` (0–1) is
    how much of the speech a machine heard and does not trust; None for transcripts that no machine wrote.
    `names_replaced` says by what method; None as long as they stand there."""

    __tablename__ = "transcript_version"
    __table_args__ = (
        UniqueConstraint("session_id", "version"),
        CheckConstraint("doubtful_share IS NULL OR doubtful_share BETWEEN 0 AND 1", name="doubtful_share_is_a_share"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    version: int
    source: TranscriptSource = Field(sa_type=enum_type(TranscriptSource))
    method: str = Field(max_length=200)
    recording_id: UUID | None = Field(default=None, foreign_key="recording.id")
    utterances_given: bool
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    utterances: bytes | None = Field(default=None, sa_type=LargeBinary)
    doubtful_share: float | None = None
    names_replaced: str | None = Field(default=None, max_length=100)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class UtteranceRow(SQLModel, table=True):
    """One complete thought. `sequence` counts through the transcript, `position` inside the turn; both 0-based."""

    __tablename__ = "utterance"
    __table_args__ = (UniqueConstraint("transcript_id", "sequence"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_INTEGER)
    transcript_id: UUID = Field(foreign_key="transcript_version.id")
    turn_position: int
    position: int
    sequence: int


class HeardClipRow(SQLModel, table=True):
    """One clip of a transcription under way, kept as it comes so that a killed worker goes on where it stopped.

    `sealed` is the speech stage's own JSON. Deleted when the transcript version is written."""

    __tablename__ = "heard_clip"

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_INTEGER)
    recording_id: UUID = Field(foreign_key="recording.id", index=True)
    method: str = Field(max_length=200)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)


class SpeakerDecision(SQLModel, table=True):
    """A person's word on which speakers are the practitioner: `sealed` holds their labels. The latest one of a
    transcript holds."""

    __tablename__ = "speaker_decision"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    transcript_id: UUID = Field(foreign_key="transcript_version.id", index=True)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    decided_by_id: UUID = Field(foreign_key="person.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
