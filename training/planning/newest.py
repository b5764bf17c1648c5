"""The newest sessions of several people, in one query, however many they have."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from coding.codings_in_order import Counting, codings_that_count
from models.coding import CodedBy
from models.figures import SessionFigure
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
    return [_new_session(row) for row in session.exec(_placed_first(reader), params={"people": people})]


def newest_with_codings(
    session: Session, people: Collection[UUID], *, reader: Actor
) -> tuple[list[NewSession], dict[UUID, Counting]]:
    """The same, and the coding that counts of each one that can be read and has any: as its figures name it, which are
    written in the transaction that keeps a coding; of those without figures yet, from the codings."""
    found: list[NewSession] = []
    codings: dict[UUID, Counting] = {}
    rest: list[UUID] = []
    for *row, by_person, by_machine in session.exec(_with_codings(reader), params={"people": people}):
        found.append(one := _new_session(row))
        if one.ready and (coding_id := by_person or by_machine):
            codings[one.id] = Counting(coding_id, by_person is not None)
        elif one.ready:
            rest.append(one.id)
    return found, codings | (codings_that_count(session, rest) if rest else {})


def _new_session(row: Sequence[Any]) -> NewSession:
    id_, person_id, kind, held_on, picked, is_ready, is_signed = row
    return NewSession(id_, person_id, kind, held_on, picked, bool(is_ready), bool(is_signed))


@lru_cache(maxsize=128)
def _placed_first(reader: Actor) -> Any:
    rows, placed = _placed(reader)
    return rows.order_by(placed.c.held_on.desc(), placed.c.id.desc())


@lru_cache(maxsize=128)
def _with_codings(reader: Actor) -> Any:
    rows, placed = _placed(reader)
    persons, machines = aliased(SessionFigure), aliased(SessionFigure)
    for one, coded_by in ((persons, CodedBy.PERSON), (machines, CodedBy.MACHINE)):
        rows = rows.outerjoin(one, (col(one.session_id) == placed.c.id) & (col(one.coded_by) == coded_by))
    rows = rows.add_columns(col(persons.coding_id), col(machines.coding_id))
    return rows.order_by(placed.c.held_on.desc(), placed.c.id.desc())


def _placed(reader: Actor) -> tuple[Any, Any]:
    """What of the newest is read, and the subquery that it comes from: each is looked up once."""
    practice = PracticeSession
    ready = case((col(practice.stage) == Stage.READY, 1), else_=0)
    place = func.row_number().over(
        partition_by=[col(practice.practitioner_id), col(practice.kind), ready],
        order_by=[col(practice.held_on).desc(), col(practice.id).desc()],
    )
    placed = (
        select(  # type: ignore[call-overload]
            practice.id, practice.practitioner_id, practice.kind, practice.held_on, practice.picked,
            ready.label("ready"), place.label("place"),
        )
        .where(visible_sessions(reader), col(practice.practitioner_id).in_(bindparam("people", expanding=True)))
        .subquery()
    )  # fmt: skip
    signed = exists().where(
        col(Review.session_id) == placed.c.id, col(Review.state) == ReviewState.SIGNED_OFF, col(Review.blind).is_(False)
    )
    of = placed.c
    rows = select(of.id, of.practitioner_id, of.kind, of.held_on, of.picked, of.ready, signed)  # type: ignore[call-overload]
    return rows.where(of.place <= NEWEST), placed
