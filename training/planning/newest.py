"""The newest sessions of several people, in one query, however many they have."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, exists, func
from sqlmodel import Session, col, select

from models.permissions import Actor
from models.practice import Picked, PracticeSession, SessionKind, Stage
from models.review import Review, ReviewState
from models.session_permissions import visible_sessions

NEWEST = 9
"""Of each person and kind: three to compare with six before them."""


@dataclass(frozen=True)
class NewSession:
    """`ready`: it can be read; `signed_off`: by a coach who did not code it blind."""

    id: UUID
    person_id: UUID
    kind: SessionKind
    held_on: date
    picked: Picked
    ready: bool
    signed_off: bool


def newest_sessions(session: Session, people: Collection[UUID], *, reader: Actor) -> list[NewSession]:
    """Those that the reader may see, the newest first: of each person and kind NEWEST that can be read, and as many
    that cannot yet."""
    rows = session.exec(_placed_first(reader), params={"people": people})
    return [
        NewSession(id_, person_id, kind, held_on, picked, stage is Stage.READY, bool(is_signed))
        for id_, person_id, kind, held_on, picked, stage, is_signed in rows
    ]


@lru_cache(maxsize=128)
def _placed_first(reader: Actor) -> Any:
    practice = PracticeSession
    ready = case((col(practice.stage) == Stage.READY, 1), else_=0)
    place = func.row_number().over(
        partition_by=[col(practice.practitioner_id), col(practice.kind), ready],
        order_by=[col(practice.held_on).desc(), col(practice.id).desc()],
    )
    signed = exists().where(
        col(Review.session_id) == col(practice.id), col(Review.state) == ReviewState.SIGNED_OFF,
        col(Review.blind).is_(False),
    )  # fmt: skip
    placed = (
        select(practice.id, place.label("place"))
        .where(visible_sessions(reader), col(practice.practitioner_id).in_(bindparam("people", expanding=True)))
        .subquery()
    )
    return (
        select(
            practice.id,
            practice.practitioner_id,
            practice.kind,
            practice.held_on,
            practice.picked,
            practice.stage,
            signed,
        )  # type: ignore[call-overload]
        .join(placed, placed.c.id == col(practice.id))
        .where(placed.c.place <= NEWEST)
        .order_by(col(practice.held_on).desc(), col(practice.id).desc())
    )
