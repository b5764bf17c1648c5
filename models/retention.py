"""How long an organisation keeps what, what went by that, and sessions that a legal hold keeps."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.coding import CodedBy
from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now
from models.person import Discipline
from models.practice import SessionKind


class Part(StrEnum):
    """What goes, in this order. With `SCORES` the session itself goes, and its figures stay as `KeptFigures`."""

    RECORDING = "recording"
    WORDS = "words"
    SCORES = "scores"


class RetentionPeriods(SQLModel, table=True):
    """The periods of one kind of session. Rows are only ever added: the newest holds, without one the usual ones."""

    __tablename__ = "retention_periods"
    __table_args__ = (
        CheckConstraint("recording_days >= 1 AND transcript_months >= 1", name="at_least_one"),
        CheckConstraint("recording_days <= transcript_months * 31", name="words_outlast_recordings"),
        CheckConstraint("transcript_months <= score_months", name="scores_outlast_words"),
        Index("ix_retention_periods_newest", "organisation_id", "kind", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    kind: SessionKind = Field(sa_type=enum_type(SessionKind))
    recording_days: int
    transcript_months: int
    score_months: int
    set_by_id: UUID = Field(foreign_key="person.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SessionHold(SQLModel, table=True):
    """A legal hold: until `lifted_at` nothing of the session is deleted. `sealed` holds the reason, which could name
    somebody. At most one of a session is not lifted; it goes when its session goes."""

    __tablename__ = "session_hold"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_says_by_whom"),
        Index("ix_session_hold_open", "lifted_at", "session_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    placed_by_id: UUID = Field(foreign_key="person.id")
    placed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    lifted_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RetentionStep(SQLModel, table=True):
    """That a session's recording or words went because their time was over; from this row on nobody gets at them.

    `since` is what the period counted from and `period` its length in words. `files` are those that are to be deleted,
    found before the first one was; `done_at` is when the last trace went. The row outlives its session.
    """

    __tablename__ = "retention_step"
    __table_args__ = (
        UniqueConstraint("session_id", "part"),
        Index("ix_retention_step_list", "organisation_id", "at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    session_id: UUID
    kind: SessionKind = Field(sa_type=enum_type(SessionKind))
    part: Part = Field(sa_type=enum_type(Part))
    since: datetime = Field(sa_type=UtcDateTime)
    since_coded: bool
    period: str = Field(max_length=20)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    files: list[Any] | None = Field(default=None, sa_type=JSON_TYPE)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KeptFigures(SQLModel, table=True):
    """What stays of one coding once its session is gone: no id, title, person or day leads back to that.

    `scores` are [value, low, high] by name, `globals` the suggested [low, high] by rating, `counts` how often by code.
    `month` is its first day. The id is drawn at random: one that began with the time would lead to the audit row.
    """

    __tablename__ = "kept_figures"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    team_id: UUID | None = Field(default=None, foreign_key="team.id", index=True)
    discipline: Discipline | None = Field(default=None, sa_type=enum_type(Discipline))
    kind: SessionKind = Field(sa_type=enum_type(SessionKind))
    month: date
    coded_by: CodedBy = Field(sa_type=enum_type(CodedBy))
    model_version: str | None = Field(default=None, max_length=100)
    scores: dict[str, Any] = Field(sa_type=JSON_TYPE)
    globals: dict[str, Any] = Field(sa_type=JSON_TYPE)
    counts: dict[str, Any] = Field(sa_type=JSON_TYPE)
