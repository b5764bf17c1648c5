"""Which stored files the rows of a database name."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.chunks import chunk_place, folder_of_chunks
from models.in_progress import InProgress
from models.listening_copy import listening_place
from models.practice import PracticeSession, Recording
from models.recording_in_progress import RecordedChunk, RecordingInProgress
from models.resumable_upload import ResumableUpload, UploadPiece
from models.retention import Part, RetentionStep
from models.spoken_answer import SpokenAnswer
from models.upload_pieces import piece_place

IN_PIECES: tuple[type[InProgress], ...] = (RecordingInProgress, ResumableUpload)


@dataclass(frozen=True)
class NamedFiles:
    """Keys in the storage. `needed` must be there: recordings that nobody deletes, and what has come of
    open ones. `perhaps` may be: recordings that are being deleted, and copies to listen to. So may whatever lies in
    `folders`, where a recording comes in pieces, and `spoken`, the sound of spoken answers, which is kept for
    minutes."""

    needed: frozenset[str]
    perhaps: frozenset[str]
    folders: frozenset[str]
    spoken: frozenset[str]

    def lasts(self, key: str) -> bool:
        """Named by a row, and no spoken answer."""
        return key in self.needed or key in self.perhaps or key.rpartition("/")[0] in self.folders

    def takes(self, key: str) -> bool:
        """Named by any row."""
        return key in self.spoken or self.lasts(key)


def files_named(session: Session) -> NamedFiles:
    keys = dict(session.exec(select(Recording.storage_key, Recording.session_id)).all())
    going = set(session.exec(select(PracticeSession.id).where(col(PracticeSession.withdrawn_at).is_not(None))))
    going |= set(session.exec(select(RetentionStep.session_id).where(col(RetentionStep.part) == Part.RECORDING)))
    return NamedFiles(
        needed=frozenset(key for key, session_id in keys.items() if session_id not in going) | _bits(session),
        perhaps=frozenset({*keys, *map(listening_place, keys)}),
        folders=frozenset(
            folder_of_chunks(one.organisation_id, one.id)
            for kind in IN_PIECES for one in session.exec(select(kind).where(col(kind.state) == kind.OPEN))
        ),
        spoken=frozenset(one.place for one in session.exec(select(SpokenAnswer))),
    )  # fmt: skip


def _bits(session: Session) -> set[str]:
    """What has come of open recordings and uploads. A row is there after its file, and goes before it."""
    chunks = (
        select(RecordingInProgress.organisation_id, RecordingInProgress.id, RecordedChunk.number)
        .join(RecordedChunk, col(RecordedChunk.recording_id) == col(RecordingInProgress.id))
        .where(col(RecordingInProgress.state) == RecordingInProgress.OPEN)
    )
    pieces = (
        select(ResumableUpload.organisation_id, ResumableUpload.id, UploadPiece.id)
        .join(UploadPiece, col(UploadPiece.upload_id) == col(ResumableUpload.id))
        .where(col(ResumableUpload.state) == ResumableUpload.OPEN)
    )
    return {chunk_place(*one) for one in session.exec(chunks)} | {piece_place(*one) for one in session.exec(pieces)}
