"""What a phone does in a live session: finds it by its code, and answers the line on the screen. Who it is is neither
asked nor kept."""

import hashlib
import re

from sqlmodel import Session, col, func, select

from models.errors import EvokeError
from models.live import CODE_LETTERS, AnswerState, LiveAnswer, LiveLine, LiveSession
from models.lock import hold_lock
from models.sealed import seal_into
from models.tries import Key, Tried, check_tries, count_try, network_key
from training.exercises.odd import not_for_a_screen
from training.live.run import LETTERS, LiveSessionOver

LONGEST_ANSWER = 500
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w", re.IGNORECASE)
MOST_ANSWERS = 150
"""To one line: a room has about 60 phones."""


class NoSuchCode(EvokeError):
    status = 404
    code = "no_such_code"

    def __init__(self) -> None:
        super().__init__("No live session has this code. Look at the screen again, and type its six letters.")


class AnswerWrong(EvokeError):
    code = "answer_wrong"


class LineClosed(EvokeError):
    """The answers are on the screen already, or another line is."""

    status = 409
    code = "line_closed"

    def __init__(self) -> None:
        super().__init__("The answers are on the screen now, so this one came too late. The next line is yours again.")


def code_typed(text: str) -> str:
    """As codes are kept, however it was typed: small letters, spaces, hyphens."""
    return re.sub(r"[\s\-–]", "", text).upper()[:40]


def find_live_session(session: Session, code: str) -> LiveSession | None:
    """By a code as it was typed; also one that is over."""
    plain = code_typed(code)
    if len(plain) != CODE_LETTERS or not set(plain) <= set(LETTERS):
        return None
    return session.exec(select(LiveSession).where(col(LiveSession.code) == plain)).first()


def count_wrong_code(session: Session, *, address: str) -> None:
    """Raises TooManyTries."""
    count_try(session, _tries(address))


def check_wrong_codes(session: Session, *, address: str) -> None:
    """Raises TooManyTries."""
    check_tries(session, _tries(address))


def _tries(address: str) -> Key:
    return Key(Tried.LIVE, network_key(address).value)


def _hold_back(text: str) -> bool:
    """By the rules of exercises, and addresses of the web and of mail: they have no place in a line to a parent."""
    return not_for_a_screen(text) or _ADDRESS.search(text) is not None


def current_line(session: Session, live: LiveSession) -> LiveLine:
    lines = select(LiveLine).where(col(LiveLine.live_id) == live.id).order_by(col(LiveLine.number).desc())
    return session.exec(lines.limit(1)).one()


def answer_of(session: Session, line: LiveLine, phone: str) -> LiveAnswer | None:
    theirs = (col(LiveAnswer.line_id) == line.id, col(LiveAnswer.phone_hash) == phone_hash(line, phone))
    return session.exec(select(LiveAnswer).where(*theirs)).first()


def phone_hash(line: LiveLine, phone: str) -> str:
    """`phone` is the random secret of one browser. Each line has another hash: no answer leads to another."""
    return hashlib.sha256(f"{line.id} {phone}".encode("utf-8", "replace")).hexdigest()


def give_answer(session: Session, *, live: LiveSession, number: int, phone: str, words: str) -> LiveAnswer:
    """The phone's one answer to the line, or another in its place, which is coded anew.

    Raises AnswerWrong, LineClosed, LiveSessionOver.
    """
    text = " ".join(words.split())
    if not text:
        raise AnswerWrong("Write what you would say.")
    if len(text) > LONGEST_ANSWER:
        raise AnswerWrong(f"Shorten this by {len(text) - LONGEST_ANSWER} characters. A sentence or two is enough.")
    if live.is_over:
        raise LiveSessionOver
    line = session.exec(_locked(current_line(session, live))).one()
    hold_lock(session, f"answer {phone_hash(line, phone)}")  # two clicks
    if line.number != number or line.shown_at is not None:
        raise LineClosed
    answer = answer_of(session, line, phone) or LiveAnswer(line_id=line.id, phone_hash=phone_hash(line, phone))
    if answer not in session and _answers(session, line) >= MOST_ANSWERS:
        raise AnswerWrong(f"{MOST_ANSWERS} answers are in already, and the screen can show no more.")
    answer.state = AnswerState.HELD_BACK if _hold_back(text) else AnswerState.WAITING
    seal_into(session, answer, {"text": text}, session_id=live.id)
    session.add(answer)
    session.flush()
    return answer


def _locked(line: LiveLine):  # type: ignore[no-untyped-def]
    """Shared: many phones answer at once, and showing the answers waits for those under way."""
    return (
        select(LiveLine)
        .where(col(LiveLine.id) == line.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )


def _answers(session: Session, line: LiveLine) -> int:
    return session.exec(select(func.count()).select_from(LiveAnswer).where(col(LiveAnswer.line_id) == line.id)).one()
