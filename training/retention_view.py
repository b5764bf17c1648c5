"""What an organisation holds, for how long, what goes next and what went: counts and dates, and no word of a talk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, exists, func
from sqlmodel import Session, col, select

from coding.consent import real_practice_switch
from coding.retention import periods_of
from coding.retention_periods import Periods
from models.person import Person
from models.practice import PracticeSession, Recording, SessionKind
from models.retention import Part, RetentionPeriods, RetentionStep
from models.transcript import TranscriptVersion
from training.retention_log import WentView, what_went
from training.retention_next import GoingView, HeldSessionView, agreements_end, going_next, held_sessions
from training.session_lists import KIND_SHOWN

LIST_LIMIT = 50
"""Sessions on the page. More are found by a name or a day."""


@dataclass(frozen=True)
class PeriodsView:
    """`shown` are the periods in words, by part; `set_at` is None while they are the usual ones."""

    kind: str
    kind_shown: str
    periods: Periods
    shown: tuple[str, str, str]
    set_by: str
    set_at: datetime | None


@dataclass(frozen=True)
class HeldView:
    kind_shown: str
    sessions: int
    recordings: int
    transcripts: int


@dataclass(frozen=True)
class HeldSession:
    """`ends_on` is the first day on which an agreement that is needed ends, None without one."""

    id: UUID
    kind_shown: str
    held_on: date
    practitioner: str
    ends_on: date | None
    on_hold: bool


@dataclass(frozen=True)
class RetentionView:
    real_practice_on: bool
    switched_by: str
    switched_at: datetime | None
    periods: tuple[PeriodsView, ...]
    held: tuple[HeldView, ...]
    going: tuple[GoingView, ...]
    on_hold: tuple[HeldSessionView, ...]
    sessions: tuple[HeldSession, ...]
    more_sessions: bool
    """Than those in `sessions` fit what is wanted."""
    went: tuple[WentView, ...]


@dataclass(frozen=True)
class Wanted:
    """Which sessions are listed: of practitioners in whose name `who` is, that took place on `until` or before."""

    who: str = ""
    until: date | None = None


def build_retention_view(session: Session, organisation_id: UUID, wanted: Wanted = Wanted()) -> RetentionView:
    switch = real_practice_switch(session, organisation_id)
    on_hold = held_sessions(session, organisation_id)
    sessions = _sessions(session, organisation_id, {one.id for one in on_hold}, wanted)
    return RetentionView(
        real_practice_on=switch is not None and switch.is_on,
        switched_by=session.get_one(Person, switch.switched_by_id).name if switch else "",
        switched_at=switch.created_at if switch else None,
        periods=tuple(_periods(session, organisation_id)),
        held=tuple(_held(session, organisation_id)),
        going=going_next(session, organisation_id),
        on_hold=on_hold,
        sessions=sessions[:LIST_LIMIT],
        more_sessions=len(sessions) > LIST_LIMIT,
        went=what_went(session, organisation_id),
    )


_WORDS = exists().where(col(TranscriptVersion.session_id) == col(PracticeSession.id)) & ~exists().where(
    col(RetentionStep.session_id) == col(PracticeSession.id), col(RetentionStep.part) == Part.WORDS
)
_RECORDINGS = select(func.count()).where(col(Recording.session_id) == col(PracticeSession.id)).scalar_subquery()
_HELD = (
    select(PracticeSession.kind, func.count(), func.sum(_RECORDINGS), func.sum(case((_WORDS, 1), else_=0)))
    .where(col(PracticeSession.organisation_id) == bindparam("id"), col(PracticeSession.withdrawn_at).is_(None))
    .group_by(col(PracticeSession.kind))
)
"""Of an organisation, by kind: sessions, recordings, and sessions with what was said."""


def _periods(session: Session, organisation_id: UUID) -> list[PeriodsView]:
    rows = select(RetentionPeriods, Person.name).join(Person, col(Person.id) == col(RetentionPeriods.set_by_id))
    rows = rows.where(col(RetentionPeriods.organisation_id) == organisation_id)
    newest = {row.kind: (row, name) for row, name in session.exec(rows.order_by(col(RetentionPeriods.created_at)))}
    found = []
    for kind, periods in periods_of(session, organisation_id).items():
        row, name = newest.get(kind, (None, ""))
        shown = (periods.shown(Part.RECORDING), periods.shown(Part.WORDS), periods.shown(Part.SCORES))
        found.append(
            PeriodsView(kind.value, KIND_SHOWN[kind], periods, shown, name, row.created_at if row else None)
        )  # fmt: skip
    return found


def _held(session: Session, organisation_id: UUID) -> Iterator[HeldView]:
    counted = {kind: counts for kind, *counts in session.exec(_HELD, params={"id": organisation_id})}
    for kind in SessionKind:
        yield HeldView(KIND_SHOWN[kind], *map(int, counted.get(kind, (0, 0, 0))))


def _sessions(session: Session, organisation_id: UUID, on_hold: set[UUID], wanted: Wanted) -> tuple[HeldSession, ...]:
    """The newest: LIST_LIMIT of them, and one more if there are more."""
    found = session.exec(
        select(PracticeSession.id, PracticeSession.kind, PracticeSession.held_on, col(Person.name))  # type: ignore[call-overload]
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .where(
            col(PracticeSession.organisation_id) == organisation_id,
            col(PracticeSession.withdrawn_at).is_(None),
            *_those(wanted),
        )
        .order_by(col(PracticeSession.held_on).desc(), col(PracticeSession.id).desc())
        .limit(LIST_LIMIT + 1)
    ).all()
    ends = agreements_end(session, [one for one, _, _, _ in found])
    return tuple(
        HeldSession(one, KIND_SHOWN[kind], held_on, name, ends.get(one), one in on_hold)
        for one, kind, held_on, name in found
    )


def _those(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.who:
        yield col(Person.name).icontains(wanted.who, autoescape=True)
    if wanted.until:
        yield col(PracticeSession.held_on) <= wanted.until
