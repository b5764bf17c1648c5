"""One person's coded sessions with their figures: what trends, plans and records are made from."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from coding.codings_in_order import codings_in_order
from coding.scheme.summary import ScoreName
from models.coding import CodedBy, Score
from models.practice import PracticeSession, SessionKind


@dataclass(frozen=True)
class Value:
    """`low` and `high` are None where there is no interval, as for what a person coded."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class SessionPoint:
    """`checked`: the figures are of a coach's signed-off codes, and otherwise of the machine's newest."""

    session_id: UUID
    held_on: date
    kind: SessionKind
    checked: bool
    scores: dict[ScoreName, Value] = field(default_factory=dict)


def points_of(
    session: Session, person_id: UUID, *, names: Collection[ScoreName] = tuple(ScoreName)
) -> list[SessionPoint]:
    """Every readable session of theirs, the oldest first; blind codings never count."""
    rows = codings_in_order(session, col(PracticeSession.practitioner_id) == person_id)
    counts = {one.id: (one, coding) for one, coding in rows}  # the last of each is the one that counts
    scores = _scores(session, [coding.id for _, coding in counts.values()], names)
    found = [
        SessionPoint(
            one.id, one.held_on, one.kind, coding.coded_by is CodedBy.PERSON, scores.get(coding.id, {})
        )
        for one, coding in counts.values()
    ]  # fmt: skip
    return sorted(found, key=lambda point: (point.held_on, str(point.session_id)))


def _scores(
    session: Session, codings: Collection[UUID], names: Collection[ScoreName]
) -> dict[UUID, dict[ScoreName, Value]]:
    found: dict[UUID, dict[ScoreName, Value]] = {}
    rows = select(Score).where(
        col(Score.coding_id).in_(codings), col(Score.name).in_([one.value for one in names]),
        col(Score.value).is_not(None),
    )  # fmt: skip
    for row in session.exec(rows):
        if row.value is not None:
            found.setdefault(row.coding_id, {})[ScoreName(row.name)] = Value(row.value, row.low, row.high)
    return found
