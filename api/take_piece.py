"""Bytes of a large recording as they come: sealed at once, and kept every few megabytes."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.house import House
from api.multipart import UploadBroken
from api.tus import PIECE_TYPE, Checksum, NotAPiece, read_checksum, whole_number
from coding.resumable import StoredPiece, add_pieces, check_offset, own_upload
from models.columns import new_id
from models.database import may_have_committed
from models.errors import TooLarge
from models.permissions import Actor
from models.resumable_upload import ResumableUpload
from models.sealed_writer import SealedWriter
from models.upload_pieces import PieceStore

KEPT_EVERY = 4_000_000
"""Bytes that a killed process, or two who send the same, can lose."""
_PIECE = 1 << 16
QUIET_SECONDS = 1.0
"""Without a byte: what came is kept. Else a connection that broke and nobody says so, as when a network is left, would
hold it back."""
STALLED_SECONDS = 60.0
"""Without a byte after that: it ends."""


class TooMuchSent(TooLarge):
    def __init__(self, size: int) -> None:
        super().__init__(f"This upload was begun for {size:,} bytes, and more came. Send the rest and no more.")


@dataclass
class _Taker:
    """Of one request. `room` is how many more bytes the upload takes. With a checksum nothing counts until all of it
    has come and is what was sent. A request may be cancelled while a thread still writes, so one waits for the other.
    """

    house: House
    actor: Actor
    upload: ResumableUpload
    store: PieceStore
    offset: int
    checksum: Checksum | None
    room: int
    counted: Any = None
    waiting: list[StoredPiece] = field(default_factory=list)
    _writer: SealedWriter | None = None
    _piece: Any = None
    _lock: Any = field(default_factory=threading.RLock)

    def write(self, clear: bytes) -> None:
        with self._lock:
            self._write(clear)
            if self._writer is not None and self._writer.size >= KEPT_EVERY:
                self._end_piece()
                if self.checksum is None:
                    self._keep()

    def pause(self, clear: bytes) -> None:
        """For now nothing more comes."""
        with self._lock:
            self._write(clear)
            if self.checksum is None:
                self._keep()

    def end(self, clear: bytes) -> ResumableUpload:
        """All that was to come has come. The upload with its new offset."""
        with self._lock:
            self._write(clear)
            if self.checksum is not None:
                self.checksum.check(self.counted)
            self._keep()
            return self.upload

    def broke_off(self, clear: bytes) -> None:
        """The connection was lost: without a checksum what came is as good as if it had been all."""
        with self._lock:
            with contextlib.suppress(Exception):
                self.pause(clear)
            self.abandon()

    def abandon(self) -> None:
        """What does not count. The first error is the one to tell; what stays goes with the upload."""
        with self._lock:
            with contextlib.suppress(Exception):
                if self._writer is not None:
                    self._writer.abandon()
            self._writer = None
            for piece in self.waiting:
                with contextlib.suppress(Exception):
                    self.store.delete(piece.id)
            self.waiting.clear()

    def _write(self, clear: bytes) -> None:
        if not clear:
            return
        self.room -= len(clear)
        if self.room < 0:
            raise TooMuchSent(self.upload.size_bytes)
        if self.counted is not None:
            self.counted.update(clear)
        if self._writer is None:
            self._piece = new_id()
            self._writer = self.store.writer(self._piece)
        self._writer.write(clear)

    def _keep(self) -> None:
        """What has come counts from here on."""
        self._end_piece()
        if not self.waiting:
            return
        try:
            with self.house.database.write() as session:
                self.upload = own_upload(session, self.upload.id, by=self.actor, locked=True)
                self.offset = add_pieces(session, upload=self.upload, offset=self.offset, pieces=self.waiting)
        except Exception as error:
            if may_have_committed(error):
                self.waiting.clear()  # the upload may name them; what it does not, goes with it
            raise
        self.waiting.clear()

    def _end_piece(self) -> None:
        if self._writer is not None:
            self._writer.finish()
            self.waiting.append(StoredPiece(self._piece, self._writer.size))
            self._writer = None


def _begin(house: House, actor: Actor, upload_id: Any, offset: int, checksum: Checksum | None) -> _Taker:
    with house.database.read() as session:
        upload = own_upload(session, upload_id, by=actor)
        check_offset(upload, offset)
        store = PieceStore.of(session, house.storage, upload)
    room = upload.size_bytes - offset
    return _Taker(house, actor, upload, store, offset, checksum, room, checksum.begin() if checksum else None)


async def take_piece(request: Request, house: House, actor: Actor, upload_id: Any) -> ResumableUpload:
    """With its new offset. What came before a lost connection counts too, but for a piece with a checksum.

    Raises NotAPiece, HeaderWrong, OffsetDiffers, UploadClosed, ChecksumDiffers, TooMuchSent, NotFound, NotAllowed.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE_TYPE:
        raise NotAPiece
    offset = whole_number(request.headers, "Upload-Offset")
    checksum = read_checksum(request.headers.get("upload-checksum"))
    taker = await run_in_threadpool(_begin, house, actor, upload_id, offset, checksum)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and offset + int(declared) > taker.upload.size_bytes:
        raise TooMuchSent(taker.upload.size_bytes)
    stream, pending = request.stream(), bytearray()

    def taken() -> bytes:
        """What gathered here. From now on a thread has it."""
        some = bytes(pending)
        pending.clear()
        return some

    async def pause() -> None:
        await run_in_threadpool(taker.pause, taken())

    try:
        while (some := await _next(stream, when_quiet=pause)) is not None:
            pending += some
            if len(pending) >= _PIECE:
                await run_in_threadpool(taker.write, taken())
        return await run_in_threadpool(taker.end, taken())
    except (ClientDisconnect, TimeoutError) as error:
        await run_in_threadpool(taker.broke_off, taken())
        raise UploadBroken("The connection was lost. Ask how much has come, and go on from there.") from error
    except asyncio.CancelledError:  # the website stops
        await run_in_threadpool(taker.broke_off, taken())
        raise
    except BaseException:
        await run_in_threadpool(taker.abandon)
        raise


async def _next(stream: AsyncIterator[bytes], *, when_quiet: Callable[[], Awaitable[None]]) -> bytes | None:
    """None at the end. Raises TimeoutError, ClientDisconnect."""
    coming = asyncio.ensure_future(anext(stream, None))
    try:
        done, _ = await asyncio.wait({coming}, timeout=QUIET_SECONDS)
        if not done:
            await when_quiet()
            done, _ = await asyncio.wait({coming}, timeout=STALLED_SECONDS)
        if not done:
            raise TimeoutError
        return coming.result()
    finally:
        coming.cancel()
