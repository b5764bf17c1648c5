"""The coach's queue: every session that waits for a review, who has it, when it is due, and which is best next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, exists, func
from sqlalchemy.orm import aliased, load_only
from sqlmodel import Session, col, select

from coding.about_session import about_for
from models.coding import CodedBy, CodeRow, Coding
from models.columns import utc_now
from models.feedback import Feedback
from models.figures import SessionFigure
from models.keys import WordsGone, open_session_keys
from models.name_check import NameCheck
from models.organisation import Team
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession
from models.review import Review, ReviewState
from models.taken_session import TakenSession
from models.transcript import TranscriptVersion
from training.next_best import Candidate, due_shown, last_shown, next_best, reason_for
from training.waits_for_review import review_days, to_review

SHOWN = 50
Coach = aliased(Person)


@dataclass(frozen=True)
class QueueRow:
    """`coach` is who has taken it, empty for nobody; `begun` says that the reader has an open review of it, `to_check`
    that its names are to be checked before anybody can review it."""

    id: UUID
    title: str
    practitioner: str
    team: str
    held_on: date
    due: str
    overdue: bool
    unsure: str
    last: str
    coach: str
    mine: bool
    begun: bool
    to_check: bool


@dataclass(frozen=True)
class NextRow:
    row: QueueRow
    reason: str


@dataclass(frozen=True)
class QueueView:
    """`rows` in the order in which they are due, the reader's own first; at most SHOWN of `waiting`. `next` is what
    *Review next* opens: one that the reader has begun or taken, else the best that nobody has."""

    rows: tuple[QueueRow, ...]
    waiting: int
    overdue: int
    mine: int
    review_days: int
    next: NextRow | None


@dataclass(frozen=True)
class _Waiting:
    practice: PracticeSession
    practitioner: str
    team: str
    coach_id: UUID | None
    coach: str
    begun: bool
    to_check: bool
    candidate: Candidate


def build_queue_view(session: Session, actor: Actor) -> QueueView:
    today = utc_now().date()
    days = review_days(session, actor.organisation_id)
    waiting = sorted(_waiting(session, actor, days), key=lambda one: _order(one, actor))
    best = _next(waiting, actor)
    shown = waiting[:SHOWN]
    open_session_keys(session, [one.practice.id for one in (*shown, *([best] if best else []))])
    mine = [one for one in waiting if one.coach_id == actor.person_id or one.begun]
    return QueueView(
        tuple(_row(session, one, actor, today) for one in shown), len(waiting),
        sum(one.candidate.due_on < today for one in waiting), len(mine), days,
        NextRow(_row(session, best, actor, today), _reason(best, actor, today)) if best else None,
    )  # fmt: skip


def next_to_review(session: Session, actor: Actor) -> UUID | None:
    days = review_days(session, actor.organisation_id)
    best = _next(_waiting(session, actor, days), actor)
    return best.practice.id if best else None


def _order(one: _Waiting, actor: Actor) -> tuple[bool, date, str]:
    theirs = not one.begun and one.coach_id != actor.person_id
    return theirs, one.candidate.due_on, str(one.practice.id)


def _next(waiting: Sequence[_Waiting], actor: Actor) -> _Waiting | None:
    """What was begun comes before what was taken, and that before what nobody has."""
    can = [one for one in waiting if not one.to_check]
    for ready in (
        [one for one in can if one.begun],
        [one for one in can if one.coach_id == actor.person_id],
        [one for one in can if one.coach_id is None],
    ):  # fmt: skip
        found = {one.candidate.session_id: one for one in ready}
        if (best := next_best([one.candidate for one in ready])) is not None:
            return found[best.session_id]
    return None


def _reason(one: _Waiting, actor: Actor, today: date) -> str:
    why = reason_for(one.candidate, trainee=one.practitioner, today=today)
    if one.begun:
        return f"You have begun it. {why}"
    return f"You have taken it. {why}" if one.coach_id == actor.person_id else why


def _row(session: Session, one: _Waiting, actor: Actor, today: date) -> QueueRow:
    try:
        title = about_for(session, one.practice, actor).title
    except WordsGone:
        title = ""
    due = one.candidate.due_on
    return QueueRow(
        id=one.practice.id, title=title, practitioner=one.practitioner, team=one.team, held_on=one.practice.held_on,
        due=due_shown(due, today), overdue=due < today, unsure=f"{round(one.candidate.unsure * 100)} %",
        last=last_shown(one.candidate.last_on, trainee=one.practitioner, today=today), coach=one.coach,
        mine=one.coach_id == actor.person_id, begun=one.begun, to_check=one.to_check,
    )  # fmt: skip


def _waiting(session: Session, actor: Actor, days: int) -> list[_Waiting]:
    """In four queries, however many they are."""
    rows: Sequence[Any] = session.exec(_waiting_rows(actor)).all()
    doubt = _doubt(session, [practice.id for practice, *_ in rows])
    last = _last_heard(session, {practice.practitioner_id for practice, *_ in rows})
    return [
        _Waiting(
            practice, practitioner, team or "", coach_id, coach or "", bool(begun), bool(to_check),
            Candidate(
                practice.id, doubt.get(practice.id, 0.0), last.get(practice.practitioner_id),
                practice.created_at.date() + timedelta(days=days),
            ),
        )
        for practice, practitioner, team, coach_id, coach, begun, to_check in rows
    ]  # fmt: skip


@lru_cache(maxsize=128)
def _waiting_rows(actor: Actor) -> Any:
    """Of sessions what is shown, opened and sorted by; more of one is read when it is asked for."""
    open_one = exists().where(
        col(Review.session_id) == col(PracticeSession.id), col(Review.reviewer_id) == actor.person_id,
        col(Review.state) == ReviewState.OPEN,
    )  # fmt: skip
    unchecked = exists().where(col(NameCheck.session_id) == col(PracticeSession.id), col(NameCheck.said).is_not(None))
    practice = PracticeSession
    shown = (practice.practitioner_id, practice.added_by_id, practice.sealed, practice.held_on, practice.created_at)
    return (
        select(practice, Person.name, Team.name, Coach.id, Coach.name, open_one, unchecked)  # type: ignore[call-overload]
        .options(load_only(*(col(one) for one in shown)))  # type: ignore[arg-type]
        .join(Person, col(Person.id) == col(practice.practitioner_id))
        .outerjoin(Team, col(Team.id) == col(practice.team_id))
        .outerjoin(TakenSession, col(TakenSession.session_id) == col(practice.id))
        .outerjoin(Coach, (col(Coach.id) == col(TakenSession.coach_id)) & col(Coach.left_at).is_(None))
        .where(to_review(actor))
    )


def _doubt(session: Session, sessions: Collection[UUID]) -> dict[UUID, float]:
    """By session, the share of unsure lines in what the machine coded last: as it was kept, else from the codes."""
    rows = session.exec(_UNSURE, params={"sessions": sessions})
    kept = {session_id: share for session_id, share in rows if share is not None}
    rest = [one for one in sessions if one not in kept]
    return kept | (_doubt_by_codes(session, rest) if rest else {})


_UNSURE = select(SessionFigure.session_id, SessionFigure.unsure_share).where(
    col(SessionFigure.session_id).in_(bindparam("sessions", expanding=True)),
    col(SessionFigure.coded_by) == CodedBy.MACHINE,
)


def _doubt_by_codes(session: Session, sessions: Collection[UUID]) -> dict[UUID, float]:
    codings = (
        select(Coding.id, TranscriptVersion.session_id, func.row_number().over(
            partition_by=col(TranscriptVersion.session_id),
            order_by=[col(TranscriptVersion.version).desc(), col(Coding.created_at).desc(), col(Coding.id).desc()],
        ).label("place"))
        .join(TranscriptVersion, col(TranscriptVersion.id) == col(Coding.transcript_id))
        .where(col(TranscriptVersion.session_id).in_(sessions), col(Coding.coded_by) == CodedBy.MACHINE)
        .subquery()
    )  # fmt: skip
    unsure = func.avg(case((col(CodeRow.unsure).is_(True), 1.0), else_=0.0))
    shares = (
        select(codings.c.session_id, unsure)
        .join(CodeRow, col(CodeRow.coding_id) == codings.c.id)
        .where(codings.c.place == 1)
        .group_by(codings.c.session_id)
    )
    return {session_id: float(share) for session_id, share in session.exec(shares)}


def _last_heard(session: Session, people: Collection[UUID]) -> dict[UUID, date]:
    """By practitioner, when one of their sessions was last signed off or feedback on it sent."""
    last: dict[UUID, date] = {}
    for rows in (_SIGNED, _SENT):
        for person_id, at in session.exec(rows, params={"people": people}):
            if at is not None:
                last[person_id] = max(at.date(), last.get(person_id, at.date()))
    return last


_HERE = col(PracticeSession.practitioner_id).in_(bindparam("people", expanding=True))
_SIGNED = (
    select(PracticeSession.practitioner_id, func.max(Review.closed_at))
    .join(Review, col(Review.session_id) == col(PracticeSession.id))
    .where(_HERE, col(Review.state) == ReviewState.SIGNED_OFF, col(Review.blind).is_(False))
    .group_by(col(PracticeSession.practitioner_id))
)
_SENT = (
    select(PracticeSession.practitioner_id, func.max(Feedback.sent_at))
    .join(Feedback, col(Feedback.session_id) == col(PracticeSession.id))
    .where(_HERE, col(Feedback.sent_at).is_not(None))
    .group_by(col(PracticeSession.practitioner_id))
)
