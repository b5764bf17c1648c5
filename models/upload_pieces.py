"""Where the pieces of a large recording lie until it is whole: each sealed in a file of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.chunks import IN_PROGRESS
from models.cipher import derived_key
from models.keys import open_session_key
from models.resumable_upload import ResumableUpload
from models.sealed_writer import SealedWriter
from models.storage import Storage

_READ = 1 << 18


@dataclass(frozen=True)
class PieceStore:
    """The files of one upload, under a key of its own, derived from that of the session it becomes."""

    storage: Storage
    organisation_id: UUID
    upload_id: UUID
    key: bytes

    @classmethod
    def of(cls, session: Session, storage: Storage, upload: ResumableUpload) -> "PieceStore":
        """Raises WordsGone."""
        key = derived_key(open_session_key(session, upload.id).file, purpose="pieces", record_id=upload.id)
        return cls(storage, upload.organisation_id, upload.id, key)

    def writer(self, piece_id: UUID) -> SealedWriter:
        return self.storage.writer(self._name(piece_id), key=self.key, record_id=piece_id)

    def read(self, piece_id: UUID) -> Iterator[bytes]:
        """Clear. Raises FileNotFoundError, SealBroken."""
        with self.storage.open(self._name(piece_id), key=self.key, record_id=piece_id) as clear:
            while some := clear.read(_READ):
                yield some

    def delete(self, piece_id: UUID) -> None:
        self.storage.delete(self._name(piece_id))

    def _name(self, piece_id: UUID) -> str:
        return piece_place(self.organisation_id, self.upload_id, piece_id)


def piece_place(organisation_id: UUID, upload_id: UUID, piece_id: UUID) -> str:
    return f"{organisation_id}/{IN_PROGRESS}/{upload_id}/{piece_id}.sealed"
