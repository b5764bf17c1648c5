"""Parts of a session for programs that do not want it whole: its codes, its scores, who reviewed it, its files."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlmodel import Session, col, select

from api.access import SignedIn
from api.answers.sessions import Codes, Exports, Reviews, Scores
from api.document.errors import BLIND, WORDS
from api.document.tell import told
from api.house import TheHouse
from api.pages import MOST, Cursor, CursorWrong, Limit, cursor_of, link_to, next_address, read_cursor
from api.route import ApiRoute, JsonAnswer
from coding.double.blind import require_not_blind
from coding.interchange.formats import FORMATS
from coding.interchange.kept import layers_of
from coding.requests import contest_state
from coding.retention import steps_of
from coding.review.sign_off import signed_off
from models.audit_hash import plain
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.retention import Part
from models.review import Review, ReviewState
from models.seen import note_exported, note_seen
from models.session_permissions import require_session
from training.build_session_view import build_session_view
from training.coded_lines import CodedLine, coded_page
from training.session_view import SessionView

router = APIRouter(prefix="/api/v1/sessions/{session_id}", tags=["sessions"], route_class=ApiRoute)


@router.get("/codes", **told("read_codes", Codes, CursorWrong, *BLIND, *WORDS, headers=["ETag", "Link"]))
def read_codes(
    session_id: UUID, house: TheHouse, actor: SignedIn, limit: Limit = None, cursor: Cursor = None
) -> JSONResponse:  # fmt: skip
    """Every line with its code; all of them, or with `limit` by pages. They are a person's codes once a coach has
    signed the session off, and the machine's before."""
    first = _line(cursor) if cursor is not None else 1
    size = limit or (MOST if cursor is not None else None)
    with house.database.read() as session:
        practice = _to_read(session, session_id, actor)
        page = coded_page(session, practice, first=first, most=size)
    note_exported(house.database, practice, by=actor, form="json")
    more = size is not None and page.total > first - 1 + size
    address = f"/api/v1/sessions/{session_id}/codes"
    further = next_address(address, size or MOST, cursor_of("codes", first + (size or 0)) if more else None)
    answer = {
        "session_id": practice.id, "coded_by": page.coded_by, "model_version": page.model_version,
        "total": page.total, "lines": [_of_line(one) for one in page.lines], "next": further,
    }  # fmt: skip
    return JsonAnswer(answer, headers=link_to(further))


def _of_line(one: CodedLine) -> dict[str, Any]:
    return {
        "line": one.number, "id": one.id, "turn": one.turn, "role": one.role, "speaker_label": one.speaker_label,
        "started": one.started, "ended": one.ended, "text": one.text, "code": one.code.code,
        "subtype": one.code.subtype or "", "confidence": one.code.confidence, "unsure": one.code.unsure,
        "volley": one.code.volley, "machine_code": one.machine_code,
    }  # fmt: skip


def _line(cursor: str) -> int:
    (line,) = read_cursor("codes", cursor, parts=1)
    if not line.isdecimal() or len(line) > 7 or not int(line):
        raise CursorWrong
    return int(line)


@router.get("/scores", **told("read_scores", Scores, *BLIND, *WORDS, headers=["ETag"]))
def read_scores(session_id: UUID, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """The summary scores and counts with their intervals, without a word of what was said. Before it is coded they are
    empty."""
    with house.database.read() as session:
        practice = _to_read(session, session_id, actor)
        view = build_session_view(session, practice)
        contest = contest_state(session, practice)
    note_seen(house.database, practice, by=actor)
    return JsonAnswer(
        {
            **_coded(view), "stage": view.stage, "signed_by": view.checked.by if view.checked else None,
            "contest": contest, "scores": _all(view.scores), "extras": _all(view.extras),
            "counts": _all(view.counts), "globals": _all(view.globals), "cannot_judge": list(view.cannot_judge),
        }
    )  # fmt: skip


@router.get("/reviews", **told("list_reviews", Reviews, *BLIND, headers=["ETag"]))
def list_reviews(session_id: UUID, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """The one that the session shows, where it is signed off, and your own. What others do is theirs alone."""
    with house.database.read() as session:
        practice = _to_read(session, session_id, actor)
        shown = signed_off(session, practice.id)
        found = session.exec(
            select(Review, Person.name).join(Person, col(Person.id) == col(Review.reviewer_id))
            .where(col(Review.session_id) == practice.id).order_by(col(Review.created_at), col(Review.id))
        ).all()  # fmt: skip
    rows = [
        _review(one, name, mine=one.reviewer_id == actor.person_id, shown=shown is not None and one.id == shown.id)
        for one, name in found
        if one.reviewer_id == actor.person_id or (shown is not None and one.id == shown.id)
    ]
    return JsonAnswer({"session_id": practice.id, "reviews": rows})


def _review(one: Review, name: str, *, mine: bool, shown: bool) -> dict[str, Any]:
    readable = mine and one.state is not ReviewState.PUT_AWAY
    return {
        "id": one.id, "state": one.state.value, "by": name, "mine": mine, "shown": shown,
        "begun_at": plain(one.created_at), "closed_at": plain(one.closed_at) if one.closed_at else None,
        "url": f"/api/v1/reviews/{one.id}" if readable else None,
    }  # fmt: skip


@router.get("/exports", **told("list_exports", Exports, *BLIND, headers=["ETag"]))
def list_exports(session_id: UUID, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """The files that can be taken away of it now: each format of the machine's codes, and of a person's where a coach
    has signed it off."""
    with house.database.read() as session:
        practice = _to_read(session, session_id, actor)
        layers = () if Part.WORDS in steps_of(session, practice.id) else layers_of(session, practice)
    address = f"/api/v1/sessions/{session_id}/export"
    rows = [
        {
            "format": name, "layer": layer.value, "what": form.shown,
            "url": f"{address}?format={name}&layer={layer.value}",
        }
        for layer in layers
        for name, form in FORMATS.items()
    ]  # fmt: skip
    return JsonAnswer({"session_id": practice.id, "exports": rows})


def _to_read(session: Session, session_id: UUID, actor: Actor) -> PracticeSession:
    practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
    require_not_blind(session, practice, by=actor)
    return practice


def _coded(view: SessionView) -> dict[str, Any]:
    return {"session_id": view.id, "coded_by": view.coded_by, "model_version": view.model_version}


def _all(rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [asdict(one) for one in rows]
