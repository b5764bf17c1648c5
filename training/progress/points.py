"""One person's coded sessions with their figures: what trends, plans and records are made from."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.codings_in_order import counting_sessions
from coding.scheme.summary import ScoreName
from models.coding import Score
from models.practice import Picked, PracticeSession, SessionKind


@dataclass(frozen=True)
class Value:
    """`low` and `high` are None where there is no interval, as for what a person coded."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class SessionPoint:
    """`checked`: the figures are of a coach's signed-off codes, and otherwise of the machine's newest. `drawn`: by lot
    or by a rule, and otherwise somebody chose it."""

    session_id: UUID
    held_on: date
    kind: SessionKind
    checked: bool
    scores: dict[ScoreName, Value] = field(default_factory=dict)
    drawn: bool = False


def points_of(
    session: Session, person_id: UUID, *, names: Collection[ScoreName] = tuple(ScoreName)
) -> list[SessionPoint]:
    """Every readable session of theirs, the oldest first; blind codings never count."""
    counting = counting_sessions(session, col(PracticeSession.practitioner_id) == person_id)
    scores = _scores(session, [one.coding_id for one in counting], names)
    found = [
        SessionPoint(
            one.id, one.held_on, one.kind, one.by_person, scores.get(one.coding_id, {}), one.picked is Picked.DRAWN
        )
        for one in counting
    ]  # fmt: skip
    return sorted(found, key=lambda point: (point.held_on, str(point.session_id)))


def _scores(
    session: Session, codings: Collection[UUID], names: Collection[ScoreName]
) -> dict[UUID, dict[ScoreName, Value]]:
    found: dict[UUID, dict[ScoreName, Value]] = {}
    rows = session.exec(_SCORES, params={"codings": codings, "names": [one.value for one in names]})
    for coding_id, name, value, low, high in rows:
        found.setdefault(coding_id, {})[_NAMES[name]] = Value(value, low, high)
    return found


_NAMES = {one.value: one for one in ScoreName}
_SCORES: Any = select(  # type: ignore[call-overload]
    Score.coding_id, Score.name, Score.value, Score.low, Score.high
).where(
    col(Score.coding_id).in_(bindparam("codings", expanding=True)),
    col(Score.name).in_(bindparam("names", expanding=True)), col(Score.value).is_not(None),
)  # fmt: skip
