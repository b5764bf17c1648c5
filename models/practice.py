"""A practice session: one conversation somebody wants feedback on, and how far it has come."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import BIG_INTEGER, JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now


class SessionKind(StrEnum):
    ROLE_PLAY = "role_play"
    SIMULATED = "simulated"
    REAL_PRACTICE = "real_practice"


class Picked(StrEnum):
    """How a session came to be the one that is looked at: somebody chose it, or it was drawn by lot or by a rule, such
    as the first visit of each month. Figures of the two are never put together."""

    CHOSEN = "chosen"
    DRAWN = "drawn"


class Stage(StrEnum):
    """`STOPPED` needs a person: `problem` says what happened and what to do."""

    QUEUED = "queued"
    TRANSCRIBING = "transcribing"
    CODING = "coding"
    READY = "ready"
    STOPPED = "stopped"

    @classmethod
    def working(cls) -> tuple["Stage", ...]:
        return (cls.QUEUED, cls.TRANSCRIBING, cls.CODING)


STOPPED_BY_PERSON = "stopped_by_person"
"""The problem code of a session that stopped because somebody said so."""

AGREEMENT_MISSING = "agreement_missing"
"""The problem code of a session that is kept sealed, and not worked on, until its consent ledger is complete."""


class PracticeSession(SQLModel, table=True):
    """`progress` is 0–100 over all stages and never falls while the stages advance. `sealed` holds its title and change
    goal (see `models.session_words`). From `withdrawn_at` on nobody sees it; a job deletes it."""

    __tablename__ = "practice_session"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_percent"),
        CheckConstraint("(stage = 'stopped') = (problem_code IS NOT NULL)", name="stopped_says_why"),
        Index("ix_practice_session_list", "organisation_id", "practitioner_id", "created_at"),
        Index("ix_practice_session_stage", "stage", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    team_id: UUID | None = Field(default=None, foreign_key="team.id", index=True)
    practitioner_id: UUID = Field(foreign_key="person.id", index=True)
    added_by_id: UUID = Field(foreign_key="person.id")
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    kind: SessionKind = Field(sa_type=enum_type(SessionKind))
    picked: Picked = Field(
        default=Picked.CHOSEN, sa_type=enum_type(Picked), sa_column_kwargs={"server_default": Picked.CHOSEN.value}
    )
    held_on: date
    agreement_confirmed: bool = Field(description="the person who added it confirmed that everyone taking part agreed")
    stage: Stage = Field(default=Stage.QUEUED, sa_type=enum_type(Stage))
    progress: int = 0
    problem_code: str | None = Field(default=None, max_length=64)
    problem: str | None = Field(default=None, sa_type=Text)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Recording(SQLModel, table=True):
    """The encrypted file of a session. `storage_key` names it in storage; `sha256` is of its clear bytes.

    `speakers` is how many people speak, None where nobody said so: then two. `sealed` holds the file's name and names
    to listen for (see `models.session_words`). `heard_turns` is who was heard when (see `coding.speech.clips`) and by
    which method, sealed too, and kept until the transcript is written, so that a killed job goes on with the same.
    """

    __table_args__ = (CheckConstraint("speakers IS NULL OR speakers BETWEEN 1 AND 6", name="speakers_one_to_six"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    storage_key: str = Field(max_length=200, unique=True)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    size_bytes: int = Field(ge=0, sa_type=BIG_INTEGER)
    seconds: float | None = None
    sha256: str = Field(max_length=64)
    notes: list[Any] = Field(default_factory=list, sa_type=JSON_TYPE)
    speakers: int | None = None
    heard_turns: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
