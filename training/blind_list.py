"""What a coach is to code blind, or may take, for lists."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from coding.about_session import about_for
from coding.double.second import waiting_tasks
from models.double_coding import DoubleCoding
from models.keys import WordsGone
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession


@dataclass(frozen=True)
class BlindRow:
    """`mine` says that the coach codes it; the others wait for somebody to take them."""

    id: UUID
    session_id: UUID
    title: str
    practitioner: str
    held_on: date
    drawn_at: datetime
    mine: bool


@dataclass(frozen=True)
class PairRow:
    """Both coaches signed off, and differences are left."""

    session_id: UUID
    title: str
    practitioner: str
    held_on: date


def build_pair_list(
    session: Session, pairs: list[tuple[DoubleCoding, PracticeSession]], actor: Actor
) -> list[PairRow]:  # fmt: skip
    """Without those whose words are gone."""
    rows = [(practice, _row(session, actor, task, practice, False)) for task, practice in pairs]
    return [PairRow(one.id, row.title, row.practitioner, row.held_on) for one, row in rows if row is not None]


def build_blind_list(session: Session, actor: Actor) -> list[BlindRow]:
    """The coach's own first. Sessions whose words are gone are left out: nobody can code them any more."""
    own, to_take = waiting_tasks(session, actor)
    tasks = [(one, True) for one in own] + [(one, False) for one in to_take]
    return [row for (task, practice), mine in tasks if (row := _row(session, actor, task, practice, mine)) is not None]


def _row(
    session: Session, actor: Actor, task: DoubleCoding, practice: PracticeSession, mine: bool
) -> BlindRow | None:  # fmt: skip
    try:
        title = about_for(session, practice, actor).title
    except WordsGone:
        return None
    practitioner = session.get_one(Person, practice.practitioner_id).name
    return BlindRow(task.id, practice.id, title, practitioner, practice.held_on, task.created_at, mine)
