"""Laying codes of CACTI, which have times and no words, onto a session that is here already."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.house import House, TheHouse
from api.multipart import UploadBroken, receive
from api.upload_sinks import TranscriptSink
from api.uploads import NothingSent
from coding.interchange.casaa_read import read_cacti
from coding.interchange.marks import Laid, lay_marks
from models.errors import EvokeError, NotFound
from models.permissions import Permission
from models.practice import PracticeSession
from models.session_permissions import require_session
from web.pages.visitor import Member, SignedInMember

MOST_BYTES = 20_000_000
router = APIRouter(include_in_schema=False)


def _page(
    house: House, member: Member, session_id: UUID, *, error: EvokeError | None = None, laid: Laid | None = None
) -> Response:  # fmt: skip
    with house.database.read() as session:
        require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
    return member.page(
        "cacti.html", status=error.status if error else 200, errors={"file": error.message} if error else {},
        session_id=session_id, laid=laid,
    )  # fmt: skip


@router.get("/sessions/{session_id}/cacti")
def cacti_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, session_id)


@router.post("/sessions/{session_id}/cacti")
async def lay(session_id: UUID, request: Request, house: TheHouse, member: SignedInMember) -> Response:
    try:
        laid = await _take(session_id, request, house, member)
    except NotFound:
        raise
    except EvokeError as error:
        return await run_in_threadpool(_page, house, member, session_id, error=error)
    return await run_in_threadpool(_page, house, member, session_id, laid=laid)


async def _take(session_id: UUID, request: Request, house: House, member: Member) -> Laid:
    """Raises EvokeError with what to do; then the session is as it was."""
    await run_in_threadpool(_require, session_id, house, member)
    house.limits.check_upload(member.actor.person_id)
    try:
        received = await receive(
            request.headers.get("content-type", ""), request.stream(),
            open_sink=lambda _: TranscriptSink(MOST_BYTES, bytearray()), file_limit=MOST_BYTES,
        )  # fmt: skip
    except ClientDisconnect as error:
        raise UploadBroken("The connection was lost during the upload. Try again.") from error
    if not isinstance(received.sink, TranscriptSink):
        raise NothingSent("Choose the file from CACTI.")
    return await run_in_threadpool(_lay, session_id, house, member, received.file_name, bytes(received.sink.data))


def _require(session_id: UUID, house: House, member: Member) -> None:
    with house.database.read() as session:
        require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))


def _lay(session_id: UUID, house: House, member: Member, name: str, data: bytes) -> Laid:
    found = read_cacti(name, data)
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        return lay_marks(session, practice=practice, name=name, found=found, by=member.actor)
