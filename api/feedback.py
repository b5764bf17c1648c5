"""Feedback on a signed-off session for programs: read it, write it, talk about it, contest a code and decide."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StrictBool
from sqlmodel import Session

from api.access import SignedIn
from api.answers.reviews import ContestOutcome, FeedbackRead, FeedbackState, OnlyId, TakenBack
from api.document.errors import BLIND, WORDS
from api.document.tell import told
from api.house import TheHouse
from api.once import Kept
from api.route import ApiRoute, JsonAnswer, etag_of, require_as_seen
from api.whole import AS_WHOLE
from coding.feedback.contests import CannotContest, ContestDecided, contest_code, decide_contest, take_back_contest
from coding.feedback.lines import SignedLine, keys_of, signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.see import session_seen_by
from coding.feedback.text import MOST_LINES, AlreadyRead, FeedbackWrong
from coding.feedback.thread import NoFeedbackYet, note_read, take_back_message, write_message
from coding.feedback.write import (
    FeedbackSent,
    NothingToTakeBack,
    require_writers_review,
    save_feedback,
    take_back_feedback,
)
from coding.review.sign_off import CannotSignOff
from models.columns import new_id
from models.permissions import Actor
from models.practice import PracticeSession
from models.seen import note_exported
from training.feedback_view import build_feedback_page

router = APIRouter(prefix="/api/v1/sessions/{session_id}/feedback", tags=["feedback"], route_class=ApiRoute)
_WRITE = (FeedbackWrong, FeedbackSent, AlreadyRead, NoFeedbackYet, NothingToTakeBack, CannotSignOff)
_CONTEST = (FeedbackWrong, CannotContest, ContestDecided)


LineNumber = Annotated[int, Field(ge=0, le=1_000_000, strict=True), AS_WHOLE]


class SentPoint(BaseModel):
    """`lines` are numbers of lines that it quotes, from 1 through the whole conversation."""

    text: str
    lines: list[LineNumber] = Field(default=[], max_length=2 * MOST_LINES)


class SentFeedback(BaseModel):
    """One or two things done well, and one to try. Without `send` it is kept as a draft."""

    well: list[SentPoint] = Field(default=[], max_length=2)
    to_try: SentPoint | None = None
    send: StrictBool = False


class SentMessage(BaseModel):
    """`client_id` is a UUID that the sender makes: the same one again is the same message."""

    words: str
    client_id: UUID | None = None


class SentContest(BaseModel):
    """`line` is the id of a line of the session's JSON; `code` the one thought right, such as "SR", and `subtype` such
    as "open"."""

    line: Annotated[int, Field(ge=0, le=2**53, strict=True), AS_WHOLE]
    code: str
    subtype: str | None = None
    reason: str


class Decision(BaseModel):
    """`change` gives the line `code`; else it is kept."""

    change: StrictBool
    code: str = ""
    subtype: str | None = None
    reason: str


@router.get("", **told("read_feedback", FeedbackRead, *BLIND, *WORDS, headers=["ETag"]))
def read(session_id: UUID, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """`sent` is for everybody who sees the session, `draft` for its writer alone. What is new counts as read then."""
    with house.database.read() as session:
        practice = session_seen_by(session, session_id, actor)
        shown = _read(session, practice, actor)
    note_read(house.database, practice, by=actor)
    note_exported(house.database, practice, by=actor, form="json")
    return shown


def _read(session: Session, practice: PracticeSession, actor: Actor) -> JsonAnswer:
    """Its tag leaves out what reading it changes: what was new to the reader, and when they read it."""
    shown = asdict(build_feedback_page(session, practice, reader=actor))
    if shown["draft"]:
        del shown["draft"]["lines"]
    messages = [one | {"new": False} for one in shown["messages"]]
    read_at = {"read_at": None} if shown["is_practitioner"] else {}
    lasting = shown | {"messages": messages, "sent": [one | read_at for one in shown["sent"]]}
    return JsonAnswer(shown, headers={"etag": etag_of(bytes(JsonAnswer(lasting).body))})


def _as_seen(request: Request, session: Session, session_id: UUID, actor: Actor) -> PracticeSession:
    practice = session_seen_by(session, session_id, actor)
    if "if-match" in request.headers:
        require_as_seen(request, _read(session, practice, actor))
    return practice


@router.post("", **told("write_feedback", FeedbackState, *BLIND, *WORDS, *_WRITE, once=True, seen=True))
def write(
    session_id: UUID, sent: SentFeedback, request: Request, house: TheHouse, actor: SignedIn, kept: Kept
) -> dict[str, Any]:  # fmt: skip
    """By the coach who signed the session off: a draft, or with `send` for the practitioner. With `If-Match` only where
    the feedback is still as you read it."""
    with house.database.write() as session:
        practice = _as_seen(request, session, session_id, actor)
        lines = signed_lines(session, require_writers_review(session, practice, actor))
        words = FeedbackWords(
            tuple(_point(one, lines) for one in sent.well), _point(sent.to_try, lines) if sent.to_try else None
        )
        row = save_feedback(session, practice=practice, words=words, send=sent.send, by=actor)
        return kept.keep(session, {"id": str(row.id), "state": "sent" if row.sent_at else "draft"})


@router.post("/take-back", **told("take_feedback_back", FeedbackState, *BLIND, *WORDS, *_WRITE, once=True, seen=True))
def take_back(
    session_id: UUID, request: Request, house: TheHouse, actor: SignedIn, kept: Kept
) -> dict[str, Any]:  # fmt: skip
    """Until the practitioner has read it. It is a draft again."""
    with house.database.write() as session:
        row = take_back_feedback(session, practice=_as_seen(request, session, session_id, actor), by=actor)
        return kept.keep(session, {"id": str(row.id), "state": "draft"})


@router.post("/messages", **told("write_message", OnlyId, *BLIND, *WORDS, *_WRITE, status=201, once=True))
def say(session_id: UUID, sent: SentMessage, house: TheHouse, actor: SignedIn, kept: Kept) -> dict[str, Any]:
    """To the other of the two, once there is feedback."""
    with house.database.write() as session:
        row = write_message(
            session, practice=session_seen_by(session, session_id, actor), words=sent.words,
            client_id=sent.client_id or new_id(), by=actor,
        )  # fmt: skip
        return kept.keep(session, {"id": str(row.id)})


@router.delete("/messages/{message_id}", **told("take_message_back", TakenBack, *BLIND, *WORDS, *_WRITE, seen=True))
def unsay(
    session_id: UUID, message_id: UUID, request: Request, house: TheHouse, actor: SignedIn
) -> dict[str, Any]:  # fmt: skip
    """One of your own, until the other side has read it."""
    with house.database.write() as session:
        take_back_message(
            session, practice=_as_seen(request, session, session_id, actor), message_id=message_id, by=actor
        )
        return {"id": str(message_id), "state": "taken_back"}


@router.post("/contests", **told("contest_code", OnlyId, *BLIND, *WORDS, *_CONTEST, status=201, once=True))
def contest(session_id: UUID, sent: SentContest, house: TheHouse, actor: SignedIn, kept: Kept) -> dict[str, Any]:
    """It goes to a second coach: one of the team who did not sign the session off."""
    with house.database.write() as session:
        row = contest_code(
            session, practice=session_seen_by(session, session_id, actor), utterance_id=sent.line, code=sent.code,
            subtype=sent.subtype, reason=sent.reason, by=actor,
        )  # fmt: skip
        return kept.keep(session, {"id": str(row.id)})


@router.post(
    "/contests/{contest_id}",
    **told("decide_contest", ContestOutcome, *BLIND, *WORDS, *_CONTEST, once=True, seen=True),
)
def decide(
    session_id: UUID, contest_id: UUID, sent: Decision, request: Request, house: TheHouse, actor: SignedIn, kept: Kept
) -> dict[str, Any]:  # fmt: skip
    """A change is a signed-off coding of its own, which the session shows from then on. With `If-Match` only where the
    feedback is still as you read it."""
    with house.database.write() as session:
        row = decide_contest(
            session, practice=_as_seen(request, session, session_id, actor), contest_id=contest_id, change=sent.change,
            code=sent.code, subtype=sent.subtype, reason=sent.reason, by=actor,
        )  # fmt: skip
        return kept.keep(session, {"id": str(row.id), "outcome": row.outcome})


@router.delete("/contests/{contest_id}", **told("take_contest_back", TakenBack, *BLIND, *WORDS, *_CONTEST, seen=True))
def withdraw_contest(
    session_id: UUID, contest_id: UUID, request: Request, house: TheHouse, actor: SignedIn
) -> dict[str, Any]:  # fmt: skip
    """Your own, until it is decided."""
    with house.database.write() as session:
        take_back_contest(
            session, practice=_as_seen(request, session, session_id, actor), contest_id=contest_id, by=actor
        )
        return {"id": str(contest_id), "state": "taken_back"}


def _point(sent: SentPoint, lines: list[SignedLine]) -> Point:
    return Point(sent.text, keys_of(lines, sent.lines))
