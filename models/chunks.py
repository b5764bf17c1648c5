"""The sound of a recording in progress: every chunk sealed in a file of its own, under a key of the recording's own.

That key is derived from that of the session it becomes, so that thousands of small files never share a nonce, and each
chunk has an id of its own, so that they cannot be changed round unnoticed.
"""

import contextlib
import io
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID, uuid5

from models.cipher import ClearFile, RememberingReader, SealedReader, Sealer, derived_key
from models.files_errors import FilesError
from models.storage import Storage

IN_PROGRESS = "in-progress"
_BUFFER = 1 << 16


@dataclass(frozen=True)
class ChunkStore:
    """Of one recording. `key` is what `models.session_words.file_key` says."""

    storage: Storage
    organisation_id: UUID
    recording_id: UUID
    key: bytes

    @property
    def folder(self) -> str:
        return folder_of_chunks(self.organisation_id, self.recording_id)

    def write(self, number: int, clear: bytes) -> None:
        """Whole or not at all. Writes over one of the same number, which a crash may have left behind."""
        sealer = Sealer(self._own_key(), self._id(number))
        self.storage.put(self._name(number), sealer.update(clear) + sealer.finish())

    def read(self, number: int) -> bytes:
        """Raises FileNotFoundError, SealBroken."""
        sealed = self.storage.read(self._name(number))
        reader = SealedReader(
            lambda start, length: sealed[start : start + length], len(sealed), self._own_key(), self._id(number)
        )
        return reader.readall()

    def open(self, first: int, sizes: Sequence[int]) -> BinaryIO:
        """A buffered, seekable, clear view of the chunks from `first` on, which have `sizes` bytes. It holds one. As a
        context manager it raises at its end what it could not read."""
        return cast(BinaryIO, ClearFile(_ChunkReader(self, first, sizes), _BUFFER))

    def _own_key(self) -> bytes:
        return derived_key(self.key, purpose=IN_PROGRESS, record_id=self.recording_id)

    def _id(self, number: int) -> UUID:
        return uuid5(self.recording_id, str(number))

    def _name(self, number: int) -> str:
        return chunk_place(self.organisation_id, self.recording_id, number)


def delete_chunks(storage: Storage, organisation_id: UUID, recording_id: UUID) -> None:
    """Needs no key. Deleting what is already gone is not an error. What cannot be deleted now is left to a sweep."""
    with contextlib.suppress(FilesError):
        storage.delete_folder(folder_of_chunks(organisation_id, recording_id))


def folder_of_chunks(organisation_id: UUID, recording_id: UUID) -> str:
    return f"{organisation_id}/{IN_PROGRESS}/{recording_id}"


def chunk_place(organisation_id: UUID, recording_id: UUID, number: int) -> str:
    return f"{folder_of_chunks(organisation_id, recording_id)}/{number:06}.sealed"


class _ChunkReader(RememberingReader):
    def __init__(self, chunks: ChunkStore, first: int, sizes: Sequence[int]) -> None:
        self._chunks = chunks
        self._first = first
        self._starts = [0]
        for size in sizes:
            self._starts.append(self._starts[-1] + size)
        self._position = 0
        self._cached: tuple[int, bytes] = (-1, b"")

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._starts[-1]}[whence]
        self._position = max(0, base + offset)
        return self._position

    def part(self, most: int) -> bytes:
        if self._position >= self._starts[-1]:
            return b""
        index = bisect_right(self._starts, self._position) - 1
        offset = self._position - self._starts[index]
        if self._cached[0] != index:
            self._cached = (index, self._chunks.read(self._first + index))
        part = self._cached[1][offset : offset + most]
        self._position += len(part)
        return part
