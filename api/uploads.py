"""A new session from what was sent: a recording sealed as it arrives, a transcript file, pasted text, or JSON."""

import contextlib
import json
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.house import House
from api.multipart import Received, Sink, UploadBroken, receive
from coding.actions import StoredRecording, add_recording_session, add_transcript_session, read_details
from coding.speech.errors import EmptyRecording
from coding.speech.probe import Probe
from coding.speech.probe_child import run_probe_child
from coding.transcript.read import EXTENSIONS, read_transcripts
from models.columns import new_id
from models.errors import EvokeError, TooLarge
from models.organisation import Organisation
from models.permissions import Actor
from models.practice import PracticeSession
from models.storage import SealedWriter, new_storage_key


class NothingSent(EvokeError):
    code = "nothing_sent"


@dataclass
class _TranscriptSink:
    limit: int
    data: bytearray

    def write(self, clear: bytes) -> None:
        self.data += clear
        if len(self.data) > self.limit:
            raise TooLarge(f"A transcript file can be {self.limit // 1_000_000} MB at most. Is it really a transcript?")


@dataclass
class _RecordingSink:
    recording_id: UUID
    writer: SealedWriter

    def write(self, clear: bytes) -> None:
        self.writer.write(clear)


async def take_upload(request: Request, house: House, actor: Actor) -> list[PracticeSession]:
    """Adds one session, or one for each conversation of a transcript file. All are added or none.

    Raises EvokeError with what to do; then nothing of the upload is kept.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() == "application/json":
        return await run_in_threadpool(_add_json, house, actor, await _read_json(request, house))

    opened: list[Sink] = []

    def open_sink(name: str) -> Sink:
        opened.append(_open_sink(house, actor, name))
        return opened[-1]

    try:
        limit = house.settings.upload_limit_mb * 1_000_000
        received = await receive(content_type, request.stream(), open_sink=open_sink, file_limit=limit)
        return await run_in_threadpool(_add_received, house, actor, received)
    except ClientDisconnect as error:
        await run_in_threadpool(_abandon, opened)
        raise UploadBroken("The connection was lost during the upload. Try again.") from error
    except BaseException:
        await run_in_threadpool(_abandon, opened)
        raise


def _open_sink(house: House, actor: Actor, name: str) -> Sink:
    if PurePath(name).suffix.lower() in EXTENSIONS:
        return _TranscriptSink(house.settings.transcript_limit_mb * 1_000_000, bytearray())
    recording_id = new_id()
    with house.database.read() as session:
        key = house.storage.key_of(session.get_one(Organisation, actor.organisation_id))
    storage_key = new_storage_key(actor.organisation_id, recording_id)
    return _RecordingSink(recording_id, house.storage.writer(storage_key, key=key, record_id=recording_id))


def _abandon(opened: list[Sink]) -> None:
    for sink in opened:
        if isinstance(sink, _RecordingSink):
            with contextlib.suppress(Exception):  # the first error is the one to tell; a sweep takes what stays
                sink.writer.abandon()


def _add_received(house: House, actor: Actor, received: Received) -> list[PracticeSession]:
    details = read_details(received.fields, by=actor)
    sink = received.sink
    if isinstance(sink, _RecordingSink):
        sink.writer.finish()
        if sink.writer.size == 0:
            raise EmptyRecording
        stored = StoredRecording(
            recording_id=sink.recording_id, storage_key=sink.writer.storage_key, original_name=received.file_name,
            size_bytes=sink.writer.size, sha256=sink.writer.sha256, probe=_probe(house, actor, sink.recording_id),
        )  # fmt: skip
        with house.database.write() as session:
            return [add_recording_session(session, details=details, stored=stored, by=actor)]
    pasted = received.fields.get("transcript", "").strip()
    if isinstance(sink, _TranscriptSink):
        return _add_transcripts(house, actor, received.fields, received.file_name, bytes(sink.data))
    if pasted:
        return _add_transcripts(house, actor, received.fields, "pasted transcript.txt", pasted.encode())
    raise NothingSent("Choose a recording or a transcript file, or paste a transcript.")


def _probe(house: House, actor: Actor, recording_id: UUID) -> Probe:
    return run_probe_child(
        [str(actor.organisation_id), str(recording_id)],
        opener="models.storage.open_recording_for_child",
        environment=house.settings.as_environment(),
        limit_minutes=house.settings.recording_limit_minutes,
    )


def _add_transcripts(
    house: House, actor: Actor, fields: dict[str, str], name: str, data: bytes
) -> list[PracticeSession]:
    details = read_details(fields, by=actor)
    parsed = read_transcripts(name, data)
    stem = PurePath(name).stem
    with house.database.write() as session:
        return [
            add_transcript_session(
                session, details=details, parsed=one, by=actor,
                name=stem if len(parsed) == 1 else f"{stem}: {one.transcript_id}",
            )
            for one in parsed
        ]  # fmt: skip


async def _read_json(request: Request, house: House) -> dict[str, object]:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > house.settings.transcript_limit_mb * 1_000_000:
            raise TooLarge(f"Send at most {house.settings.transcript_limit_mb} MB of JSON.")
    try:
        sent = json.loads(bytes(body))
    except ValueError as error:
        raise UploadBroken(f"This is not JSON: {error}.") from error
    if not isinstance(sent, dict) or not isinstance(sent.get("turns"), list):
        raise UploadBroken('Send a JSON object with "turns": a list of {"speaker": …, "text": …}.')
    return sent


def _add_json(house: House, actor: Actor, sent: dict[str, object]) -> list[PracticeSession]:
    fields = {
        key: "yes" if value is True else str(value)
        for key, value in sent.items()
        if key != "turns" and isinstance(value, str | bool)
    }
    name = fields.get("title") or "Transcript"
    return _add_transcripts(house, actor, fields, f"{name}.json", json.dumps(sent["turns"]).encode())
