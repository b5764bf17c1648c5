"""What somebody asks about a session of theirs: that its scores are looked at again, or that something is put right."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Uuid
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, enum_type, new_id, utc_now


class RequestKind(StrEnum):
    """`CONTEST`: the practitioner does not accept the scores. `CORRECTION`: something about the session is wrong."""

    CONTEST = "contest"
    CORRECTION = "correction"


class SessionRequest(SQLModel, table=True):
    """`words` and `answer` are sealed: people quote the conversation in them. It goes when its session goes."""

    __tablename__ = "session_request"
    __table_args__ = (
        CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answered_says_by_whom_and_what",
        ),
        Index("ix_session_request_open", "answered_at", "kind"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("practice_session.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    kind: RequestKind = Field(sa_type=enum_type(RequestKind))
    asked_by_id: UUID = Field(foreign_key="person.id", index=True)
    words: bytes = Field(sa_type=LargeBinary)
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    answered_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
