"""Encryption of what is kept in files: AES-256-GCM in 1 MiB chunks under a key of the organisation's own.

Layout of a sealed file: 8 bytes magic, 7 random bytes, then the chunks, each followed by its 16-byte tag. A chunk's
nonce is those 7 bytes, a 4-byte counter and a last-chunk flag (the STREAM construction of Hoang et al. 2015), and the
record's id is associated data: chunks cannot be reordered, dropped, cut off or moved to another record unnoticed.
"""

import base64
import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import EvokeError
from models.settings import Settings

MAGIC = b"EVOKE\x00\x00\x01"
CHUNK = 1 << 20
TAG = 16
_PREFIX = 7
HEADER = len(MAGIC) + _PREFIX


_KEY_BYTES = 32


class SealBroken(Exception):
    """The file is not what was sealed: damaged, cut short, or under another key."""


class KeyDoesNotFit(SealBroken):
    """An organisation's key was wrapped with another master key; its files may well be whole."""


class MasterKeyUnusable(EvokeError):
    status = 500
    code = "master_key_unusable"


def load_master_key(settings: Settings) -> bytes:
    """The operator's key from EVOKE_MASTER_KEY, else the data directory's own, made on first use (owner-readable).

    Raises MasterKeyUnusable for anything but 32 bytes.
    """
    if given := settings.master_key.get_secret_value():
        key = _decoded(given.encode())
        if key is None:
            raise MasterKeyUnusable(
                "EVOKE_MASTER_KEY is not 32 bytes in base64. Make one with: openssl rand -base64 32"
            )
        return key
    path = settings.open_data_dir() / "master.key"
    try:
        if not path.exists():
            _make_key_file(path)
        key = _decoded(path.read_bytes())
    except OSError as error:
        raise MasterKeyUnusable(f"The master key in {path} cannot be read or made ({error.strerror}).") from error
    if key is None:
        raise MasterKeyUnusable(
            f"{path} does not hold a master key (32 bytes in base64). Put it back from your copy. Only where nothing "
            "was ever recorded may you delete it, and Evoke makes a new one."
        )
    return key


def _decoded(text: bytes) -> bytes | None:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return None
    return key if len(key) == _KEY_BYTES else None


def _make_key_file(path: Path) -> None:
    """Whole or not at all, so that processes that start together use one key and a power cut leaves no empty file."""
    descriptor, name = tempfile.mkstemp(prefix=".master.key.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(AESGCM.generate_key(bit_length=8 * _KEY_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first, and its key is the one
            os.link(name, path)
    finally:
        os.unlink(name)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def new_wrapped_key(master: bytes, organisation_id: UUID) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(master).encrypt(nonce, AESGCM.generate_key(bit_length=256), organisation_id.bytes)


def unwrap_key(master: bytes, wrapped: bytes, organisation_id: UUID) -> bytes:
    """Raises KeyDoesNotFit."""
    try:
        return AESGCM(master).decrypt(wrapped[:12], wrapped[12:], organisation_id.bytes)
    except InvalidTag as error:
        raise KeyDoesNotFit("the master key does not fit this organisation's key") from error


def derived_key(key: bytes, *, purpose: str, record_id: UUID) -> bytes:
    """A key for one record and one purpose (HKDF, RFC 5869), for records that are kept in very many files."""
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode() + record_id.bytes).derive(key)


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


class SealedReader(io.RawIOBase):
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

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._position >= self.size or not len(view):
            return 0
        index, offset = divmod(self._position, CHUNK)
        part = self._chunk(index)[offset : offset + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

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
