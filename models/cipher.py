"""Encryption of what is kept: AES-256-GCM, whole for what lies in a row, in 1 MiB chunks for what lies in a file. Which
key is whose, `models.keys` knows.

Layout of a sealed file: 8 bytes magic, 7 random bytes, then the chunks, each followed by its 16-byte tag. A chunk's
nonce is those 7 bytes, a 4-byte counter and a last-chunk flag (the STREAM construction of Hoang et al. 2015), and the
record's id is associated data: chunks cannot be reordered, dropped, cut off or moved to another record unnoticed.
"""

import io
import os
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import EvokeError

MAGIC = b"EVOKE\x00\x00\x01"
CHUNK = 1 << 20
TAG = 16
_PREFIX = 7
HEADER = len(MAGIC) + _PREFIX
KEY_BYTES = 32
_NONCE = 12


class SealBroken(Exception):
    """The file is not what was sealed: damaged, cut short, or under another key."""


class KeyDoesNotFit(SealBroken):
    """An organisation's key was wrapped with another master key; what is kept may well be whole."""


def seal(key: bytes, clear: bytes, about: bytes) -> bytes:
    """For what is small and kept in a row. `about` says which row and is needed to open it, so that sealed bytes cannot
    be put in another place unnoticed."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, clear, about)


def open_sealed(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("what is kept in this row is damaged, or lies under another key") from error


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


def derived_key(key: bytes, *, purpose: str, record_id: UUID) -> bytes:
    """A key for one record and one purpose (HKDF, RFC 5869), for records that are kept in very many files."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode() + record_id.bytes).derive(key)


def _nonce(prefix: bytes, counter: int, last: bool) -> bytes:
    return prefix + counter.to_bytes(4, "big") + bytes([last])


class Sealer:
    """Turns clear bytes into sealed ones as they come, holding at most one chunk of clear text."""

    def __init__(self, key: bytes, record_id: UUID) -> None:
        self._aead = AESGCM(key)
        self._record = record_id.bytes
        self._prefix = os.urandom(_PREFIX)
        self._counter = 0
        self._held = bytearray()
        self._started = False

    def update(self, clear: bytes) -> bytes:
        sealed = [] if self._started else [MAGIC + self._prefix]
        self._started = True
        self._held += clear
        while len(self._held) > CHUNK:  # one full chunk may be the last, so it stays until more comes
            with memoryview(self._held) as held, held[:CHUNK] as chunk:  # no copy: this runs for every MiB uploaded
                sealed.append(self._seal(chunk, last=False))
            del self._held[:CHUNK]
        return b"".join(sealed)

    def finish(self) -> bytes:
        head = self.update(b"")
        return head + self._seal(self._held, last=True)

    def _seal(self, chunk: bytes | bytearray | memoryview, *, last: bool) -> bytes:
        sealed = self._aead.encrypt(_nonce(self._prefix, self._counter, last), chunk, self._record)
        self._counter += 1
        return sealed


class RememberingReader(io.RawIOBase):
    """`failure` is what it raised last. `part` is the next bytes, at most so many, and moves on."""

    failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            part = self.part(len(view)) if len(view) else b""
        except Exception as error:
            self.failure = error
            raise
        view[: len(part)] = part
        return len(part)

    def part(self, most: int) -> bytes:
        raise NotImplementedError


class SealedReader(RememberingReader):
    """Clear, seekable view of a sealed file. `fetch(start, length)` reads sealed bytes; `sealed_size` is their count.

    Raises SealBroken on the first chunk that does not verify.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], sealed_size: int, key: bytes, record_id: UUID) -> None:
        self._fetch = fetch
        header = fetch(0, HEADER) if sealed_size >= HEADER + TAG else b""
        if header[: len(MAGIC)] != MAGIC:
            raise SealBroken("this is not a sealed file")
        self._aead = AESGCM(key)
        self._record = record_id.bytes
        self._prefix = header[len(MAGIC) :]
        body = sealed_size - HEADER
        self._chunks = max(1, -(-body // (CHUNK + TAG)))
        self._body = body
        self.size = body - self._chunks * TAG
        self._position = 0
        self._cached: tuple[int, bytes] = (-1, b"")

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def part(self, most: int) -> bytes:
        if self._position >= self.size:
            return b""
        index, offset = divmod(self._position, CHUNK)
        part = self._chunk(index)[offset : offset + most]
        self._position += len(part)
        return part

    def _chunk(self, index: int) -> bytes:
        if self._cached[0] != index:
            start = index * (CHUNK + TAG)
            sealed = self._fetch(HEADER + start, min(CHUNK + TAG, self._body - start))
            nonce = _nonce(self._prefix, index, index == self._chunks - 1)
            try:
                self._cached = (index, self._aead.decrypt(nonce, sealed, self._record))
            except InvalidTag as error:
                raise SealBroken("the stored file is damaged or was changed") from error
        return self._cached[1]


class ClearFile(io.BufferedReader):
    """A clear view, buffered. A library that reads it may take any error for the end of the file, or for a fault of the
    file: as a context manager it raises at its end what could not be read."""

    raw: RememberingReader

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        failure = self.raw.failure
        self.close()
        if failure is not None and failure is not error and (error is None or isinstance(failure, EvokeError)):
            raise failure
