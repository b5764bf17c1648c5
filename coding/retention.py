"""What is kept until when: the periods of an organisation, what they count from, and what is due."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import compress
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, exists, func
from sqlmodel import Session, col, select

from coding.retention_periods import Periods
from models.asked_once import asked_once
from models.audit import record_audit
from models.coding import Coding
from models.columns import UtcDateTime
from models.errors import EvokeError
from models.permissions import Actor, Permission, may
from models.practice import PracticeSession, Recording, SessionKind, Stage
from models.retention import Part, RetentionPeriods, RetentionStep, SessionHold
from models.review import Review, ReviewState
from models.transcript import TranscriptVersion


class WordsWent(EvokeError):
    """What somebody wants to do needs what was said, or the recording, and its time is over."""

    status = 410
    code = "words_went"


@dataclass(frozen=True)
class CountsFrom:
    """`coded` says which moment it is: that of the newest coding, else that of adding. With `signed` it is that of a
    person's coding."""

    at: datetime
    coded: bool
    signed: bool = False


@dataclass(frozen=True)
class Due:
    """`over_at` is when the period ends; the part goes in the night after it."""

    session_id: UUID
    organisation_id: UUID
    kind: SessionKind
    part: Part
    since: CountsFrom
    period: str
    over_at: datetime


_SIGNED: Any = (
    select(func.max(col(Review.closed_at)))
    .where(
        col(Review.session_id) == col(PracticeSession.id), col(Review.state) == ReviewState.SIGNED_OFF,
        col(Review.blind).is_(False),
    )
    .correlate(PracticeSession)
    .scalar_subquery()
)  # fmt: skip
_CODED: Any = (
    select(func.max(col(Coding.created_at)))
    .join(TranscriptVersion, col(Coding.transcript_id) == col(TranscriptVersion.id))
    .where(col(TranscriptVersion.session_id) == col(PracticeSession.id))
    .correlate(PracticeSession)
    .scalar_subquery()
)
_SINCE = func.coalesce(_SIGNED, _CODED, col(PracticeSession.created_at))


def counts_from(session: Session, which: ColumnElement[bool]) -> dict[UUID, CountsFrom]:
    """The moment from which the periods of sessions count: when a person last signed it off, else when it was last
    coded, else when it was added. A blind sign-off keeps nothing longer. With `_SINCE` it is the one place that says
    so."""
    rows = session.exec(select(PracticeSession.id, PracticeSession.created_at, _SIGNED, _CODED).where(which))
    return {one: _counts_from(added, signed, coded) for one, added, signed, coded in rows}


def one_counts_from(session: Session, session_id: UUID) -> CountsFrom:
    """As `counts_from`, of one session."""
    added, signed, coded = session.exec(_ONE_COUNTS_FROM, params={"id": session_id}).one()
    return _counts_from(added, signed, coded)


_ONE_COUNTS_FROM = select(col(PracticeSession.created_at), _SIGNED, _CODED).where(
    col(PracticeSession.id) == bindparam("id")
)
"""Made once, as every page of a session asks it."""


def _counts_from(added: datetime, signed: datetime | None, coded: datetime | None) -> CountsFrom:
    return CountsFrom(signed or coded or added, coded is not None, signed is not None)


_SET = (
    select(
        RetentionPeriods.kind, RetentionPeriods.recording_days, RetentionPeriods.transcript_months,
        col(RetentionPeriods.score_months),
    )
    .where(col(RetentionPeriods.organisation_id) == bindparam("id"))
    .order_by(col(RetentionPeriods.created_at), col(RetentionPeriods.id))
)  # fmt: skip


def periods_of(session: Session, organisation_id: UUID) -> dict[SessionKind, Periods]:
    """Of every kind; the usual ones where nobody set others."""
    found = {kind: Periods(*lengths) for kind, *lengths in session.exec(_SET, params={"id": organisation_id})}
    return {kind: found.get(kind, Periods()) for kind in SessionKind}


def set_periods(session: Session, *, organisation_id: UUID, kind: SessionKind, periods: Periods, by: Actor) -> None:
    """The caller has checked that `by` may. Counts from the next night on, also for what is kept already."""
    assert may(by, Permission.MANAGE_RETENTION, organisation_id=organisation_id)
    before = periods_of(session, organisation_id)[kind]
    if periods == before:
        return
    row = RetentionPeriods(
        organisation_id=organisation_id, kind=kind, recording_days=periods.recording_days,
        transcript_months=periods.transcript_months, score_months=periods.score_months, set_by_id=by.person_id,
    )  # fmt: skip
    session.add(row)
    record_audit(
        session, action="retention_periods_set", subject=row, organisation_id=organisation_id, by=by.person_id,
        kind=kind.value,
        **{part.value: f"{before.shown(part)} before, now {periods.shown(part)}" for part in Part},
    )  # fmt: skip


@asked_once
def steps_of(session: Session, session_id: UUID) -> Mapping[Part, RetentionStep]:
    """What went of a session, or is going: from its row on nobody gets at a part."""
    return {row.part: row for row in session.exec(_STEPS, params={"id": session_id})}


_STEPS = select(RetentionStep).where(col(RetentionStep.session_id) == bindparam("id"))


def require_words(session: Session, practice: PracticeSession) -> None:
    """For whatever needs what was said. Locks the session, so that the words do not go meanwhile. Raises WordsWent."""
    session.refresh(practice, with_for_update=True)
    require_words_are_there(session, practice)


def require_words_are_there(session: Session, practice: PracticeSession) -> None:
    """For what only reads. Raises WordsWent."""
    if Part.WORDS in steps_of(session, practice.id):
        raise WordsWent(
            "What was said in this session is gone, because its time was over. Its scores are all there is."
        )


_HELD = (
    exists()
    .where(col(SessionHold.session_id) == col(PracticeSession.id), col(SessionHold.lifted_at).is_(None))
    .correlate(PracticeSession)
)
_SOUND = exists().where(col(Recording.session_id) == col(PracticeSession.id)).correlate(PracticeSession)
_STEP = exists().where(col(RetentionStep.session_id) == col(PracticeSession.id)).correlate(PracticeSession)
_LEFT = {part: ~_STEP.where(col(RetentionStep.part) == part) for part in Part}
_LEFT[Part.RECORDING] &= _SOUND


def _latest(part: Part) -> ColumnElement[datetime]:
    return case(*(
        (col(PracticeSession.kind) == kind, bindparam(f"{part}_{kind}", type_=UtcDateTime())) for kind in SessionKind
    ))  # fmt: skip


def _those(*ids: str) -> Iterator[ColumnElement[bool]]:
    """`ids` are names of columns that the caller gives."""
    columns = {"organisation_id": col(PracticeSession.organisation_id), "session_id": col(PracticeSession.id)}
    return (columns[name] == bindparam(name) for name in ids)


@cache
def _homes(*ids: str) -> Any:
    return select(PracticeSession.organisation_id).where(*_those(*ids)).distinct()


@cache
def _rows(*ids: str) -> Any:
    """Of sessions that may be due, neither under a hold, withdrawn nor being worked on: what is left of them, and what
    their times count from."""
    latest = case(
        (_LEFT[Part.RECORDING], _latest(Part.RECORDING)), (_LEFT[Part.WORDS], _latest(Part.WORDS)),
        else_=_latest(Part.SCORES),
    )  # fmt: skip
    columns: list[Any] = [
        PracticeSession.id, PracticeSession.organisation_id, PracticeSession.kind, PracticeSession.created_at,
        _SIGNED, _CODED, *_LEFT.values(),
    ]  # fmt: skip
    return select(*columns).where(
        col(PracticeSession.withdrawn_at).is_(None), col(PracticeSession.stage).not_in(Stage.working()), ~_HELD,
        *_those(*ids), latest >= _SINCE,
    )  # fmt: skip


def due_parts(
    session: Session, *, until: datetime, organisation_id: UUID | None = None, session_id: UUID | None = None
) -> list[Due]:
    """Every part whose period is over by `until`: recordings before words before scores, the longest due first.

    Not of sessions under a hold, withdrawn or being worked on. What went already is not in it.
    """
    named = {"organisation_id": organisation_id, "session_id": session_id}
    ids = {name: one for name, one in named.items() if one is not None}
    homes = [organisation_id] if organisation_id else session.exec(_homes(*ids), params=ids).all()
    periods = {home: periods_of(session, home) for home in homes}
    if not periods:
        return []
    found = []
    rows = session.exec(_rows(*ids), params={**ids, **_latest_of(periods, until)})
    for one, home, kind, added, signed, coded, *left in rows:
        since, theirs = _counts_from(added, signed, coded), periods[home][kind]
        for part in compress(Part, left):
            over_at = theirs.over_at(part, since.at)
            if over_at <= until:
                found.append(Due(one, home, kind, part, since, theirs.shown(part), over_at))
    order = list(Part)
    return sorted(found, key=lambda due: (order.index(due.part), due.over_at))


def _latest_of(periods: Mapping[UUID, Mapping[SessionKind, Periods]], until: datetime) -> dict[str, datetime]:
    """By part and kind when whatever is over by `until`, or a later part of it, began at the latest."""
    found: dict[str, datetime] = {}
    for kind in SessionKind:
        latest = datetime.min.replace(tzinfo=UTC)
        for part in reversed(Part):
            latest = max(latest, *(own[kind].latest_start(part, until) for own in periods.values()))
            found[f"{part}_{kind}"] = latest
    return found
