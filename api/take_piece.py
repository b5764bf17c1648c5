"""Bytes of a large recording as they come: sealed at once, and kept every few megabytes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
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
from models.errors import TooLarge
from models.permissions import Actor
from models.resumable_upload import ResumableUpload
from models.storage import SealedWriter
from models.upload_pieces import PieceStore

KEPT_EVERY = 4_000_000
"""Bytes that a killed process, or two who send the same, can lose."""
_PIECE = 1 << 16
STALLED_SECONDS = 60.0
"""Without a byte: what came is kept, and the connection is free for another."""


class TooMuchSent(TooLarge):
    def __init__(self, size: int) -> None:
        super().__init__(f"This upload was begun for {size:,} bytes, and more came. Send the rest and no more.")


@dataclass
class _Taker:
    """Of one request. `room` is how many more bytes the upload takes. With a checksum nothing counts until all of it
    has come and is what was sent."""

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

    def write(self, clear: bytes) -> None:
        self.room -= len(clear)
        if self.room < 0:
            raise TooMuchSent(self.upload.size_bytes)
        if self.counted is not None:
            self.counted.update(clear)
        if self._writer is None:
            self._piece = new_id()
            self._writer = self.store.writer(self._piece)
        self._writer.write(clear)
        if self._writer.size >= KEPT_EVERY:
            self._end_piece()
            if self.checksum is None:
                self.keep()

    def end(self) -> int:
        """All that was to come has come. The new offset."""
        if self.checksum is not None:
            self.checksum.check(self.counted)
        return self.keep()

    def keep(self) -> int:
        """What has come counts from here on."""
        self._end_piece()
        if not self.waiting:
            return self.offset
        with self.house.database.write() as session:
            upload = own_upload(session, self.upload.id, by=self.actor, locked=True)
            self.offset = add_pieces(session, upload=upload, offset=self.offset, pieces=self.waiting)
        self.waiting.clear()
        return self.offset

    def broke_off(self) -> None:
        """The connection was lost: without a checksum what came is as good as if it had been all."""
        if self.checksum is None:
            with contextlib.suppress(Exception):
                self.keep()
        self.abandon()

    def abandon(self) -> None:
        """What does not count. The first error is the one to tell; what stays goes with the upload."""
        with contextlib.suppress(Exception):
            if self._writer is not None:
                self._writer.abandon()
        self._writer = None
        for piece in self.waiting:
            with contextlib.suppress(Exception):
                self.store.delete(piece.id)
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


async def take_piece(request: Request, house: House, actor: Actor, upload_id: Any) -> int:
    """The new offset. What came before a lost connection counts too, but for a piece with a checksum.

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
    try:
        pending = bytearray()
        async for some in _without_stalling(request.stream()):
            pending += some
            if len(pending) >= _PIECE:
                await run_in_threadpool(taker.write, bytes(pending))
                pending.clear()
        if pending:
            await run_in_threadpool(taker.write, bytes(pending))
        return await run_in_threadpool(taker.end)
    except (ClientDisconnect, TimeoutError) as error:
        if pending:
            with contextlib.suppress(Exception):
                await run_in_threadpool(taker.write, bytes(pending))
        await run_in_threadpool(taker.broke_off)
        raise UploadBroken("The connection was lost. Ask how much has come, and go on from there.") from error
    except BaseException:
        await run_in_threadpool(taker.abandon)
        raise


async def _without_stalling(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Raises TimeoutError."""
    while True:
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                some = await anext(stream)
        except StopAsyncIteration:
            return
        yield some
