"""A large recording that a program sends in pieces: what was said about it, and what of it has come so far."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, delete
from sqlalchemy.sql.dml import Delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BIG_INTEGER, UtcDateTime, enum_type, new_id, utc_now
from models.in_progress import InProgress
from models.sealed import open_from, seal_into


class UploadState(StrEnum):
    """`FINISHED` has become a session and `THROWN_AWAY` is to be forgotten: their pieces go, or have gone."""

    OPEN = "open"
    FINISHED = "finished"
    THROWN_AWAY = "thrown_away"


class ResumableUpload(InProgress, table=True):
    """`sealed` holds the session's details and the file's name. `offset_bytes` of `size_bytes` have come."""

    __tablename__ = "resumable_upload"
    __table_args__ = (
        CheckConstraint("offset_bytes BETWEEN 0 AND size_bytes", name="offset_within_size"),
        CheckConstraint("(state = 'finished') = (session_id IS NOT NULL)", name="finished_names_its_session"),
        Index("ix_resumable_upload_list", "person_id", "state"),
    )

    OPEN, THROWN_AWAY = UploadState.OPEN, UploadState.THROWN_AWAY
    CALLED, DOING, DONE, EXPIRED = "upload", "sending", "finished", "upload_expired"

    size_bytes: int = Field(ge=1, sa_type=BIG_INTEGER)
    offset_bytes: int = Field(default=0, sa_type=BIG_INTEGER)
    state: UploadState = Field(default=UploadState.OPEN, sa_type=enum_type(UploadState))
    begun_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    def ends_at(self, days: int) -> datetime:
        """When it goes, if nothing more comes."""
        return self.changed_at + timedelta(days=days)

    def without_bits(self) -> Delete:
        return delete(UploadPiece).where(col(UploadPiece.upload_id) == self.id)


class UploadPiece(SQLModel, table=True):
    """Bytes from `starts_at` on, a sealed file of their own. The id names the file, so that two who send the same
    piece at once never write to one file."""

    __tablename__ = "upload_piece"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    upload_id: UUID = Field(foreign_key="resumable_upload.id", index=True)
    starts_at: int = Field(ge=0, sa_type=BIG_INTEGER)
    size_bytes: int = Field(ge=1)


def keep_upload_words(session: Session, upload: ResumableUpload, *, details: dict[str, str], file_name: str) -> None:
    seal_into(session, upload, {"details": details, "file_name": file_name}, session_id=upload.id)


def upload_words(session: Session, upload: ResumableUpload) -> tuple[dict[str, str], str]:
    """The session's details and the file's name; empty once it is finished or thrown away. Raises WordsGone."""
    if upload.sealed is None:
        return {}, ""
    kept = open_from(session, upload, session_id=upload.id)
    return dict(kept["details"]), str(kept["file_name"])


def pieces_of(session: Session, upload: ResumableUpload) -> list[UploadPiece]:
    query = select(UploadPiece).where(col(UploadPiece.upload_id) == upload.id)
    return list(session.exec(query.order_by(col(UploadPiece.starts_at))))
