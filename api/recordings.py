"""Recordings in progress: sound that comes in chunks while a conversation is still going on."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.access import SignedIn, needs
from api.answers.sessions import ChunkTaken, RecordingShown, RecordingsShown, SessionLink
from api.become_session import ChunksDamaged
from api.document.bodies import BYTES_BODY
from api.document.errors import FILES, MADE, RECORDING, WORDS
from api.document.tell import told
from api.house import House, TheHouse
from api.multipart import UploadBroken
from api.once import Keeping, keeping
from api.route import ApiRoute
from api.send_recording import chunk_store, send_recording
from api.whole import AS_WHOLE
from coding.join_recording import runs_of
from coding.recordings import (
    Chunk,
    ChunkDiffers,
    ChunkOutOfOrder,
    RecordingClosed,
    RecordingLimits,
    TooManyOpen,
    add_chunk,
    begin_recording,
    chunks_of,
    open_recordings,
    own_recording,
    parts_of,
    throw_away,
)
from coding.transcript.encoding import without_control_characters
from models.chunks import delete_chunks
from models.errors import NotFound, TooLarge
from models.files_errors import FilesUnreachable
from models.permissions import Actor, Permission
from models.recording_in_progress import RecordingInProgress
from models.session_words import details_of

router = APIRouter(
    prefix="/api/v1/recordings-in-progress",
    tags=["recordings in progress"],
    dependencies=[needs(Permission.ADD_SESSION)],
    route_class=ApiRoute,
)
CHUNK_BYTES = 4_000_000
_CHUNK = (ChunkOutOfOrder, ChunkDiffers, RecordingClosed)
_PIECE = 1 << 18
Text = Annotated[str, Field(max_length=2000)]
MOST_FIELDS = 80


class NewRecording(BaseModel):
    """`details` are the fields of a session, as in its form; `agreement_confirmed` there says that everybody agreed."""

    details: dict[str, Text] = Field(max_length=MOST_FIELDS)
    media_type: str = Field(max_length=60, examples=["audio/webm;codecs=opus"])
    microphones: Annotated[int, Field(ge=1, le=2, strict=True), AS_WHOLE]


class Sending(BaseModel):
    """`chunks` is how many there are; `details` replaces what was said at the beginning."""

    chunks: Annotated[int, Field(ge=0, strict=True), AS_WHOLE]
    details: dict[str, Text] = Field(default_factory=dict, max_length=MOST_FIELDS)


def _shown(recording: RecordingInProgress, details: dict[str, str], parts: int) -> dict[str, Any]:
    return {
        "id": str(recording.id), "url": f"{router.prefix}/{recording.id}", "state": recording.state.value,
        "next_chunk": recording.chunks, "parts": parts, "size_bytes": recording.size_bytes,
        "seconds": recording.seconds, "media_type": recording.media_type, "microphones": recording.microphones,
        "details": details, "begun_at": recording.agreed_at.isoformat(),
        "changed_at": recording.changed_at.isoformat(),
        "session_id": str(recording.session_id) if recording.session_id else None,
    }  # fmt: skip


def _begun_again(session: Session, actor: Actor, kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """As it is now: its details are words, which are kept sealed with the recording alone."""
    recording = own_recording(session, UUID(kept["id"]), by=actor)
    return _shown(recording, details_of(session, recording), parts_of(session, recording))


@router.post(
    "",
    **told(
        "begin_recording", RecordingShown, *MADE, TooManyOpen, (422, "not_understood"), status=201,
        headers=["Location"], scope=Permission.ADD_SESSION, once=True,
    ),
)  # fmt: skip
def begin(
    new: NewRecording, house: TheHouse, actor: SignedIn, kept: Annotated[Keeping, keeping(_begun_again)]
) -> JSONResponse:
    """Once everybody in the room has agreed. Sound can be added for as long as it is neither sent nor thrown away."""
    house.limits.check_upload(actor.person_id)
    details = {name: without_control_characters(text) for name, text in new.details.items()}
    with house.database.write() as session:
        recording = begin_recording(
            session, details=details, media_type=new.media_type, microphones=new.microphones, by=actor
        )
        shown = kept.keep(session, _shown(recording, details, 0), only={"id": str(recording.id)})
    return JSONResponse(shown, status_code=201, headers={"location": shown["url"]})


@router.get("", **told("list_recordings", RecordingsShown, *WORDS, headers=["ETag"], scope=Permission.ADD_SESSION))
def list_recordings(house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Your own that are neither sent nor thrown away, the newest first."""
    with house.database.read() as session:
        recordings = open_recordings(session, actor)
        return {"recordings": [_shown(one, details_of(session, one), parts_of(session, one)) for one in recordings]}


@router.get(
    "/{recording_id}",
    **told("read_recording", RecordingShown, *WORDS, headers=["ETag"], scope=Permission.ADD_SESSION),
)
def read(recording_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """How much of it is saved, and which chunk comes next."""
    with house.database.read() as session:
        recording = own_recording(session, recording_id, by=actor)
        return _shown(recording, details_of(session, recording), parts_of(session, recording))


@router.put(
    "/{recording_id}/chunks/{number}",
    **told(
        "put_recording_chunk", ChunkTaken, *_CHUNK, *FILES, (422, "upload_broken"), *WORDS, body=BYTES_BODY,
        scope=Permission.ADD_SESSION,
    ),
)  # fmt: skip
async def put_chunk(
    recording_id: UUID, number: Annotated[int, Path(ge=0)], request: Request, house: TheHouse, actor: SignedIn,
    seconds: Annotated[float, Query(ge=0, allow_inf_nan=False)], part: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:  # fmt: skip
    """The body is the sound alone. `number` counts from 0 without gaps over all parts; `part` is one more each time a
    recorder was started anew; `seconds` is the length of the recording with this chunk. May be sent again."""
    sound = await _read(request)
    chunk = Chunk(number=number, part=part, sound=sound, seconds=seconds)
    return await run_in_threadpool(_put, house, actor, recording_id, chunk)


async def _read(request: Request) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > CHUNK_BYTES:
                raise TooLarge(f"A chunk may have {CHUNK_BYTES:,} bytes. Send the sound in smaller ones.")
    except ClientDisconnect as error:
        raise UploadBroken("The connection was lost before the chunk had come. Send it again.") from error
    if not body:
        raise UploadBroken("The chunk is empty. Send the sound as the body of the request.")
    return bytes(body)


def _put(house: House, actor: Actor, recording_id: UUID, chunk: Chunk) -> dict[str, Any]:
    limits = RecordingLimits(
        size_bytes=house.settings.upload_limit_mb * 1_000_000, seconds=house.settings.recording_limit_minutes * 60
    )
    with house.database.read() as session:
        store = chunk_store(house, session, own_recording(session, recording_id, by=actor))
    with house.database.write() as session:
        recording = own_recording(session, recording_id, by=actor, locked=True)
        add_chunk(session, recording=recording, chunk=chunk, write=store.write, limits=limits)
        return {"next_chunk": recording.chunks, "size_bytes": recording.size_bytes, "seconds": recording.seconds}


@router.get(
    "/{recording_id}/parts/{part}",
    **told("read_recording_part", None, FilesUnreachable, *WORDS, media="audio/*", scope=Permission.ADD_SESSION),
)
def hear_part(recording_id: UUID, part: int, house: TheHouse, actor: SignedIn) -> Response:
    """The sound of one part, as the browser recorded it, to listen to before it is sent."""
    with house.database.read() as session:
        recording = own_recording(session, recording_id, by=actor)
        runs = runs_of(chunks_of(session, recording))
        if not 0 <= part < len(runs):
            raise NotFound("This recording has no such part.")
        store = chunk_store(house, session, recording)
    first, sizes = runs[part]

    def pieces() -> Iterator[bytes]:
        with store.open(first, sizes) as clear:
            while piece := clear.read(_PIECE):
                yield piece

    return StreamingResponse(pieces(), media_type=recording.media_type, headers={"content-length": str(sum(sizes))})


@router.post(
    "/{recording_id}/send",
    **told(
        "send_recording", SessionLink, *MADE, *RECORDING, *_CHUNK, ChunksDamaged, *WORDS, status=201,
        scope=Permission.ADD_SESSION,
    ),
)  # fmt: skip
def send(recording_id: UUID, sending: Sending, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Makes a session of it. May be sent again, and answers the same session."""
    practice = send_recording(house, actor, recording_id, chunks=sending.chunks, details=sending.details)
    return {"id": str(practice.id), "stage": practice.stage.value, "url": f"/api/v1/sessions/{practice.id}"}


@router.delete(
    "/{recording_id}",
    **told("delete_recording", None, RecordingClosed, status=204, scope=Permission.ADD_SESSION),
)
def delete(recording_id: UUID, house: TheHouse, actor: SignedIn) -> Response:
    """Throws it away for good."""
    with house.database.write() as session:
        recording = own_recording(session, recording_id, by=actor, locked=True)
        throw_away(session, recording=recording, by=actor)
    delete_chunks(house.storage, recording.organisation_id, recording.id)
    return Response(status_code=204)
