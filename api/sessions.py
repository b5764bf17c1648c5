"""Sessions for programs: add one, list them, follow one, read it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.access import SignedIn, needs
from api.house import TheHouse
from api.uploads import take_upload
from coding.actions import retry_session, say_who_is_practitioner
from coding.details import read_picked
from coding.double.blind import require_not_blind
from coding.how_picked import say_how_picked
from coding.requests import contest_state
from coding.stop_action import stop_working
from models.permissions import Permission
from models.practice import PracticeSession
from models.seen import note_exported
from models.session_permissions import require_record, require_session
from training.build_session_view import build_session_view
from training.ledger_view import build_ledger_view
from training.session_lists import others_sessions, own_sessions

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])


def _link(practice: PracticeSession) -> dict[str, Any]:
    return {"id": str(practice.id), "stage": practice.stage.value, "url": f"/api/v1/sessions/{practice.id}"}


@router.post("", status_code=201, dependencies=[needs(Permission.ADD_SESSION)])
async def add_session(request: Request, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """A multipart form (fields `kind`, `picked`, `change_goal`, `title`, `held_on`, `agreement_confirmed`, `speakers`,
    `hotwords`, `names` with a line for each, and `file` or `transcript`), or JSON with the same fields and `turns`.
    Answers the session, and in `sessions` every one made. `picked` is `chosen` (also without it) or `drawn`: by lot, or
    by a rule set beforehand.

    Who took part: `person-1-who` (staff, actor, family_member), `person-1-label`, `person-1-supervision` and the other
    scopes (yes), `person-1-how` (form, recorded, said), `person-1-heard_at`; in JSON `participants`. For real practice
    those and `lawful_basis` are needed. `practitioner` is the id of whose practice it is; an API client gives it always
    (see `/api/v1/practitioners`). With `hold` (yes) a session without them is kept sealed, not worked on."""
    added = await take_upload(request, house, actor)
    first = _link(added[0])
    return JSONResponse(
        {**first, "sessions": [_link(practice) for practice in added]},
        status_code=201,
        headers={"location": first["url"]},
    )


@router.get("")
def list_sessions(house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Your own, then those of the people you coach; of each the newest. `cut` says that there are more."""
    with house.database.read() as session:
        own = own_sessions(session, actor, own_words=False)
        others = others_sessions(session, actor, own_words=False)
    rows = [asdict(row) for row in (*own.rows, *others.rows)]
    return {"sessions": rows, "cut": bool(own.cut_at or others.cut_at)}


@router.get("/{session_id}")
def read_session(session_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    with house.database.read() as session:
        practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        require_not_blind(session, practice, by=actor)
        shown = {
            **asdict(build_session_view(session, practice)),
            "consent": asdict(build_ledger_view(session, practice)),
            "contest": contest_state(session, practice),
        }
    note_exported(house.database, practice, by=actor, form="json")
    return shown


@router.get("/{session_id}/progress", dependencies=[needs(Permission.FOLLOW_SESSION)])
def read_progress(session_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    with house.database.read() as session:
        practice = require_record(actor, Permission.FOLLOW_SESSION, session.get(PracticeSession, session_id))
        return {
            "stage": practice.stage.value,
            "progress": practice.progress,
            "problem_code": practice.problem_code or "",
            "problem": practice.problem or "",
        }


@router.post("/{session_id}/retry", status_code=202)
def retry(session_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        retry_session(session, practice=practice, by=actor)
        return _link(practice)


@router.post("/{session_id}/stop", status_code=202)
def stop(session_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """What was heard of a recording is kept, and `retry` goes on from there."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        stop_working(session, practice=practice, by=actor)
        return _link(practice)


@router.post("/{session_id}/practitioner", status_code=202)
def set_practitioner(session_id: UUID, label: str, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        say_who_is_practitioner(session, practice=practice, label=label, by=actor)
        return _link(practice)


@router.post("/{session_id}/picked")
def set_picked(session_id: UUID, picked: str, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """`picked` is `chosen` or `drawn`, where it was said wrongly when the session was added."""
    with house.database.write() as session:
        practice = require_session(actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        say_how_picked(session, practice=practice, picked=read_picked(picked), by=actor)
        return {**_link(practice), "picked": practice.picked.value}
