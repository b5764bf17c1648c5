"""Writes a sealed file from clear bytes that come in pieces."""

import contextlib
import hashlib
from typing import TYPE_CHECKING

import obstore

from models.cipher import Sealer
from models.files_errors import FilesError, files_reached

if TYPE_CHECKING:
    from models.storage import Storage

BUFFER = 1 << 18
_PART = 8 << 20
"""Bytes of a part of an upload to S3, which takes 10,000 of them: files of up to 80 GB."""
_PARTS_AT_ONCE = 2


class SealedWriter:
    """Takes clear bytes in pieces and pushes sealed ones to the store; `size` and `sha256` are of the clear bytes.

    A file appears under its key only on `finish`; `abandon` leaves nothing behind, before or after that. `write` and
    `finish` raise FilesUnreachable and FilesFull.
    """

    def __init__(self, storage: "Storage", storage_key: str, sealer: Sealer) -> None:
        self.storage_key = storage_key
        self.size = 0
        self._digest = hashlib.sha256()
        self._storage = storage
        self._sealer = sealer
        self._closed = False
        self._out = obstore.open_writer(
            storage.store, storage_key, buffer_size=BUFFER if storage.folder is not None else _PART,
            max_concurrency=_PARTS_AT_ONCE,
        )  # fmt: skip

    def write(self, clear: bytes) -> None:
        self.size += len(clear)
        self._digest.update(clear)
        if sealed := self._sealer.update(clear):
            with files_reached():
                self._out.write(sealed)

    def finish(self) -> None:
        """Doing it twice is not an error."""
        if self._closed:
            return
        sealed = self._sealer.finish()
        with files_reached():
            self._out.write(sealed)
            self._closed = True
            self._out.close()

    def abandon(self) -> None:
        """Raises nothing: the first error is the one to tell. What cannot be taken back now is left to a sweep."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(FilesError, FileNotFoundError), files_reached():
                self._out.__exit__(Exception, None, None)  # which takes back what was sent of it
        self._storage.delete_or_leave(self.storage_key)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
