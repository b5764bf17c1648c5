"""A large recording that a program sends in pieces: what was said about it, and what of it has come so far."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.audit import record_audit
from models.columns import BIG_INTEGER, UtcDateTime, enum_type, new_id, utc_now
from models.errors import NotAllowed, NotFound
from models.keys import shred_session_key
from models.permissions import Actor, Permission, may
from models.sealed import open_from, seal_into


class UploadState(StrEnum):
    """`FINISHED` has become a session and `THROWN_AWAY` is to be forgotten: their pieces go, or have gone."""

    OPEN = "open"
    FINISHED = "finished"
    THROWN_AWAY = "thrown_away"


class ResumableUpload(SQLModel, table=True):
    """Its id is that of the session it becomes, and so is its key. `sealed` holds the session's details and the file's
    name until then. `offset_bytes` of `size_bytes` have come."""

    __tablename__ = "resumable_upload"
    __table_args__ = (
        CheckConstraint("offset_bytes BETWEEN 0 AND size_bytes", name="offset_within_size"),
        CheckConstraint("(state = 'finished') = (session_id IS NOT NULL)", name="finished_names_its_session"),
        Index("ix_resumable_upload_list", "person_id", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    person_id: UUID = Field(foreign_key="person.id", description="who sends it; may be an API client")
    practitioner_id: UUID = Field(foreign_key="person.id")
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    size_bytes: int = Field(ge=1, sa_type=BIG_INTEGER)
    offset_bytes: int = Field(default=0, sa_type=BIG_INTEGER)
    state: UploadState = Field(default=UploadState.OPEN, sa_type=enum_type(UploadState))
    session_id: UUID | None = Field(default=None, description="no foreign key: the session may go first")
    begun_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)

    def ends_at(self, days: int) -> datetime:
        """When it goes, if nothing more comes."""
        return self.changed_at + timedelta(days=days)


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


def require_uploader(actor: Actor, upload: ResumableUpload | None) -> ResumableUpload:
    """The upload, for who sends it. Who could see the session it becomes hears that it is not theirs to touch, and a
    stranger that it does not exist. Raises NotFound, NotAllowed."""
    if upload is not None and upload.person_id == actor.person_id:
        return upload
    if upload is None or not may(
        actor, Permission.SEE_SESSION, organisation_id=upload.organisation_id, owner_id=upload.practitioner_id,
        team_id=upload.team_id,
    ):  # fmt: skip
        raise NotFound("There is no such upload, or it is not yours.")
    raise NotAllowed("Somebody else is sending this. You can see it once it has become a session.")


def close_upload(session: Session, upload: ResumableUpload) -> None:
    """After its state was changed: its pieces are not listed any more. Their files are deleted once this is written."""
    upload.changed_at, upload.sealed = utc_now(), None
    session.add(upload)
    session.exec(delete(UploadPiece).where(col(UploadPiece.upload_id) == upload.id))
    session.flush()


def forget_upload(session: Session, upload: ResumableUpload, *, action: str, by: UUID | None) -> None:
    """Throws an open one away, and says so in the audit trail as `action`. With its key gone its pieces cannot be
    opened, whenever the files go."""
    upload.state = UploadState.THROWN_AWAY
    close_upload(session, upload)
    shred_session_key(session, upload.id)
    record_audit(session, action=action, subject=upload, organisation_id=upload.organisation_id, by=by)


def pieces_of(session: Session, upload: ResumableUpload) -> list[UploadPiece]:
    query = select(UploadPiece).where(col(UploadPiece.upload_id) == upload.id)
    return list(session.exec(query.order_by(col(UploadPiece.starts_at))))
