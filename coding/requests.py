"""Contesting a session's scores, asking for a correction, and answering. A contest goes to a second coach: one of the
team who did not add the session."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.retention import require_words, steps_of
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotAllowed, NotFound
from models.permissions import Actor, Permission, may
from models.person import Person
from models.practice import PracticeSession, Stage
from models.retention import Part, RetentionStep
from models.sealed import open_from, seal_into
from models.session_permissions import require_session, visible_sessions
from models.session_request import RequestKind, SessionRequest

MOST_WORDS = 4000


class RequestWrong(EvokeError):
    """`fields["words"]` says it where what was written is at fault."""

    code = "request_wrong"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.fields = {field: message} if field else {}


class AlreadyAsked(EvokeError):
    status = 409
    code = "already_asked"


@dataclass(frozen=True)
class RequestView:
    """`answer` is empty while it is open, and `words` once what was said in the session is gone. `may_answer` is about
    the reader."""

    id: UUID
    kind: RequestKind
    asked_by: str
    asked_at: datetime
    words: str
    answered_by: str
    answered_at: datetime | None
    answer: str
    may_answer: bool


@dataclass(frozen=True)
class OpenRequest:
    """One that waits for the reader's answer, without a word of it."""

    session_id: UUID
    kind: RequestKind
    practitioner: str
    held_on: date
    asked_at: datetime


def ask(session: Session, *, practice: PracticeSession, kind: RequestKind, words: str, by: Actor) -> SessionRequest:
    """Only the practitioner contests; only one request of a kind is open at a time.

    Raises NotFound, NotAllowed, RequestWrong, AlreadyAsked, WordsWent.
    """
    require_session(by, Permission.SEE_SESSION, practice)
    if practice.practitioner_id != by.person_id:
        raise NotAllowed("Only the practitioner can ask this about the session.")
    if kind is RequestKind.CONTEST and practice.stage is not Stage.READY:
        raise RequestWrong("There are no scores to contest yet. Wait until the session is coded.")
    require_words(session, practice)
    same = select(SessionRequest.id).where(
        col(SessionRequest.session_id) == practice.id, col(SessionRequest.kind) == kind,
        col(SessionRequest.answered_at).is_(None),
    )  # fmt: skip
    if session.exec(same).first() is not None:
        raise AlreadyAsked("You have asked already, and nobody has answered yet. You can ask again after the answer.")
    row = SessionRequest(session_id=practice.id, kind=kind, asked_by_id=by.person_id, words=b"")
    seal_into(session, row, _read(words), session_id=practice.id, column="words")
    session.add(row)
    _record(session, f"{kind.value}_asked", row, practice, by)
    return row


def answer(session: Session, *, request_id: UUID, words: str, by: Actor) -> PracticeSession:
    """Gives the session that it is about. Raises NotFound, NotAllowed, RequestWrong, AlreadyAsked, WordsWent."""
    row = session.get(SessionRequest, request_id)
    if row is None:
        raise NotFound("There is no such session, or it is not yours to see.")
    practice = require_session(by, Permission.SEE_SESSION, session.get(PracticeSession, row.session_id))
    if not may_answer(by, row, practice):
        raise NotAllowed("This is for a coach of the team who did not add the session.")
    require_words(session, practice)  # locks the session before its request, as the night does
    session.refresh(row, with_for_update=True)
    if row.answered_at is not None:
        raise AlreadyAsked("Somebody has answered this meanwhile. Go back to the session to read it.")
    seal_into(session, row, _read(words), session_id=practice.id, column="answer")
    row.answered_by_id, row.answered_at = by.person_id, utc_now()
    session.add(row)
    _record(session, f"{row.kind.value}_answered", row, practice, by)
    return practice


def may_answer(actor: Actor, row: SessionRequest, practice: PracticeSession) -> bool:
    """A coach of the team other than who asked; a contest needs one who did not add the session either."""
    concerned = {row.asked_by_id, practice.practitioner_id}
    if row.kind is RequestKind.CONTEST:
        concerned.add(practice.added_by_id)
    return actor.person_id not in concerned and may(
        actor, Permission.ANSWER_REQUEST, organisation_id=practice.organisation_id, team_id=practice.team_id
    )


def requests_about(session: Session, practice: PracticeSession, *, by: Actor) -> list[RequestView]:
    """The newest first, for whoever may see the session."""
    words_went = Part.WORDS in steps_of(session, practice.id)
    return [
        RequestView(
            id=row.id, kind=row.kind, asked_by=_name(session, row.asked_by_id), asked_at=row.asked_at,
            words=open_from(session, row, session_id=practice.id, column="words"),
            answered_by=_name(session, row.answered_by_id), answered_at=row.answered_at,
            answer=open_from(session, row, session_id=practice.id, column="answer") if row.answer else "",
            may_answer=row.answered_at is None and not words_went and may_answer(by, row, practice),
        )
        for row in session.exec(_ABOUT, params={"id": practice.id})
    ]  # fmt: skip


_ABOUT = (
    select(SessionRequest)
    .where(col(SessionRequest.session_id) == bindparam("id"))
    .order_by(col(SessionRequest.asked_at).desc())
)


def request_to_answer(session: Session, request_id: UUID, *, by: Actor) -> tuple[PracticeSession, RequestView]:
    """Raises NotFound for who may not see the session."""
    row = session.get(SessionRequest, request_id)
    if row is None:
        raise NotFound("There is no such session, or it is not yours to see.")
    practice = require_session(by, Permission.SEE_SESSION, session.get(PracticeSession, row.session_id))
    return practice, next(one for one in requests_about(session, practice, by=by) if one.id == request_id)


def contest_state(session: Session, practice: PracticeSession) -> str:
    """ "contested", "answered", or empty where nobody contested: of the newest contest."""
    rows = select(SessionRequest.answered_at).where(
        col(SessionRequest.session_id) == practice.id, col(SessionRequest.kind) == RequestKind.CONTEST
    )
    newest = session.exec(rows.order_by(col(SessionRequest.asked_at).desc()).limit(1)).all()
    return "" if not newest else "answered" if newest[0] else "contested"


def waiting_requests(session: Session, actor: Actor) -> list[OpenRequest]:
    """Those the actor may answer, the longest waiting first."""
    teams, everywhere = actor.teams_with(Permission.ANSWER_REQUEST)
    if not teams and not everywhere:
        return []
    return [
        OpenRequest(practice.id, row.kind, name, practice.held_on, row.asked_at)
        for row, practice, name in session.exec(_unanswered(actor))
        if may_answer(actor, row, practice)
    ]


@lru_cache(maxsize=128)
def _unanswered(actor: Actor) -> Any:
    gone = col(SessionRequest.session_id).in_(
        select(RetentionStep.session_id).where(col(RetentionStep.part) == Part.WORDS)
    )
    return (
        select(SessionRequest, PracticeSession, Person.name)
        .join(PracticeSession, col(PracticeSession.id) == col(SessionRequest.session_id))
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .where(col(SessionRequest.answered_at).is_(None), visible_sessions(actor), ~gone)
        .order_by(col(SessionRequest.asked_at))
    )


def _read(words: str) -> str:
    words = words.replace("\r\n", "\n").strip()  # browsers send two characters for a line's end
    if not words:
        raise RequestWrong("Write what you mean in a sentence or two, so that the other understands it.", field="words")
    if (more := len(words) - MOST_WORDS) > 0:
        long = "1 character" if more == 1 else f"{more:,} characters"
        raise RequestWrong(f"Shorten this by {long}: at most {MOST_WORDS:,} are taken.", field="words")
    return words


def _name(session: Session, person_id: UUID | None) -> str:
    return session.get_one(Person, person_id).name if person_id else ""


def _record(session: Session, action: str, row: SessionRequest, practice: PracticeSession, by: Actor) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=practice.organisation_id, by=by.person_id,
        session_id=str(practice.id),
    )  # fmt: skip
