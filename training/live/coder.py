"""Codes what a room writes, one answer after another, by the coding desk.

The answers themselves are the queue: whoever looks at the screen asks for those that wait to be coded, so that nothing
is lost where the website is started anew, and nobody on a phone waits for the coder.
"""

import logging
import threading
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from coding.coder.desk import CodedLine, CodingDesk, DeskUnavailable
from coding.scheme.codes import Speaker
from models.database import Database
from models.keys import WordsGone
from models.live import AnswerState, LiveAnswer, LiveLine, LiveSession
from models.sealed import open_from, seal_into
from training.live.line import Line

log = logging.getLogger("evoke.live")


@dataclass(frozen=True)
class _Waiting:
    """`sealed` is the answer as it was read: another in its place has another."""

    answer_id: UUID
    live_id: UUID
    sealed: bytes
    text: str
    line: Line


@dataclass
class LiveCoder:
    """One for the website. Several websites on one database may code an answer twice, to the same end."""

    database: Database
    desk: CodingDesk
    _one: threading.Lock = field(default_factory=threading.Lock)

    def code_waiting(self, live_id: UUID) -> int:
        """Codes every answer of the live session that waits, unless somebody codes already; how many it took up. Where
        the desk does not answer, all that wait say so on the screen, and a trainer may have them coded again."""
        if not self._one.acquire(blocking=False):
            return 0
        try:
            done = 0
            while (waiting := self._next(live_id)) is not None:
                try:
                    self._keep(waiting, self._coded(waiting))
                except DeskUnavailable:
                    self._give_up(live_id)
                done += 1
            return done
        finally:
            self._one.release()

    def _next(self, live_id: UUID) -> _Waiting | None:
        with self.database.read() as session:
            found = session.exec(
                select(LiveAnswer, LiveLine)
                .join(LiveLine, col(LiveLine.id) == col(LiveAnswer.line_id))
                .where(col(LiveLine.live_id) == live_id, col(LiveAnswer.state) == AnswerState.WAITING)
                .limit(1)
            ).first()
            return _opened(session, *found) if found else None

    def _coded(self, waiting: _Waiting) -> list[CodedLine]:
        """The utterances of the answer. Raises DeskUnavailable."""
        lines = self.desk.code(waiting.line.turns_with(waiting.text), change_goal=waiting.line.goal)
        place = len(waiting.line.before)
        return [one for one in lines if one.turn == place and one.speaker is Speaker.PRACTITIONER]

    def _keep(self, waiting: _Waiting, lines: list[CodedLine]) -> None:
        with self.database.write() as session:
            answer = session.get(LiveAnswer, waiting.answer_id, with_for_update=True)
            if answer is None or answer.state is not AnswerState.WAITING or answer.sealed != waiting.sealed:
                return  # deleted, held back or changed meanwhile
            if lines:
                kept = {"text": waiting.text, "lines": [one.as_json() for one in lines], "coder": self.desk.version}
                seal_into(session, answer, kept, session_id=waiting.live_id)
            answer.state = AnswerState.CODED if lines else AnswerState.NOT_CODED
            session.add(answer)

    def _give_up(self, live_id: UUID) -> None:
        of_it = col(LiveAnswer.line_id).in_(select(LiveLine.id).where(col(LiveLine.live_id) == live_id))
        waiting = update(LiveAnswer).where(of_it, col(LiveAnswer.state) == AnswerState.WAITING)
        with self.database.write() as session:
            session.exec(waiting.values(state=AnswerState.NOT_CODED))


def _opened(session: Session, answer: LiveAnswer, line: LiveLine) -> _Waiting | None:
    live = session.get_one(LiveSession, line.live_id)
    try:
        text = open_from(session, answer, session_id=live.id)["text"]
        asked = Line.from_json(open_from(session, line, session_id=live.id))
    except WordsGone:
        log.warning("an answer of a live session cannot be opened: its key is destroyed")
        return None
    return _Waiting(answer.id, live.id, answer.sealed, text, asked)
