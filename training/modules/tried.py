"""Which exercises somebody has tried, as far as modules need to know it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.exercise import ExerciseAttempt, Outcome


@dataclass(frozen=True)
class Tried:
    """`met` is about the last go, None where that cannot be said."""

    times: int
    last_at: datetime
    met: bool | None


def tried_exercises(session: Session, person_id: UUID) -> dict[str, Tried]:
    """By the exercise's id."""
    rows = select(ExerciseAttempt).where(col(ExerciseAttempt.person_id) == person_id)
    tried: dict[str, Tried] = {}
    for row in session.exec(rows.order_by(col(ExerciseAttempt.number))):
        tried[row.exercise] = Tried(row.number, row.at, _MET.get(row.outcome))
    return tried


_MET = {Outcome.MET: True, Outcome.PARTLY: False, Outcome.NOT_YET: False}
