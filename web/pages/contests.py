"""Contesting one code of a signed-off session, and the second coach's decision."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.feedback.contests import (
    CannotContest,
    ContestDecided,
    contest_code,
    decide_contest,
    line_to_contest,
    require_decider,
    take_back_contest,
)
from coding.feedback.lines import SignedLine, signed_lines
from coding.feedback.see import session_seen_by
from coding.feedback.text import FeedbackWrong
from coding.retention import require_words_are_there
from coding.review.sign_off import CannotSignOff
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError
from models.permissions import Permission
from models.review import Review
from models.seen import note_seen
from models.session_permissions import require_session
from training.contest_view import build_contests, code_choices, code_shown, read_choice
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)
AROUND = 3
"""Lines that are shown before and after the one it is about."""
LineId = Annotated[int, Query(ge=0, le=2**53)]


@router.get("/sessions/{session_id}/contests/new")
def contest_page(session_id: UUID, line: LineId, house: TheHouse, member: SignedInMember) -> Response:
    return _contest_page(house, member, session_id, line)


@router.post("/sessions/{session_id}/contests")
def contest(
    session_id: UUID, line: Annotated[int, Form(ge=0, le=2**53)], house: TheHouse, member: SignedInMember,
    code: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    value, kind = read_choice(code)
    try:
        with house.database.write() as session:
            contest_code(
                session, practice=session_seen_by(session, session_id, member.actor), utterance_id=line, code=value,
                subtype=kind, reason=reason, by=member.actor,
            )  # fmt: skip
    except FeedbackWrong as error:
        return _contest_page(house, member, session_id, line, error=error, code=code, reason=reason)
    return see_other(f"/sessions/{session_id}/feedback#contests")


@router.post("/sessions/{session_id}/contests/{contest_id}/take-back")
def take_back(session_id: UUID, contest_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = session_seen_by(session, session_id, member.actor)
        take_back_contest(session, practice=practice, contest_id=contest_id, by=member.actor)
    return see_other(f"/sessions/{session_id}/feedback#contests")


@router.get("/sessions/{session_id}/contests/{contest_id}")
def decision_page(session_id: UUID, contest_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _decision_page(house, member, session_id, contest_id)


@router.post("/sessions/{session_id}/contests/{contest_id}")
def decide(
    session_id: UUID, contest_id: UUID, house: TheHouse, member: SignedInMember,
    choice: Annotated[str, Form()] = "", code: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    value, kind = read_choice(code)
    try:
        with house.database.write() as session:
            practice = session_seen_by(session, session_id, member.actor)
            if choice not in ("keep", "change"):
                require_decider(session, practice=practice, contest_id=contest_id, by=member.actor)
                raise FeedbackWrong({"choice": "Choose whether the code is kept or changed."})
            decide_contest(
                session, practice=practice, contest_id=contest_id, change=choice == "change", code=value,
                subtype=kind, reason=reason, by=member.actor,
            )  # fmt: skip
    except (FeedbackWrong, ContestDecided, CannotContest, CannotSignOff) as error:
        return _decision_page(
            house, member, session_id, contest_id, error=error, choice=choice, code=code, reason=reason
        )  # fmt: skip
    return see_other(f"/sessions/{session_id}/feedback#contests")


def _contest_page(
    house: House, member: Member, session_id: UUID, line_id: int, *, error: EvokeError | None = None, code: str = "",
    reason: str = "",
) -> Response:  # fmt: skip
    with house.database.read() as session:
        practice = session_seen_by(session, session_id, member.actor)
        require_session(member.actor, Permission.CONTEST_CODE, practice)
        require_words_are_there(session, practice)
        review, line = line_to_contest(session, practice, line_id)
        around = _around(session, review, line)
    note_seen(house.database, practice, by=member.actor)
    return member.page(
        "contest.html", status=error.status if error else 200, session_id=session_id, line=line, around=around,
        was=code_shown(line.code, line.subtype), choices=code_choices(line.role), code=code,
        reason=without_control_characters(reason), errors=_errors(error),
    )  # fmt: skip


def _decision_page(
    house: House, member: Member, session_id: UUID, contest_id: UUID, *, error: EvokeError | None = None,
    choice: str = "", code: str = "", reason: str = "",
) -> Response:  # fmt: skip
    with house.database.read() as session:
        practice = session_seen_by(session, session_id, member.actor)
        row = require_decider(session, practice=practice, contest_id=contest_id, by=member.actor)
        require_words_are_there(session, practice)
        found = next(one for one in build_contests(session, practice, reader=member.actor) if one.id == contest_id)
        assert found.line is not None, "what was said is there"
        around = _around(session, session.get_one(Review, row.review_id), found.line)
    note_seen(house.database, practice, by=member.actor)
    return member.page(
        "decide_contest.html", status=error.status if error else 200, session_id=session_id, contest=found,
        around=around, choices=code_choices(found.line.role), choice=choice, code=code or found.wanted_value,
        reason=without_control_characters(reason), errors=_errors(error),
    )  # fmt: skip


def _around(session: Session, review: Review, line: SignedLine) -> list[SignedLine]:
    at = line.number - 1
    return signed_lines(session, review)[max(0, at - AROUND) : at + AROUND + 1]


def _errors(error: EvokeError | None) -> dict[str, str]:
    return (error.fields or {"page": error.message}) if error else {}
