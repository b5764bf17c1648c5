"""What a trainer does with a live session: start it, go on to another line, show the answers, choose among them, end
it, and delete it."""

import secrets
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from coding.end_live_sessions import delete_live_session
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.keys import make_session_key
from models.live import CODE_LETTERS, AnswerState, LiveAnswer, LiveLine, LiveSession
from models.lock import hold_lock
from models.permissions import Actor
from models.sealed import seal_into
from training.live.line import Line

OPEN_FOR = timedelta(hours=4)
LETTERS = "BCDFGHJKMNPQRSTVWXZ"
"""No vowel, so that no word is spelt by chance, and none that looks like a digit."""


class LiveSessionOver(EvokeError):
    status = 409
    code = "live_session_over"

    def __init__(self) -> None:
        super().__init__("This live session is over. Start another to go on.")


def start_live_session(session: Session, *, line: Line, exercise: str | None, by: Actor) -> LiveSession:
    hold_lock(session, "codes of live sessions")
    live = LiveSession(
        organisation_id=by.organisation_id, started_by_id=by.person_id, code=_new_code(session),
        expires_at=utc_now() + OPEN_FOR,
    )  # fmt: skip
    session.add(live)
    session.flush()
    make_session_key(session, organisation_id=live.organisation_id, session_id=live.id)
    _add_line(session, live, line, exercise, number=1)
    _record(session, live, "live_session_started", by)
    return live


def go_on_with(
    session: Session, *, live: LiveSession, line: Line, exercise: str | None, by: Actor, after: int | None = None
) -> None:
    """Another line for the room; nothing where the room is past the line `after` already, as with two clicks. Raises
    LiveSessionOver."""
    hold_lock(session, f"lines of {live.id}")
    last = _open_line(session, live)
    if after is not None and last.number != after:
        return
    if last.shown_at is None:
        last.shown_at = utc_now()
        session.add(last)
    _add_line(session, live, line, exercise, number=last.number + 1)
    _record(session, live, "live_session_line", by)


def show_answers(session: Session, *, live: LiveSession, by: Actor) -> None:
    """Closes the line: from now on nobody answers it or changes an answer. Raises LiveSessionOver."""
    line = _open_line(session, live)
    if line.shown_at is None:
        line.shown_at = utc_now()
        session.add(line)
        _record(session, live, "live_session_shown", by)


class Choice(StrEnum):
    """What a trainer does with one answer on the screen."""

    HIDE = "hide"
    SHOW = "show"
    PICK = "pick"
    PUT_BACK = "put_back"
    LET_THROUGH = "let_through"


def choose_answer(session: Session, *, live: LiveSession, answer_id: UUID, choice: Choice, by: Actor) -> None:
    """LET_THROUGH is for one that was held back: it is coded, and shown. Raises NotFound."""
    line, answer = _answer(session, live, answer_id)
    if choice is Choice.PICK:
        line.picked_id, answer.hidden = answer.id, False
    elif choice is Choice.PUT_BACK:
        line.picked_id = None
    elif choice is Choice.LET_THROUGH and answer.state is AnswerState.HELD_BACK:
        answer.state, answer.hidden = AnswerState.WAITING, False
    elif choice in (Choice.HIDE, Choice.SHOW):
        answer.hidden = choice is Choice.HIDE
        if answer.hidden and line.picked_id == answer.id:
            line.picked_id = None
    session.add_all([line, answer])
    _record(session, live, "live_session_answer_chosen", by, choice=choice.value)


def show_models(session: Session, *, live: LiveSession, shown: bool, by: Actor) -> None:
    """Raises LiveSessionOver."""
    line = _open_line(session, live)
    line.models_shown = shown
    session.add(line)
    _record(session, live, "live_session_models", by)


def code_again(session: Session, *, live: LiveSession, by: Actor) -> None:
    """What could not be coded waits to be coded again."""
    for line in session.exec(select(LiveLine).where(col(LiveLine.live_id) == live.id)):
        failed = select(LiveAnswer).where(
            col(LiveAnswer.line_id) == line.id, col(LiveAnswer.state) == AnswerState.NOT_CODED
        )
        for answer in session.exec(failed):
            answer.state = AnswerState.WAITING
            session.add(answer)
    _record(session, live, "live_session_coded_again", by)


def end_live_session(session: Session, *, live: LiveSession, by: Actor) -> None:
    """Ending it twice is not an error."""
    if live.is_over:
        return
    live.ended_at = utc_now()
    session.add(live)
    _record(session, live, "live_session_ended", by)


def delete_now(session: Session, *, live: LiveSession, by: Actor) -> None:
    delete_live_session(session, live, by=by.person_id)


def _add_line(session: Session, live: LiveSession, line: Line, exercise: str | None, *, number: int) -> None:
    row = LiveLine(live_id=live.id, number=number, exercise=exercise)
    seal_into(session, row, line.as_json(), session_id=live.id)
    session.add(row)
    session.flush()


def _open_line(session: Session, live: LiveSession) -> LiveLine:
    """The one on the screen, locked. Raises LiveSessionOver."""
    if live.is_over:
        raise LiveSessionOver
    lines = select(LiveLine).where(col(LiveLine.live_id) == live.id).order_by(col(LiveLine.number).desc())
    return session.exec(lines.limit(1).with_for_update()).one()


def _answer(session: Session, live: LiveSession, answer_id: UUID) -> tuple[LiveLine, LiveAnswer]:
    found = session.exec(
        select(LiveLine, LiveAnswer)
        .join(LiveAnswer, col(LiveAnswer.line_id) == col(LiveLine.id))
        .where(col(LiveAnswer.id) == answer_id, col(LiveLine.live_id) == live.id)
        .with_for_update()
    ).first()
    if found is None:
        raise NotFound("There is no such answer. Look at the screen again.")
    return found


def _new_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
        if session.exec(select(LiveSession.id).where(col(LiveSession.code) == code)).first() is None:
            return code


def _record(session: Session, live: LiveSession, action: str, by: Actor, **details: str) -> None:
    record_audit(session, action=action, subject=live, organisation_id=live.organisation_id, by=by.person_id, **details)
