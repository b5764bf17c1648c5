"""Placing a legal hold on a session and lifting it, for those who may, whether or not they may read it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.hold import HoldWrong, holds_of, lift_hold, place_hold, require_holdable
from coding.transcript.encoding import without_control_characters
from models.permissions import Permission
from models.practice import PracticeSession
from models.session_permissions import require_record
from training.withdrawal_view import build_record_view
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


def _page(
    house: House, member: Member, session_id: UUID, *, error: HoldWrong | None = None, reason: str = ""
) -> Response:
    with house.database.read() as session:
        practice = require_holdable(session, session.get(PracticeSession, session_id), by=member.actor)
        record, holds = build_record_view(session, practice), holds_of(session, practice)
    return member.page(
        "hold.html", status=error.status if error else 200, record=record, holds=holds, reason=reason,
        errors=error.fields if error else {}, withdrawn=practice.withdrawn_at is not None,
    )  # fmt: skip


@router.get("/sessions/{session_id}/hold")
def hold_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, session_id)


@router.post("/sessions/{session_id}/hold")
def place(session_id: UUID, house: TheHouse, member: SignedInMember, reason: Annotated[str, Form()] = "") -> Response:
    reason = without_control_characters(reason)
    try:
        with house.database.write() as session:
            found = session.get(PracticeSession, session_id)
            practice = require_record(member.actor, Permission.HOLD_SESSION, found)
            place_hold(session, practice=practice, reason=reason, by=member.actor)
    except HoldWrong as error:
        return _page(house, member, session_id, error=error, reason=reason)
    return see_other(f"/sessions/{session_id}/hold")


@router.post("/sessions/{session_id}/hold/lift")
def lift(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = require_holdable(session, session.get(PracticeSession, session_id), by=member.actor)
        lift_hold(session, practice=practice, by=member.actor)
    return see_other("/retention#holds")
