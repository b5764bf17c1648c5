"""What the screen, the trainer and a phone see of a live session."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from coding.coder.desk import CodedLine
from coding.scheme.codes import Behaviour, QuestionType
from coding.scheme.glossary import CODES, SUBTYPES
from models.live import AnswerState, LiveAnswer, LiveLine, LiveSession
from models.permissions import Actor
from models.sealed import open_from
from training.live.answer import answer_of, current_line
from training.live.line import Line


@dataclass(frozen=True)
class PartView:
    """One utterance of an answer. `sure` is the coder's probability of the code, 0–1; `rival` the likeliest other
    code, where the coder is unsure."""

    text: str
    code: str
    name: str
    sure: float
    unsure: bool
    rival: str
    reason: str


@dataclass(frozen=True)
class AnswerView:
    """`parts` is empty unless it is coded."""

    id: UUID
    text: str
    state: AnswerState
    hidden: bool
    parts: tuple[PartView, ...]

    @property
    def on_screen(self) -> bool:
        return not self.hidden and self.state is not AnswerState.HELD_BACK


@dataclass(frozen=True)
class LineView:
    """`answers` is empty while the line is open, when `given` only says how many there are: who looked on as they come
    in could tell whose each is. `counts` says how many of the answers on the screen have a part of that name, most
    first. `picked` is the answer that is talked about, which is among `answers` too."""

    number: int
    line: Line
    shown: bool
    models_shown: bool
    given: int
    answers: tuple[AnswerView, ...]
    picked: AnswerView | None

    @property
    def on_screen(self) -> tuple[AnswerView, ...]:
        return tuple(one for one in self.answers if one.on_screen)

    @property
    def aside(self) -> tuple[AnswerView, ...]:
        """Hidden by the trainer, or held back."""
        return tuple(one for one in self.answers if not one.on_screen)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        named = Counter(name for one in self.on_screen for name in {part.name for part in one.parts})
        return tuple(sorted(named.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def waiting(self) -> int:
        return sum(one.state is AnswerState.WAITING for one in self.answers)

    @property
    def not_coded(self) -> int:
        return sum(one.state is AnswerState.NOT_CODED for one in self.answers)


@dataclass(frozen=True)
class LiveRow:
    """One live session in a trainer's list."""

    id: UUID
    created_at: datetime
    is_over: bool
    lines: int
    answers: int


def live_rows(session: Session, actor: Actor) -> list[LiveRow]:
    """The trainer's own, the newest first."""
    lines, answers = func.count(func.distinct(LiveLine.id)), func.count(col(LiveAnswer.id))
    found = (
        select(LiveSession, lines, answers)
        .join(LiveLine, col(LiveLine.live_id) == col(LiveSession.id))
        .outerjoin(LiveAnswer, col(LiveAnswer.line_id) == col(LiveLine.id))
        .where(col(LiveSession.started_by_id) == actor.person_id)
        .group_by(col(LiveSession.id))
        .order_by(col(LiveSession.created_at).desc())
    )
    return [LiveRow(live.id, live.created_at, live.is_over, many, given) for live, many, given in session.exec(found)]


def line_views(session: Session, live: LiveSession) -> list[LineView]:
    """Every line so far, the last first. Raises WordsGone."""
    rows = select(LiveLine).where(col(LiveLine.live_id) == live.id).order_by(col(LiveLine.number).desc())
    return [_line_view(session, live, row) for row in session.exec(rows)]


def current_view(session: Session, live: LiveSession) -> LineView:
    """Of the line on the screen. Raises WordsGone."""
    return _line_view(session, live, current_line(session, live))


def _line_view(session: Session, live: LiveSession, row: LiveLine) -> LineView:
    answers = select(LiveAnswer).where(col(LiveAnswer.line_id) == row.id).order_by(col(LiveAnswer.id))
    given = session.exec(answers).all()
    closed = row.shown_at is not None or live.is_over
    views = tuple(_answer_view(session, live, one) for one in given) if closed else ()
    picked = next((one for one in views if one.id == row.picked_id and one.on_screen), None)
    asked = Line.from_json(open_from(session, row, session_id=live.id))
    return LineView(row.number, asked, row.shown_at is not None, row.models_shown, len(given), views, picked)


def _answer_view(session: Session, live: LiveSession, row: LiveAnswer) -> AnswerView:
    kept = open_from(session, row, session_id=live.id)
    parts = _parts(kept.get("lines", ())) if row.state is AnswerState.CODED else ()
    return AnswerView(row.id, kept["text"], row.state, row.hidden, parts)


def _parts(lines: Sequence[dict[str, Any]]) -> tuple[PartView, ...]:
    return tuple(_part(CodedLine.from_json(one)) for one in lines)


def _part(line: CodedLine) -> PartView:
    name = CODES[line.code].name
    if line.code is Behaviour.Q and isinstance(line.subtype, QuestionType):
        name = f"{SUBTYPES[line.subtype].capitalize()} question"
    others = sorted((share, code) for code, share in line.probabilities.items() if code is not line.code)
    rival = CODES[others[-1][1]].name if line.unsure and others else ""
    return PartView(line.text, line.code.value, name, line.confidence, line.unsure, rival, line.reason)


@dataclass(frozen=True)
class PhoneView:
    """`own` is this phone's answer to the line; `parts` are shown to it only once the answers are on the screen."""

    is_over: bool
    number: int
    line: Line
    shown: bool
    own: AnswerView | None


def phone_view(session: Session, live: LiveSession, phone: str) -> PhoneView:
    row = current_line(session, live)
    own = answer_of(session, row, phone) if phone else None
    asked = Line.from_json(open_from(session, row, session_id=live.id))
    view = _answer_view(session, live, own) if own else None
    return PhoneView(live.is_over, row.number, asked, row.shown_at is not None, view)


@dataclass(frozen=True)
class LiveState:
    """What is asked for every two seconds. `mark` changes when the page is to be shown anew."""

    mark: str
    answered: int
    over: bool
    waiting: int

    def as_json(self) -> dict[str, Any]:
        return {"mark": self.mark, "answered": self.answered, "over": self.over}


def screen_state(session: Session, live: LiveSession) -> LiveState:
    """Without opening a word. While a line is open only the number of its answers moves."""
    row = current_line(session, live)
    answers = session.exec(
        select(LiveAnswer.id, LiveAnswer.state, LiveAnswer.hidden)
        .where(col(LiveAnswer.line_id) == row.id)
        .order_by(col(LiveAnswer.id))
    ).all()
    shown = [tuple(one) for one in answers] if row.shown_at is not None else []
    mark = _mark(live.is_over, row.number, row.shown_at is not None, row.models_shown, row.picked_id, shown)
    waiting = sum(state is AnswerState.WAITING for _, state, _ in answers)
    return LiveState(mark, len(answers), live.is_over, waiting)


def phone_state(session: Session, live: LiveSession, phone: str) -> LiveState:
    row = current_line(session, live)
    own = answer_of(session, row, phone) if phone and row.shown_at is not None else None
    mark = _mark(live.is_over, row.number, row.shown_at is not None, own.state if own else None)
    return LiveState(mark, 0, live.is_over, 0)


def _mark(*what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]
