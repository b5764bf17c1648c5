"""A session that was coded elsewhere: its file, and the details that every session has."""

from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.access import SignedIn
from api.answers.sessions import CodedAdded
from api.document.bodies import CODED_BODY
from api.document.errors import CODED, TRANSCRIPT, UPLOAD
from api.document.tell import told
from api.house import House, TheHouse
from api.multipart import Received, Sink, UploadBroken, receive
from api.once import HashingSink, Once, once_of
from api.route import ApiRoute
from api.upload_sinks import RefusedSink, TranscriptSink, sha256_of
from api.uploads import NothingSent, kind_refused, link_to, wrong_so_far
from coding.details import SessionDetailsWrong, read_details
from coding.interchange.bring_in import add_coded_session
from coding.interchange.formats import read_coded
from coding.transcript.encoding import without_control_characters
from coding.transcript.limits import Limits
from models.errors import NotFound
from models.permissions import Actor, Permission
from models.practice import PracticeSession

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], route_class=ApiRoute)
_MOST_CODER = 200


@router.post(
    "/coded",
    **told("add_coded_session", CodedAdded, *UPLOAD, *TRANSCRIPT, *CODED, status=201, body=CODED_BODY, once=True),
)
async def add_coded(request: Request, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """For coaches: a multipart form with the fields of a session (see `POST /api/v1/sessions`), `practitioner`, `coder`
    (who coded it, in words) and then `file`: CSV, JSON or ELAN. Answers every session made."""
    async with once_of(request, house, actor) as once:
        return JSONResponse(_answer(await take_coded(request, house, actor, once=once)), status_code=201)


def _answer(added: list[PracticeSession]) -> dict[str, Any]:
    return {"sessions": [link_to(one) for one in added]}


def require_coach(actor: Actor) -> None:
    """Who reviews somebody's sessions may bring codes in. Raises NotFound."""
    teams, everywhere = actor.teams_with(Permission.REVIEW_SESSION)
    if not teams and not everywhere:
        raise NotFound("There is nothing at this address. Check it, or start from home.")


async def take_coded(
    request: Request, house: House, actor: Actor, *, sent: dict[str, str] | None = None, once: Once | None = None
) -> list[PracticeSession]:
    """Adds one session for each conversation of the file, or none. `sent` is filled with the form's fields as they
    come.

    Raises EvokeError with what to do; then nothing of the upload is kept. Raises AnsweredBefore.
    """
    require_coach(actor)
    house.limits.check_upload(actor.person_id)
    limit = house.settings.transcript_limit_mb * 1_000_000
    fields = {} if sent is None else sent

    def open_sink(_: str) -> Sink:
        if once is not None and once.answered is not None:
            return HashingSink()
        wrong = wrong_so_far(fields, actor, all_given=False) or kind_refused(house, fields, actor)
        return RefusedSink(SessionDetailsWrong(wrong)) if wrong else TranscriptSink(limit, bytearray())

    content_type = request.headers.get("content-type", "")
    try:
        received = await receive(content_type, request.stream(), open_sink=open_sink, file_limit=limit, fields=fields)
    except ClientDisconnect as error:
        raise UploadBroken("The connection was lost during the upload. Try again.") from error
    return await run_in_threadpool(_add, house, actor, received, once)


def _add(house: House, actor: Actor, received: Received, once: Once | None) -> list[PracticeSession]:
    if once is not None:
        once.is_known(fields=received.fields, file=received.file_name, sha256=sha256_of(received.sink))
    fields = {name: without_control_characters(text) for name, text in received.fields.items()}
    details = read_details(fields, by=actor)
    coder = " ".join(fields.get("coder", "").split())
    if not coder or len(coder) > _MOST_CODER:
        raise SessionDetailsWrong({"coder": f"Say who coded it, in {_MOST_CODER} characters or fewer."})
    if isinstance(received.sink, RefusedSink):
        raise received.sink.error
    if not isinstance(received.sink, TranscriptSink):
        raise NothingSent("Choose the file with the codes.")
    limits = Limits(file_bytes=house.settings.transcript_limit_mb * 1_000_000)
    found = read_coded(received.file_name, bytes(received.sink.data), limits=limits)
    form = PurePath(received.file_name).suffix.lstrip(".").lower()
    with house.database.write() as session:
        added = [
            add_coded_session(
                session, details=details, coded=one, form=form if form in ("csv", "json", "eaf") else "file",
                coder=coder, by=actor,
            )
            for one in found
        ]  # fmt: skip
        if once is not None:
            once.keep(session, 201, _answer(added))
        return added
