"""A copy of what Evoke holds about one person, made for them and kept for some days.

Its files lie sealed under a key of the copy's own, which the organisation's key wraps like those of sessions.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, Text, Uuid
from sqlmodel import Field, Session, SQLModel

from models.cipher import open_sealed, seal
from models.columns import UtcDateTime, new_id, utc_now
from models.keys import open_session_key

KEPT = timedelta(days=7)


class CopyForm(StrEnum):
    JSON = "json"
    PDF = "pdf"


class DataCopy(SQLModel, table=True):
    """Of a person with an account, or of a participant of a session. `progress` is 0-100; `made_at` is set once its
    files can be fetched, until `expires_at`. `labels` are, sealed, the speakers who are the participant. A copy goes
    when a session goes of which it holds words."""

    __tablename__ = "data_copy"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) = (participant_id IS NOT NULL)", name="copy_is_of_somebody"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="copy_progress_percent"),
        CheckConstraint("(made_at IS NULL) = (expires_at IS NULL)", name="copy_made_expires"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", unique=True)
    participant_id: UUID | None = Field(default=None, foreign_key="participant.id", unique=True)
    labels: bytes = Field(default=b"", sa_type=LargeBinary)
    asked_by_id: UUID = Field(foreign_key="person.id")
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    progress: int = 0
    problem: str | None = Field(default=None, sa_type=Text)
    made_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)

    @property
    def stage(self) -> str:
        return "ready" if self.made_at else "stopped" if self.problem else "making"


class DataCopyFile(SQLModel, table=True):
    """`size_bytes` is of the clear file."""

    __tablename__ = "data_copy_file"

    copy_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("data_copy.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    form: str = Field(primary_key=True, max_length=8)
    size_bytes: int
    sealed: bytes = Field(sa_type=LargeBinary)


def keep_copy_file(session: Session, copy: DataCopy, form: CopyForm, clear: bytes) -> None:
    sealed = seal(open_session_key(session, copy.id).words, clear, _about(copy, form))
    session.merge(DataCopyFile(copy_id=copy.id, form=form.value, size_bytes=len(clear), sealed=sealed))


def copy_file(session: Session, copy: DataCopy, form: CopyForm) -> bytes | None:
    """None where there is none of this form. Raises WordsGone, SealBroken."""
    found = session.get(DataCopyFile, (copy.id, form.value))
    if found is None:
        return None
    return open_sealed(open_session_key(session, copy.id).words, found.sealed, _about(copy, form))


def _about(copy: DataCopy, form: CopyForm) -> bytes:
    return f"data_copy.{form.value} {copy.id}".encode()
