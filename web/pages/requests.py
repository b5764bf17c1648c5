"""What the practitioner asks about a session, and a coach's answer. What is not taken stands in its form again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.requests import AlreadyAsked, RequestWrong, answer, ask, request_to_answer
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError
from models.permissions import Permission
from models.practice import PracticeSession
from models.seen import note_seen
from models.session_permissions import require_session
from models.session_request import RequestKind
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.post("/sessions/{session_id}/requests")
def ask_about_session(
    session_id: UUID, house: TheHouse, member: SignedInMember, kind: Annotated[RequestKind, Form()],
    words: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    words = without_control_characters(words)
    try:
        with house.database.write() as session:
            practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
            ask(session, practice=practice, kind=kind, words=words, by=member.actor)
    except (RequestWrong, AlreadyAsked) as error:
        return member.page(
            "request.html", status=error.status, errors=_errors(error), kind=kind, words=words, session_id=session_id,
            asked=None,
        )  # fmt: skip
    return see_other(f"/sessions/{session_id}#requests")


@router.post("/requests/{request_id}")
def answer_request(
    request_id: UUID, house: TheHouse, member: SignedInMember, words: Annotated[str, Form()] = ""
) -> Response:
    words = without_control_characters(words)
    try:
        with house.database.write() as session:
            practice = answer(session, request_id=request_id, words=words, by=member.actor)
    except (RequestWrong, AlreadyAsked) as error:
        return _answer_again(house, member, request_id, words, error)
    return see_other(f"/sessions/{practice.id}#requests")


def _answer_again(house: House, member: Member, request_id: UUID, words: str, error: EvokeError) -> Response:
    with house.database.read() as session:
        practice, asked = request_to_answer(session, request_id, by=member.actor)
    note_seen(house.database, practice, by=member.actor)
    return member.page(
        "request.html", status=error.status, errors=_errors(error), kind=asked.kind, words=words,
        session_id=practice.id, asked=asked,
    )  # fmt: skip


def _errors(error: EvokeError) -> dict[str, str]:
    return error.fields or {"page": error.message}
