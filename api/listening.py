"""Listening to a session's recording: its sound in pieces, as players ask for it, and how loud it is when."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import Response, StreamingResponse

from api.access import SignedIn
from api.answers.sessions import ListeningState, PeaksRead
from api.byte_range import RangeWrong, read_range
from api.document.errors import WORDS
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute
from coding.ledger import AgreementMissing
from coding.listening import SoundNotReady, make_ready, peaks_of, sound_of
from models.files_errors import FilesUnreachable
from models.listening_copy_kept import PEAKS_A_SECOND
from models.permissions import Permission
from models.practice import PracticeSession
from models.seen import note_heard
from models.session_permissions import require_session

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], route_class=ApiRoute)
_PIECE = 1 << 16


@router.post(
    "/{session_id}/listening",
    **told("make_sound_ready", ListeningState, AgreementMissing, FilesUnreachable, *WORDS, status=202),
)
def make_sound_ready(session_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, str]:
    """Asks for the sound to be made ready, unless it is. `state` is `ready`, or `working`: then ask again."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        return {"state": make_ready(session, practice=practice, storage=house.storage)}


@router.get(
    "/{session_id}/peaks",
    **told("read_peaks", PeaksRead, SoundNotReady, AgreementMissing, *WORDS, headers=["ETag"]),
)
def read_peaks(session_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """How loud the recording is: `peaks` in base 64, a byte for each of `rate` parts of a second, 255 for the loudest.
    409 `sound_not_ready` with `state` until it is made ready."""
    with house.database.read() as session:
        practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        found = peaks_of(session, practice)
    note_heard(house.database, practice, by=actor)
    return {"rate": PEAKS_A_SECOND, **asdict(found)}


@router.get(
    "/{session_id}/sound",
    **told(
        "read_sound", None, SoundNotReady, AgreementMissing, FilesUnreachable, *WORDS, media="audio/mpeg",
        also={206: "A part of it", 416: "No such part"},
    ),
)  # fmt: skip
def read_sound(
    session_id: UUID, house: TheHouse, actor: SignedIn, wanted: Annotated[str, Header(alias="range")] = ""
) -> Response:
    """MP3 of one channel at a constant rate. Takes a `Range` of bytes. 409 `sound_not_ready` as above."""
    with house.database.read() as session:
        practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        file, copy = sound_of(session, house.storage, practice)
    headers = {"accept-ranges": "bytes", "etag": f'"{copy.id}"'}
    try:
        part = read_range(wanted, copy.size_bytes)
    except RangeWrong:
        file.close()
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{copy.size_bytes}"})
    note_heard(house.database, practice, by=actor)
    first, last = part or (0, copy.size_bytes - 1)
    headers["content-length"] = str(last - first + 1)
    if part:
        headers["content-range"] = f"bytes {first}-{last}/{copy.size_bytes}"
    return StreamingResponse(
        _pieces(file, first, last), status_code=206 if part else 200, media_type="audio/mpeg", headers=headers
    )


def _pieces(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
