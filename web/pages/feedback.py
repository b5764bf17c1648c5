"""Feedback on a session: the coach's draft, what was sent, and the thread. What is not taken stands there again."""

import re
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.feedback.lines import NO_LINE, SignedLine, keys_of, signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.see import session_seen_by
from coding.feedback.text import AlreadyRead, FeedbackWrong
from coding.feedback.thread import NoFeedbackYet, note_read, take_back_message, write_message
from coding.feedback.write import FeedbackSent, require_writers_review, save_feedback, take_back_feedback
from coding.transcript.encoding import without_control_characters
from models.columns import new_id
from models.errors import EvokeError, NotFound
from models.seen import note_seen
from training.feedback_view import build_feedback_page, draft_view
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)
FIELDS = ("well_1", "well_2", "to_try")


async def _form(request: Request) -> dict[str, str]:
    sent = await request.form()
    return {name: without_control_characters(value) for name, value in sent.items() if isinstance(value, str)}


Sent = Annotated[dict[str, str], Depends(_form)]


@router.get("/sessions/{session_id}/feedback")
def feedback_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, session_id)


@router.post("/sessions/{session_id}/feedback")
def save(session_id: UUID, sent: Sent, house: TheHouse, member: SignedInMember) -> Response:
    """Sends it, or keeps it as a draft and shows it with its quotations."""
    send = bool(sent.get("send"))
    try:
        with house.database.write() as session:
            practice = session_seen_by(session, session_id, member.actor)
            lines = signed_lines(session, require_writers_review(session, practice, member.actor))
            save_feedback(session, practice=practice, words=_words(sent, lines), send=send, by=member.actor)
    except (FeedbackWrong, FeedbackSent) as error:
        return _page(house, member, session_id, error=error, written=sent)
    return see_other(f"/sessions/{session_id}/feedback{'' if send else '?kept=yes'}")


@router.post("/sessions/{session_id}/feedback/take-back")
def take_back(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    try:
        with house.database.write() as session:
            practice = session_seen_by(session, session_id, member.actor)
            take_back_feedback(session, practice=practice, by=member.actor)
    except AlreadyRead as error:
        return _page(house, member, session_id, error=error)
    return see_other(f"/sessions/{session_id}/feedback")


@router.post("/sessions/{session_id}/feedback/messages")
def say(session_id: UUID, sent: Sent, house: TheHouse, member: SignedInMember) -> Response:
    words = sent.get("words", "")
    try:
        with house.database.write() as session:
            practice = session_seen_by(session, session_id, member.actor)
            client_id = _id(sent.get("client_id", ""))
            write_message(session, practice=practice, words=words, client_id=client_id, by=member.actor)
    except (FeedbackWrong, NoFeedbackYet) as error:
        return _page(house, member, session_id, error=error, words=words)
    return see_other(f"/sessions/{session_id}/feedback#messages")


@router.post("/sessions/{session_id}/feedback/messages/{message_id}/take-back")
def unsay(session_id: UUID, message_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    try:
        with house.database.write() as session:
            practice = session_seen_by(session, session_id, member.actor)
            take_back_message(session, practice=practice, message_id=message_id, by=member.actor)
    except AlreadyRead as error:
        return _page(house, member, session_id, error=error)
    return see_other(f"/sessions/{session_id}/feedback#messages")


def _page(
    house: House, member: Member, session_id: UUID, *, error: EvokeError | None = None,
    written: Mapping[str, str] | None = None, words: str = "",
) -> Response:  # fmt: skip
    """With what was `written` in the feedback's form, or `words` in the thread's, where it was not taken."""
    with house.database.read() as session:
        practice = session_seen_by(session, session_id, member.actor)
        found = build_feedback_page(session, practice, reader=member.actor)
        draft = found.draft
        if written is not None:
            lines = signed_lines(session, require_writers_review(session, practice, member.actor))
            draft = draft_view(_words(written, lines), lines)
    note_seen(house.database, practice, by=member.actor)
    note_read(house.database, practice, by=member.actor)
    values = {name: written.get(name, "") for name in (*FIELDS, *(f"{one}_lines" for one in FIELDS))} if written else {}
    return member.page(
        "feedback.html", status=error.status if error else 200, page=found, draft=draft, values=values, words=words,
        errors=(error.fields or {"page": error.message}) if error else {}, session_id=session_id,
        held_on=practice.held_on, client_id=new_id(), kept=member.request.query_params.get("kept") == "yes",
    )  # fmt: skip


def _words(sent: Mapping[str, str], lines: list[SignedLine]) -> FeedbackWords:
    """Both things done well stay in their places, so that what is wrong is told at its own field."""
    points = [Point(sent.get(name, ""), _keys(sent.get(f"{name}_lines", ""), lines)) for name in FIELDS]
    return FeedbackWords(tuple(points[:2]), points[2])


def _keys(numbers: str, lines: list[SignedLine]) -> tuple[str, ...]:
    given = re.findall(r"[^\s,;]+", numbers)
    if not all(re.fullmatch(r"[0-9]{1,6}", one) for one in given):
        return (NO_LINE,)
    return keys_of(lines, map(int, given))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("This form is not whole. Load the page again and send your message from there.") from None
