"""Sessions for programs: add one, list them, follow one, read it."""

import contextlib
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.access import SignedIn, look_again, needs
from api.answers.sessions import Progress, SessionLink, SessionList, SessionPicked, SessionRead, SessionsAdded
from api.document.bodies import SESSION_BODY
from api.document.errors import BLIND, TRANSCRIPT, UPLOAD, WORDS
from api.document.tell import told
from api.house import House, TheHouse
from api.once import Kept, once_of
from api.pages import MOST, Cursor, CursorWrong, Limit, cursor_of, link_to, next_address, read_cursor
from api.progress_stream import ASK_EVERY, ProgressAnswer, Seen, StreamsFull, seen_of
from api.route import ApiRoute, JsonAnswer, require_as_seen
from api.uploads import answer_of, take_upload
from api.uploads import link_to as _link
from coding.actions import NothingToRetry, retry_session, say_who_is_practitioner
from coding.details import SessionDetailsWrong, read_picked
from coding.double.blind import require_not_blind
from coding.how_picked import say_how_picked
from coding.ledger import AgreementMissing
from coding.requests import contest_state
from coding.stop_action import NothingToStop, stop_working
from models.errors import NotFound
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from models.seen import note_exported
from models.session_permissions import require_record, require_session
from training.build_session_view import build_session_view
from training.ledger_view import build_ledger_view
from training.session_lists import others_sessions, own_sessions, page_of_sessions
from training.session_view import SessionRow

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], route_class=ApiRoute)
_ID = "0199aaaa-0000-7000-8000-000000000001"
Picking = Annotated[str, Query(json_schema_extra={"enum": ["chosen", "drawn"]})]
LINK = {"id": _ID, "stage": "queued", "url": f"/api/v1/sessions/{_ID}"}


@router.post(
    "", dependencies=[needs(Permission.ADD_SESSION)],
    **told(
        "add_session", SessionsAdded, *UPLOAD, *TRANSCRIPT, status=201, words="The session, and every one made",
        headers=["Location"], scope=Permission.ADD_SESSION, body=SESSION_BODY, once=True,
        example={**LINK, "sessions": [LINK]},
    ),
)  # fmt: skip
async def add_session(request: Request, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """A multipart form (fields `kind`, `picked`, `change_goal`, `title`, `held_on`, `agreement_confirmed`, `speakers`,
    `hotwords`, `names` with a line for each, and `file` or `transcript`), or JSON with the same fields and `turns`.
    Answers the session, and in `sessions` every one made. `picked` is `chosen` (also without it) or `drawn`: by lot, or
    by a rule set beforehand.

    Who took part: `person-1-who` (staff, actor, family_member), `person-1-label`, `person-1-supervision` and the other
    scopes (yes), `person-1-how` (form, recorded, said), `person-1-heard_at`; in JSON `participants`. For real practice
    those and `lawful_basis` are needed. `practitioner` is the id of whose practice it is; an API client gives it always
    (see `/api/v1/practitioners`). With `hold` (yes) a session without them is kept sealed, not worked on."""
    async with once_of(request, house, actor) as once:
        answer = answer_of(await take_upload(request, house, actor, once=once))
    return JSONResponse(answer, status_code=201, headers={"location": answer["url"]})


@router.get("", **told("list_sessions", SessionList, CursorWrong, headers=["ETag", "Link"]))
def list_sessions(house: TheHouse, actor: SignedIn, limit: Limit = None, cursor: Cursor = None) -> JSONResponse:
    """With `limit` all that you may see by pages, the newest first: `next` is the address of the next page, also in the
    header `Link`. Without it your own, then those of the people you coach, at most 200 of each; `cut` says that there
    are more."""
    if limit is None and cursor is None:
        with house.database.read() as session:
            own = own_sessions(session, actor, own_words=False)
            others = others_sessions(session, actor, own_words=False)
        rows = [asdict(row) for row in (*own.rows, *others.rows)]
        return JsonAnswer({"sessions": rows, "cut": bool(own.cut_at or others.cut_at), "next": None})
    limit = limit or MOST
    after = _place(cursor) if cursor is not None else None
    with house.database.read() as session:
        page, more = page_of_sessions(session, actor, limit=limit, after=after)
    further = next_address(router.prefix, limit, _cursor(page[-1]) if more else None)
    answer = {"sessions": [asdict(row) for row in page], "cut": more, "next": further}
    return JsonAnswer(answer, headers=link_to(further))


def _cursor(row: SessionRow) -> str:
    return cursor_of("sessions", row.held_on, row.id)


def _place(cursor: str) -> tuple[date, UUID]:
    held_on, id_ = read_cursor("sessions", cursor, parts=2)
    try:
        return date.fromisoformat(held_on), UUID(id_)
    except ValueError:
        raise CursorWrong from None


@router.get("/{session_id}", **told("read_session", SessionRead, *BLIND, *WORDS, headers=["ETag"]))
def read_session(session_id: UUID, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """All of it: the lines with their codes, counts, scores with their intervals, and who agreed to what."""
    with house.database.read() as session:
        practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        shown = _read(session, practice, actor)
    note_exported(house.database, practice, by=actor, form="json")
    return shown


def _read(session: Session, practice: PracticeSession, actor: Actor) -> JsonAnswer:
    require_not_blind(session, practice, by=actor)
    return JsonAnswer(
        {
            **asdict(build_session_view(session, practice)),
            "consent": asdict(build_ledger_view(session, practice)),
            "contest": contest_state(session, practice),
        }
    )


def _require_as_seen(request: Request, session: Session, practice: PracticeSession, actor: Actor) -> None:
    if "if-match" in request.headers:
        require_as_seen(request, _read(session, practice, actor))


@router.get(
    "/{session_id}/progress", dependencies=[needs(Permission.FOLLOW_SESSION)],
    **told(
        "read_progress", Progress, StreamsFull, headers=["ETag", "Retry-After"], scope=Permission.FOLLOW_SESSION,
        example={"stage": "coding", "progress": 60, "problem_code": "", "problem": ""}, stream="text/event-stream",
        also={204: "A listener that heard the last event already: do not come back"},
    ),
)  # fmt: skip
async def read_progress(
    session_id: UUID, request: Request, house: TheHouse, actor: SignedIn,
    last_event_id: Annotated[str, Header(description="the id of the last event heard, when listening again")] = "",
) -> Response:  # fmt: skip
    """How far it is. With `Accept: text/event-stream` it is told as it changes (server-sent events): events `progress`,
    the last one `ready` or `stopped`, each with the same JSON; then the answer ends. Without it, ask again after
    `Retry-After` seconds, with `If-None-Match`."""
    seen = await run_in_threadpool(_seen, house, actor, session_id)
    if ProgressAnswer.media_type not in request.headers.get("accept", ""):
        again = {} if seen.ended else {"retry-after": str(ASK_EVERY)}
        return JSONResponse(seen.shown(), headers={"vary": "accept", **again})
    if seen.ended and last_event_id == seen.event_id:
        return Response(status_code=204)

    def may_still() -> bool:
        again = look_again(request, house)
        with contextlib.suppress(NotFound):
            return again is not None and bool(_seen(house, again, session_id))
        return False

    stream = house.watching.open(actor.person_id, session_id, seen)
    return ProgressAnswer(stream, may_still=may_still, heard=last_event_id)


def _seen(house: House, actor: Actor, session_id: UUID) -> Seen:
    with house.database.read() as session:
        return seen_of(require_record(actor, Permission.FOLLOW_SESSION, session.get(PracticeSession, session_id)))


def progress_of(practice: PracticeSession) -> dict[str, Any]:
    return seen_of(practice).shown()


@router.post(
    "/{session_id}/retry",
    **told("retry_session", SessionLink, NothingToRetry, AgreementMissing, *WORDS, status=202, once=True),
)
def retry(session_id: UUID, house: TheHouse, actor: SignedIn, kept: Kept) -> dict[str, Any]:
    """Takes one that stopped up again where it stopped."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        retry_session(session, practice=practice, by=actor)
        return kept.keep(session, _link(practice))


@router.post("/{session_id}/stop", **told("stop_session", SessionLink, NothingToStop, status=202, once=True))
def stop(session_id: UUID, house: TheHouse, actor: SignedIn, kept: Kept) -> dict[str, Any]:
    """What was heard of a recording is kept, and `retry` goes on from there."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        stop_working(session, practice=practice, by=actor)
        return kept.keep(session, _link(practice))


@router.post(
    "/{session_id}/practitioner",
    **told(
        "set_practitioner", SessionLink, SessionDetailsWrong, AgreementMissing, *BLIND, *WORDS,
        status=202, once=True, seen=True,
    ),
)  # fmt: skip
def set_practitioner(
    session_id: UUID, label: str, request: Request, house: TheHouse, actor: SignedIn, kept: Kept
) -> dict[str, Any]:  # fmt: skip
    """Says which voice or name is the practitioner's; it is coded again. With `If-Match` only where the session is
    still as you read it."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        _require_as_seen(request, session, practice, actor)
        say_who_is_practitioner(session, practice=practice, label=label, by=actor)
        return kept.keep(session, _link(practice))


@router.post(
    "/{session_id}/picked",
    **told("set_picked", SessionPicked, SessionDetailsWrong, *BLIND, *WORDS, once=True, seen=True),
)
def set_picked(
    session_id: UUID, picked: Picking, request: Request, house: TheHouse, actor: SignedIn, kept: Kept
) -> dict[str, Any]:  # fmt: skip
    """`picked` is `chosen` or `drawn`, where it was said wrongly when the session was added. With `If-Match` only where
    the session is still as you read it."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        _require_as_seen(request, session, practice, actor)
        say_how_picked(session, practice=practice, picked=read_picked(picked), by=actor)
        return kept.keep(session, {**_link(practice), "picked": practice.picked.value})
