"""What the practitioner asks about a session, and a coach's answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import TheHouse
from coding.requests import answer, ask
from coding.transcript.encoding import without_control_characters
from models.permissions import Permission, require_session
from models.practice import PracticeSession
from models.session_request import RequestKind
from web.pages.visitor import SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.post("/sessions/{session_id}/requests")
def ask_about_session(
    session_id: UUID, house: TheHouse, member: SignedInMember, kind: Annotated[RequestKind, Form()],
    words: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        words = without_control_characters(words)
        ask(session, practice=practice, kind=kind, words=words, by=member.actor)
    return see_other(f"/sessions/{session_id}#requests")


@router.post("/requests/{request_id}")
def answer_request(
    request_id: UUID, house: TheHouse, member: SignedInMember, words: Annotated[str, Form()] = ""
) -> Response:
    with house.database.write() as session:
        words = without_control_characters(words)
        practice = answer(session, request_id=request_id, words=words, by=member.actor)
    return see_other(f"/sessions/{practice.id}#requests")
