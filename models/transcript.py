"""Versions of a transcript, its turns, and the utterances the turns were parsed into."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BIG_ID, JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now


class TranscriptSource(StrEnum):
    FILE = "file"
    SPEECH = "speech"


class TranscriptVersion(SQLModel, table=True):
    """`method` names what made it (an importer, a speech model). `practitioner_labels` are the speaker labels known
    to be the practitioner's; empty when the transcript does not say and they must be guessed from the words.
    `doubtful_share` (0–1) is how much of the speech a machine heard and does not trust; None for transcripts that no
    machine wrote."""

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
    practitioner_labels: list[Any] = Field(default_factory=list, sa_type=JSON_TYPE)
    notes: list[Any] = Field(default_factory=list, sa_type=JSON_TYPE)
    doubtful_share: float | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Turn(SQLModel, table=True):
    """`position` is 0-based in the conversation; times are seconds from the start of the recording.
    `doubts` are doubtful stretches of the text, each `{"start", "end", "reasons"}` with characters and the values of
    `coding.speech.heard.Flag`."""

    __table_args__ = (
        UniqueConstraint("transcript_id", "position"),
        CheckConstraint("ended IS NULL OR started IS NULL OR ended >= started", name="turn_ends_after_start"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID)
    transcript_id: UUID = Field(foreign_key="transcript_version.id")
    position: int
    speaker_label: str = Field(max_length=200)
    text: str = Field(sa_type=Text)
    started: float | None = None
    ended: float | None = None
    doubts: list[Any] | None = Field(default=None, sa_type=JSON_TYPE)


class Utterance(SQLModel, table=True):
    """One complete thought. `sequence` counts through the transcript, `position` inside the turn; both 0-based."""

    __table_args__ = (UniqueConstraint("transcript_id", "sequence"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID)
    transcript_id: UUID = Field(foreign_key="transcript_version.id")
    turn_position: int
    position: int
    sequence: int
    text: str = Field(sa_type=Text)


class HeardClipRow(SQLModel, table=True):
    """One clip of a transcription under way, kept as it comes so that a killed worker goes on where it stopped.

    `data` is the speech stage's own JSON. Deleted when the transcript version is written."""

    __tablename__ = "heard_clip"

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID)
    recording_id: UUID = Field(foreign_key="recording.id", index=True)
    method: str = Field(max_length=200)
    data: dict[str, Any] = Field(sa_type=JSON_TYPE)


class SpeakerDecision(SQLModel, table=True):
    """A person's word on which speakers are the practitioner. The latest one of a transcript holds."""

    __tablename__ = "speaker_decision"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    transcript_id: UUID = Field(foreign_key="transcript_version.id", index=True)
    practitioner_labels: list[Any] = Field(sa_type=JSON_TYPE)
    decided_by_id: UUID = Field(foreign_key="person.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
