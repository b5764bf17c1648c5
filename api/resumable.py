"""Large recordings that come in pieces (tus 1.0.0), for programs whose connection may break."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from api.access import SignedIn, needs
from api.answers.sessions import SessionsAdded
from api.answers.uploads import UploadShown, UploadsShown
from api.become_session import ChunksDamaged
from api.document.bodies import PIECE_BODY
from api.document.errors import FILES, MADE, RECORDING, WORDS
from api.document.tell import told
from api.finish_upload import NoRoomForUpload, check_disk, finish_upload
from api.house import House, TheHouse
from api.multipart import only_name
from api.once import Once, begin_once, end_once
from api.recordings import MOST_FIELDS, Text
from api.take_piece import TooMuchSent, take_piece
from api.tus import (
    CHECKSUMS,
    EXTENSIONS,
    VERSION,
    ChecksumDiffers,
    HeaderWrong,
    NotAPiece,
    OtherVersion,
    TusRoute,
    http_date,
    read_length,
    read_metadata,
)
from api.uploads import answer_of
from coding.resumable import (
    OffsetDiffers,
    RecordingsOnly,
    TooManyUploads,
    UploadClosed,
    UploadUnfinished,
    begin_upload,
    open_uploads,
    own_upload,
    throw_upload_away,
)
from coding.speech.errors import EmptyRecording
from coding.transcript.encoding import without_control_characters
from coding.waiting import check_room
from models.chunks import delete_chunks
from models.errors import TooLarge
from models.permissions import Actor, Permission
from models.resumable_upload import ResumableUpload, UploadState
from models.settings import Settings

router = APIRouter(
    prefix="/api/v1/uploads", tags=["uploads in pieces"], dependencies=[needs(Permission.ADD_SESSION)],
    route_class=TusRoute,
)  # fmt: skip
SCOPE = Permission.ADD_SESSION
OFFSETS = ["Tus-Resumable", "Upload-Offset", "Upload-Expires"]


class Finishing(BaseModel):
    """`details` replaces what was said at the beginning."""

    details: dict[str, Text] = Field(default_factory=dict, max_length=MOST_FIELDS)


def _ends_at(upload: ResumableUpload, settings: Settings) -> datetime | None:
    """None once it has become a session."""
    return upload.ends_at(settings.unsent_recording_days) if upload.state is UploadState.OPEN else None


def _expires(upload: ResumableUpload, settings: Settings) -> dict[str, str]:
    ends_at = _ends_at(upload, settings)
    return {"upload-expires": http_date(ends_at)} if ends_at else {}


def _shown(upload: ResumableUpload, settings: Settings) -> dict[str, Any]:
    ends_at = _ends_at(upload, settings)
    return {
        "id": str(upload.id), "url": f"{router.prefix}/{upload.id}", "state": upload.state.value,
        "offset": upload.offset_bytes, "size_bytes": upload.size_bytes, "begun_at": upload.begun_at.isoformat(),
        "expires_at": ends_at.isoformat() if ends_at else None,
        "session_id": str(upload.session_id) if upload.session_id else None,
    }  # fmt: skip


@router.options(
    "",
    **told(
        "read_upload_limits", None, status=204, scope=SCOPE, words="What is taken, in headers",
        headers=["Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"],
    ),
)  # fmt: skip
def limits(house: TheHouse) -> Response:
    """Which version of tus, which extensions and checksums, and how many bytes an upload may have."""
    headers = {
        "tus-version": VERSION, "tus-extension": EXTENSIONS, "tus-checksum-algorithm": ",".join(CHECKSUMS),
        "tus-max-size": str(house.settings.upload_limit_mb * 1_000_000),
    }  # fmt: skip
    return Response(status_code=204, headers=headers)


@router.post(
    "",
    **told(
        "begin_upload", UploadShown, OtherVersion, HeaderWrong, *MADE, RecordingsOnly, TooManyUploads, EmptyRecording,
        NoRoomForUpload, status=201, headers=["Location", "Idempotency-Replayed", *OFFSETS], scope=SCOPE, once=True,
    ),
)  # fmt: skip
def begin(
    request: Request, house: TheHouse, actor: SignedIn,
    upload_length: Annotated[str, Header(description="bytes of the file", examples=["209715200"])] = "",
    upload_metadata: Annotated[
        str, Header(description="`filename` and the fields of a session, each with its value in base64, by commas",
                    examples=["filename dGFsay53YXY=,agreement_confirmed eWVz"]),
    ] = "",
) -> JSONResponse:  # fmt: skip
    """The details of the session go into `Upload-Metadata`: the fields that `POST /api/v1/sessions` takes in its form,
    beside `filename`. What is wrong with them is told now, before a byte of the file comes. Send the file by `PATCH` to
    the address in `Location`, from `Upload-Offset: 0` on."""
    once = begin_once(request, house, actor)
    try:
        return _begin(request, house, actor, once)
    except BaseException:
        end_once(house, once)
        raise


def _begin(request: Request, house: House, actor: Actor, once: Once | None) -> JSONResponse:
    size, most = read_length(request.headers), house.settings.upload_limit_mb
    details = {
        name: without_control_characters(text)
        for name, text in read_metadata(request.headers.get("upload-metadata", "")).items()
    }
    name = only_name(details.pop("filename", "")) or "recording"
    if once is not None:
        once.is_known(size=size, details=details, file=name)
    house.limits.check_upload(actor.person_id)
    if size > most * 1_000_000:
        raise TooLarge(f"The file is larger than {most:,} MB, the most Evoke takes.")
    if size == 0:
        raise EmptyRecording
    check_disk(house, size)
    with house.database.write() as session:
        check_room(session, actor.organisation_id, most=house.settings.waiting_recordings)
        upload = begin_upload(session, details=details, file_name=name, size_bytes=size, by=actor)
        shown = _shown(upload, house.settings)
        if once is not None:
            once.keep(session, 201, shown)
    headers = {"location": shown["url"], "upload-offset": "0", **_expires(upload, house.settings)}
    return JSONResponse(shown, status_code=201, headers=headers)


@router.get("", **told("list_uploads", UploadsShown, OtherVersion, headers=["ETag", "Tus-Resumable"], scope=SCOPE))
def list_uploads(house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Your own that are neither finished nor thrown away, the newest first."""
    with house.database.read() as session:
        return {"uploads": [_shown(one, house.settings) for one in open_uploads(session, actor)]}


@router.head(
    "/{resumable_id}",
    **told(
        "ask_upload_offset", None, OtherVersion, headers=[*OFFSETS, "Upload-Length"], scope=SCOPE,
        words="How much has come, in headers",
    ),
)  # fmt: skip
def ask(resumable_id: UUID, house: TheHouse, actor: SignedIn) -> Response:
    """How many bytes have come: after a break, go on from there. Wait a second or two first: what was on its way is
    still being kept."""
    with house.database.read() as session:
        upload = own_upload(session, resumable_id, by=actor)
    headers = {
        "upload-offset": str(upload.offset_bytes), "upload-length": str(upload.size_bytes),
        "cache-control": "no-store", **_expires(upload, house.settings),
    }  # fmt: skip
    return Response(status_code=200, headers=headers)


@router.get(
    "/{resumable_id}",
    **told("read_upload", UploadShown, OtherVersion, headers=["ETag", "Tus-Resumable"], scope=SCOPE),
)
def read(resumable_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """The same as `HEAD`, as JSON, and the session once there is one."""
    with house.database.read() as session:
        return _shown(own_upload(session, resumable_id, by=actor), house.settings)


@router.patch(
    "/{resumable_id}",
    **told(
        "send_upload_piece", None, OtherVersion, HeaderWrong, NotAPiece, OffsetDiffers, UploadClosed, ChecksumDiffers,
        TooMuchSent, *FILES, (422, "upload_broken"), *WORDS, status=204, headers=OFFSETS, scope=SCOPE, body=PIECE_BODY,
        words="All of it is kept; the header says up to where",
    ),
)  # fmt: skip
async def send_piece(
    resumable_id: UUID, request: Request, house: TheHouse, actor: SignedIn,
    upload_offset: Annotated[str, Header(description="how much has come; another number is a 409 that says it")] = "",
    upload_checksum: Annotated[
        str,
        Header(
            description="`sha1` or `sha256`, then the piece's digest in base64",
            examples=["sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00="],
        ),
    ] = "",
) -> Response:  # fmt: skip
    """The bytes from `Upload-Offset` on, as few or as many as you like, also all of them. They are kept as they come: a
    broken connection loses none that arrived, a process of Evoke's that dies the last four million. A piece with
    `Upload-Checksum` is kept whole or, where it differs or breaks off, not at all."""
    upload = await take_piece(request, house, actor, resumable_id)
    headers = {"upload-offset": str(upload.offset_bytes), **_expires(upload, house.settings)}
    return Response(status_code=204, headers=headers)


@router.post(
    "/{resumable_id}/finish",
    **told(
        "finish_upload", SessionsAdded, OtherVersion, *MADE, *RECORDING, UploadUnfinished, UploadClosed, ChunksDamaged,
        *WORDS, status=201, headers=["Location", "Tus-Resumable"], scope=SCOPE,
    ),
)  # fmt: skip
def finish(
    resumable_id: UUID, house: TheHouse, actor: SignedIn, finishing: Finishing | None = None
) -> JSONResponse:  # fmt: skip
    """Once all has come: makes a session of it, and answers as `POST /api/v1/sessions` does. May be sent again, and
    answers the same session. After an error the upload is as it was: finish it with other `details`, or throw it away.
    """
    details = finishing.details if finishing else {}
    clear = {name: without_control_characters(text) for name, text in details.items()}
    practice = finish_upload(house, actor, resumable_id, details=clear)
    answer = answer_of([practice])
    return JSONResponse(answer, status_code=201, headers={"location": answer["url"]})


@router.delete(
    "/{resumable_id}",
    **told("delete_upload", None, OtherVersion, UploadClosed, status=204, headers=["Tus-Resumable"], scope=SCOPE),
)
def delete(resumable_id: UUID, house: TheHouse, actor: SignedIn) -> Response:
    """Throws it away for good."""
    with house.database.write() as session:
        upload = own_upload(session, resumable_id, by=actor, locked=True)
        throw_upload_away(session, upload=upload, by=actor)
    delete_chunks(house.storage, upload.organisation_id, upload.id)
    return Response(status_code=204)
