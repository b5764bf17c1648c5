"""What programs do with a large recording that comes in pieces: begin it, add to it, throw it away, make a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from uuid import UUID

from sqlmodel import Session, col, func, select

from coding.actions import StoredRecording, add_recording_session, check_kind, team_for
from coding.details import read_details
from coding.transcript.endings import EXTENSIONS, OTHER_DOCUMENTS
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.in_progress import close, forget, open_of, own
from models.keys import make_session_key
from models.permissions import Actor
from models.practice import PracticeSession
from models.resumable_upload import ResumableUpload, UploadPiece, UploadState, keep_upload_words

MOST_OPEN, MOST_OPEN_OF_A_PROGRAM = 10, 100
"""Uploads of one person, or of one API client, that are neither finished nor thrown away."""

COMING_FOR = timedelta(hours=1)
"""How long after its last byte the rest of an upload has room kept for it on the disk."""


class TooManyUploads(EvokeError):
    status = 409
    code = "too_many_uploads"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} uploads that are not finished. Finish or throw away one of them first.")


class RecordingsOnly(EvokeError):
    code = "recordings_only"

    def __init__(self) -> None:
        super().__init__("Only recordings come in pieces. Send a transcript whole, to /api/v1/sessions.")


class OffsetDiffers(EvokeError):
    """`offset` in the answer is how much has come: the byte that is waited for."""

    status = 409
    code = "offset_differs"

    def __init__(self, offset: int) -> None:
        super().__init__(f"{offset:,} bytes have come. Go on from there; another request may be sending too.")
        self.members = {"offset": offset}


class UploadClosed(EvokeError):
    status = 409
    code = "upload_closed"

    def __init__(self) -> None:
        super().__init__("This upload has become a session already. Begin a new one to send another recording.")


class UploadUnfinished(EvokeError):
    """`offset` in the answer is how much has come."""

    status = 409
    code = "upload_unfinished"

    def __init__(self, offset: int, size: int) -> None:
        super().__init__(f"{offset:,} of {size:,} bytes have come. Send the rest, then finish.")
        self.members = {"offset": offset}


@dataclass(frozen=True)
class StoredPiece:
    """Lies sealed in the upload's folder under its id already."""

    id: UUID
    size_bytes: int


def begin_upload(
    session: Session, *, details: dict[str, str], file_name: str, size_bytes: int, by: Actor
) -> ResumableUpload:
    """`size_bytes` are at least 1, and no more than is taken. Raises SessionDetailsWrong, RecordingsOnly,
    TooManyUploads, OrganisationGone."""
    read = read_details(details, by=by)
    practitioner, team_id = team_for(session, read.practitioner_id, by=by)
    if not read.hold:
        check_kind(session, read.kind, practitioner.organisation_id)
    if PurePath(file_name).suffix.lower() in (*EXTENSIONS, *OTHER_DOCUMENTS):
        raise RecordingsOnly
    most = MOST_OPEN_OF_A_PROGRAM if by.is_program else MOST_OPEN
    open_now = select(func.count()).select_from(ResumableUpload).where(*open_of(ResumableUpload, by))
    if session.exec(open_now).one() >= most:
        raise TooManyUploads(most)
    upload = ResumableUpload(
        organisation_id=practitioner.organisation_id, team_id=team_id, person_id=by.person_id,
        practitioner_id=practitioner.id, size_bytes=size_bytes,
    )  # fmt: skip
    make_session_key(session, organisation_id=upload.organisation_id, session_id=upload.id)
    keep_upload_words(session, upload, details=details, file_name=file_name)
    session.add(upload)
    session.flush()
    _audit(session, "upload_begun", upload, by=by, kind=read.kind.value)
    return upload


def open_uploads(session: Session, actor: Actor) -> list[ResumableUpload]:
    """The actor's own that are neither finished nor thrown away, the newest first."""
    query = select(ResumableUpload).where(*open_of(ResumableUpload, actor))
    return list(session.exec(query.order_by(col(ResumableUpload.begun_at).desc())))


def bytes_to_come(session: Session) -> int:
    """Of all open uploads together that something came to lately: one that is left takes no room from others."""
    to_come = func.coalesce(func.sum(ResumableUpload.size_bytes - ResumableUpload.offset_bytes), 0)
    lately = col(ResumableUpload.changed_at) > utc_now() - COMING_FOR
    return int(session.exec(select(to_come).where(col(ResumableUpload.state) == UploadState.OPEN, lately)).one())


def own_upload(session: Session, upload_id: UUID, *, by: Actor, locked: bool = False) -> ResumableUpload:
    """See `models.in_progress.own`. Raises NotFound, NotAllowed."""
    return own(session, ResumableUpload, upload_id, by=by, locked=locked)


def check_offset(upload: ResumableUpload, offset: int) -> None:
    """Raises UploadClosed, OffsetDiffers."""
    if upload.state is not UploadState.OPEN:
        raise UploadClosed
    if upload.offset_bytes != offset:
        raise OffsetDiffers(upload.offset_bytes)


def add_pieces(session: Session, *, upload: ResumableUpload, offset: int, pieces: Sequence[StoredPiece]) -> int:
    """`upload` is locked. The new offset. Of two who send from the same offset one is first, and the other hears of it.

    Raises UploadClosed, OffsetDiffers.
    """
    check_offset(upload, offset)
    for piece in pieces:
        row = UploadPiece(id=piece.id, upload_id=upload.id, starts_at=offset, size_bytes=piece.size_bytes)
        session.add(row)
        offset += piece.size_bytes
    upload.offset_bytes, upload.changed_at = offset, utc_now()
    session.add(upload)
    session.flush()
    return offset


def throw_upload_away(session: Session, *, upload: ResumableUpload, by: Actor) -> None:
    """Its files are deleted afterwards: by the caller, else by the next sweep. Raises UploadClosed."""
    if upload.state is not UploadState.OPEN:
        raise UploadClosed
    forget(session, upload, action="upload_thrown_away", by=by.person_id)


def session_of_upload(
    session: Session, *, upload: ResumableUpload, details: dict[str, str], stored: StoredRecording, by: Actor
) -> PracticeSession:
    """The session of a locked upload whose pieces lie put together in storage. Raises SessionDetailsWrong."""
    if upload.state is not UploadState.OPEN:
        raise UploadClosed
    practice = add_recording_session(session, details=read_details(details, by=by), stored=stored, by=by)
    upload.state, upload.session_id = UploadState.FINISHED, practice.id
    close(session, upload)
    _audit(session, "upload_finished", upload, by=by, session_id=str(practice.id))
    return practice


def _audit(session: Session, action: str, upload: ResumableUpload, *, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=upload, organisation_id=upload.organisation_id, by=by.person_id, **details
    )
