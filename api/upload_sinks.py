"""Where an uploaded file goes as it comes: a recording into a sealed file, a transcript into memory."""

import contextlib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from api.house import House
from api.multipart import Sink
from api.once import HashingSink
from coding.details import SessionDetailsWrong
from coding.speech.probe import Probe
from coding.speech.probe_child import run_probe_child
from coding.transcript.endings import EXTENSIONS, OTHER_DOCUMENTS
from coding.waiting import check_room
from models.columns import new_id
from models.errors import TooLarge
from models.keys import forget_key, make_session_key
from models.permissions import Actor
from models.sealed_writer import SealedWriter
from models.storage import new_storage_key


@dataclass
class TranscriptSink:
    limit: int
    data: bytearray

    def write(self, clear: bytes) -> None:
        self.data += clear
        if len(self.data) > self.limit:
            raise TooLarge(
                f"A transcript file can be {self.limit // 1_000_000} MB at most. Split it, or save it as plain text or "
                "CSV without pictures."
            )


@dataclass
class RecordingSink:
    """Its key is kept before its first byte is, and destroyed if nothing comes of it."""

    house: House
    session_id: UUID
    recording_id: UUID
    writer: SealedWriter

    def write(self, clear: bytes) -> None:
        self.writer.write(clear)

    def abandon(self) -> None:
        """The first error is the one to tell; a sweep takes what stays."""
        with contextlib.suppress(Exception):
            self.writer.abandon()
        with contextlib.suppress(Exception), self.house.database.write() as session:
            forget_key(session, self.session_id)


@dataclass
class RefusedSink:
    """In the place of a file whose details are wrong already. A small one is let by, so that no word after it is lost;
    a large one is not waited for."""

    error: SessionDetailsWrong
    room: int = 2_000_000

    def write(self, clear: bytes) -> None:
        self.room -= len(clear)
        if self.room < 0:
            raise self.error


def sink_for(house: House, actor: Actor, name: str) -> Sink:
    """By the ending of its name: what is no document is a recording. Raises EvokeError where there is no room."""
    if PurePath(name).suffix.lower() in (*EXTENSIONS, *OTHER_DOCUMENTS):
        return TranscriptSink(house.settings.transcript_limit_mb * 1_000_000, bytearray())
    session_id, recording_id = new_id(), new_id()
    with house.database.write() as session:
        check_room(session, actor.organisation_id, most=house.settings.waiting_recordings)
        key = make_session_key(session, organisation_id=actor.organisation_id, session_id=session_id)
    storage_key = new_storage_key(actor.organisation_id, recording_id)
    writer = house.storage.writer(storage_key, key=key.file, record_id=recording_id)
    return RecordingSink(house, session_id, recording_id, writer)


def abandon(opened: Iterable[Sink | None]) -> None:
    """Nothing is kept of a recording that came to nothing."""
    for sink in opened:
        if isinstance(sink, RecordingSink):
            sink.abandon()


def sha256_of(sink: Sink | None) -> str:
    """Of a file that has come whole; a recording's is sealed to its end for that."""
    if isinstance(sink, HashingSink):
        return str(sink.sha256.hexdigest())
    if isinstance(sink, TranscriptSink):
        return hashlib.sha256(sink.data).hexdigest()
    if isinstance(sink, RecordingSink):
        sink.writer.finish()
        return sink.writer.sha256
    return ""


def probe_stored(house: House, session_id: UUID, recording_id: UUID) -> Probe:
    """What a sealed recording holds. Raises RecordingError."""
    return run_probe_child(
        [str(session_id), str(recording_id)],
        opener="models.storage.open_recording_for_child",
        environment=house.settings.as_environment(),
        limit_minutes=house.settings.recording_limit_minutes,
    )
