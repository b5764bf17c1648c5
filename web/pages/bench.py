"""The bench: where a coach reviews the machine's coding of a session. Its lines come over the API."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from coding.listening import can_be_heard
from coding.review.actions import begin_review, put_away
from coding.review.kept import open_review_of
from models.permissions import Permission
from models.practice import PracticeSession
from models.seen import note_seen
from models.session_permissions import require_session
from training.bench_view import build_bench_view
from web.pages.visitor import SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.get("/sessions/{session_id}/bench")
def bench_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    """Of an open review of one's own; else the session's page, where one is begun."""
    with house.database.read() as session:
        practice = require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        review = open_review_of(session, practice.id, member.actor.person_id)
        if review is None:
            return see_other(f"/sessions/{session_id}")
        view = build_bench_view(session, practice, review, reader=member.actor)
        hears = can_be_heard(session, practice)
    note_seen(house.database, practice, by=member.actor)
    return member.page("bench.html", bench=view, hears=hears)


@router.post("/sessions/{session_id}/bench")
def begin(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        begin_review(session, practice=practice, by=member.actor)
    return see_other(f"/sessions/{session_id}/bench")


@router.post("/sessions/{session_id}/bench/put-away")
def end_without_result(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        if (review := open_review_of(session, practice.id, member.actor.person_id)) is not None:
            put_away(session, review=review, by=member.actor)
    return see_other(f"/sessions/{session_id}")
