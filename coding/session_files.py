"""The sealed files of a session, wherever they lie: what a deletion has to take, and to prove."""

import hashlib
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from coding.bleep_recording import beside
from coding.context import JobContext
from models.chunks import IN_PROGRESS
from models.listening_copy import listening_place
from models.practice import Recording
from models.recording_in_progress import RecordingInProgress
from models.resumable_upload import ResumableUpload
from models.sweep import LOST


def places_of(session: Session, *, organisation_id: UUID, session_id: UUID) -> list[str]:
    """Where files of the session may lie: also those that were set aside, and one that a bleeping left half way."""
    recordings = session.exec(select(Recording).where(col(Recording.session_id) == session_id)).all()
    in_progress = select(RecordingInProgress.id).where(col(RecordingInProgress.session_id) == session_id)
    uploads = select(ResumableUpload.id).where(col(ResumableUpload.session_id) == session_id)
    begun = [*session.exec(in_progress), *session.exec(uploads)]
    folders = [f"{organisation_id}/{IN_PROGRESS}/{one}" for one in begun]
    keys = [one.storage_key for one in recordings]
    names = [*keys, *map(beside, recordings), *map(listening_place, keys)]
    return [place for name in names for place in (name, f"{LOST}/{name}")] + folders


def look_at(context: JobContext, places: list[str]) -> list[dict[str, Any]]:
    """Every file at `places` (a file or a folder), with its size in bytes and the digest of its sealed bytes.

    Raises LeaseLost, FilesUnreachable.
    """
    storage = context.workshop.storage
    found = []
    for place in places:
        for name in storage.at(place):
            digest, size = hashlib.sha256(), 0
            for piece in storage.pieces(name):
                digest.update(piece)
                size += len(piece)
                context.check()
            found.append({"name": name, "bytes": size, "sha256_of_sealed": digest.hexdigest()})
    return found
