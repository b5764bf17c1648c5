"""The rows that tables are made of, with what each is grouped by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from models.coding import CodedBy
from models.figures import COUNTS, SessionFigure
from models.organisation import Team
from models.person import Discipline, Person, TeamMembership
from models.practice import Picked, PracticeSession, SessionKind
from models.review import RATED

NUMBERS = (*COUNTS, "open_questions", "closed_questions")


class Slice(NamedTuple):
    """What is like enough to be put together. Nothing is ever summed over two slices."""

    kind: SessionKind
    picked: Picked
    coded_by: CodedBy

    @property
    def name(self) -> str:
        return f"{self.kind.value}.{self.picked.value}.{self.coded_by.value}"


SLICES = tuple(
    Slice(kind, picked, coded_by)
    for kind in (SessionKind.REAL_PRACTICE, SessionKind.ROLE_PLAY, SessionKind.SIMULATED)
    for picked in Picked
    for coded_by in (CodedBy.PERSON, CodedBy.MACHINE)
)
"""Those that say most about work with families first."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One session in one stream. `month` is the first day of the month in which it was counted. Groups are what they
    are today: a team that moves takes its past with it. `version` is the machine's that coded it, empty for a coach."""

    session_id: UUID
    person: UUID
    team: UUID | None
    site: str
    discipline: Discipline | None
    joined: int | None
    month: date
    counts: dict[str, int]
    ratings: dict[str, int]
    version: str = ""


def figure_rows(
    session: Session, organisation_id: UUID, *, since: date, before: date, which: Sequence[ColumnElement[bool]] = ()
) -> dict[Slice, list[FigureRow]]:
    """Those counted from `since` until the day before `before`, by slice, in the order of their sessions."""
    joined = joined_in(session, organisation_id)
    figure = SessionFigure
    columns = [
        figure.session_id, figure.kind, figure.picked, figure.coded_by, figure.practitioner_id, figure.team_id,
        Team.site, Person.discipline, figure.counted_on, figure.model_version,
        *(getattr(figure, name) for name in (*NUMBERS, *RATED)),
    ]  # fmt: skip
    rows = (
        select(*columns)
        .join(Person, col(Person.id) == col(figure.practitioner_id))
        .join(PracticeSession, col(PracticeSession.id) == col(figure.session_id))
        .outerjoin(Team, col(Team.id) == col(figure.team_id))
        .where(
            col(figure.organisation_id) == organisation_id, col(figure.counted_on) >= since,
            col(figure.counted_on) < before, col(PracticeSession.withdrawn_at).is_(None), *which,
        )
        .order_by(col(figure.session_id))
    )  # fmt: skip
    found: dict[Slice, list[FigureRow]] = {}
    first = 10
    last = first + len(NUMBERS)
    for row in session.exec(rows):
        values = tuple(row)
        session_id, kind, picked, coded_by, person, team, site, discipline, counted_on, version = values[:first]
        found.setdefault(Slice(kind, picked, coded_by), []).append(
            FigureRow(
                session_id, person, team, site or "", discipline, joined.get(person), counted_on.replace(day=1),
                dict(zip(NUMBERS, values[first:last], strict=True)),
                {name: value for name, value in zip(RATED, values[last:], strict=True) if value is not None},
                version or "",
            )
        )  # fmt: skip
    return found


def joined_in(session: Session, organisation_id: UUID) -> dict[UUID, int]:
    """The year in which each person first came into a team."""
    first = (
        select(col(TeamMembership.person_id), func.min(col(TeamMembership.started_on)))
        .join(Person, col(Person.id) == col(TeamMembership.person_id))
        .where(col(Person.organisation_id) == organisation_id)
        .group_by(col(TeamMembership.person_id))
    )
    return {person: started.year for person, started in session.exec(first)}


def months_before(day: date, count: int) -> list[date]:
    """The first days of the `count` months that ended before the month of `day`, the earliest first."""
    found = []
    year, month = day.year, day.month
    for _ in range(count):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        found.append(date(year, month, 1))
    return found[::-1]


def people_in(rows: Iterable[FigureRow]) -> int:
    return len({row.person for row in rows})
