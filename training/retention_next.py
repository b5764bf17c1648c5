"""What goes in the next nights, as counts by day, part and kind; and the legal holds that keep what would go."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from coding.hold import HoldView, hold_view
from coding.night import next_night
from coding.retention import due_parts
from models.columns import utc_now
from models.consent import Agreement, Participant, Scope
from models.person import Person
from models.practice import PracticeSession, SessionKind
from models.retention import Part, SessionHold
from training.kept_view import goes_at
from training.session_lists import KIND_SHOWN

DAYS = 30
PART_SHOWN = {
    Part.RECORDING: ("recording", "recordings"),
    Part.WORDS: ("transcript", "transcripts"),
    Part.SCORES: ("session, leaving figures without a name", "sessions, leaving figures without a name"),
}
_AGREEMENT_ENDS = ("session, because an agreement ends", "sessions, because agreements end")


@dataclass(frozen=True)
class GoingView:
    """`what` is what goes, with its count. `on` is the day of the night in which it goes."""

    on: date
    what: str
    kind_shown: str


@dataclass(frozen=True)
class HeldSessionView:
    """`withdrawn` says that it is hidden from everybody and goes when the hold is lifted."""

    id: UUID
    kind_shown: str
    took_place: date
    practitioner: str
    withdrawn: bool
    hold: HoldView


def going_next(session: Session, organisation_id: UUID) -> tuple[GoingView, ...]:
    """In the next DAYS, the soonest first."""
    now = utc_now()
    counts: Counter[tuple[date, tuple[str, str], SessionKind]] = Counter()
    for due in due_parts(session, until=now + timedelta(days=DAYS), organisation_id=organisation_id):
        counts[(goes_at(due.over_at).date(), PART_SHOWN[due.part], due.kind)] += 1
    here = (col(PracticeSession.organisation_id) == organisation_id) & col(PracticeSession.withdrawn_at).is_(None)
    here &= col(PracticeSession.id).not_in(select(SessionHold.session_id).where(col(SessionHold.lifted_at).is_(None)))
    ends = agreements_end(session, here)
    rows = session.exec(select(PracticeSession.id, PracticeSession.kind).where(here))
    kinds = {one: SessionKind(kind) for one, kind in rows}
    for session_id, last_day in ends.items():
        on = max(last_day + timedelta(days=1), next_night(now).date())
        if on <= now.date() + timedelta(days=DAYS):
            counts[(on, _AGREEMENT_ENDS, kinds[session_id])] += 1
    order = list(SessionKind)
    return tuple(
        GoingView(on, f"{count} {words[0] if count == 1 else words[1]}", KIND_SHOWN[kind])
        for (on, words, kind), count in sorted(counts.items(), key=lambda one: (*one[0][:2], order.index(one[0][2])))
    )


def agreements_end(session: Session, which: ColumnElement[bool]) -> dict[UUID, date]:
    """Of sessions the last day of the first agreement to supervision that ends; those without an end are not in it."""
    rows = session.exec(
        select(Agreement, Participant.session_id)
        .join(Participant, col(Participant.id) == col(Agreement.participant_id))
        .where(
            col(Participant.session_id).in_(select(PracticeSession.id).where(which)),
            col(Agreement.scope) == Scope.SUPERVISION,
        )
        .order_by(col(Agreement.created_at), col(Agreement.id))
    )
    first: dict[UUID, date] = {}
    for row, session_id in {row.participant_id: (row, session_id) for row, session_id in rows}.values():
        if row.given and row.expires_on is not None:
            first[session_id] = min(row.expires_on, first.get(session_id, row.expires_on))
    return first


def held_sessions(session: Session, organisation_id: UUID) -> tuple[HeldSessionView, ...]:
    """Those that a hold keeps now, the newest hold first."""
    rows = (
        select(SessionHold, PracticeSession, Person.name)
        .join(PracticeSession, col(PracticeSession.id) == col(SessionHold.session_id))
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .where(col(PracticeSession.organisation_id) == organisation_id, col(SessionHold.lifted_at).is_(None))
        .order_by(col(SessionHold.placed_at).desc())
    )
    return tuple(
        HeldSessionView(
            practice.id, KIND_SHOWN[practice.kind], practice.held_on, name, practice.withdrawn_at is not None,
            hold_view(session, hold),
        )
        for hold, practice, name in session.exec(rows)
    )  # fmt: skip
