"""What goes in the next nights, as counts by day, part and kind; and the legal holds that keep what would go."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, tuple_
from sqlalchemy.orm import aliased
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


_HOLDS = (
    select(SessionHold, PracticeSession, Person.name)
    .join(PracticeSession, col(PracticeSession.id) == col(SessionHold.session_id))
    .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
    .where(col(PracticeSession.organisation_id) == bindparam("id"), col(SessionHold.lifted_at).is_(None))
    .order_by(col(SessionHold.placed_at).desc())
)
_LATER = aliased(Agreement)
_FIRST = func.min(col(Agreement.expires_on))
_ENDS = (
    select(Participant.session_id, _FIRST)
    .join(Agreement, col(Agreement.participant_id) == col(Participant.id))
    .where(
        col(Agreement.scope) == Scope.SUPERVISION, col(Agreement.given), col(Agreement.expires_on).is_not(None),
        ~exists().where(
            col(_LATER.participant_id) == col(Agreement.participant_id), col(_LATER.scope) == col(Agreement.scope),
            tuple_(col(_LATER.created_at), col(_LATER.id)) > tuple_(col(Agreement.created_at), col(Agreement.id)),
        ).correlate(Agreement),
    )
    .group_by(col(Participant.session_id))
)  # fmt: skip
"""The word that holds is a participant's newest."""
_ENDS_OF: Any = _ENDS.where(col(Participant.session_id).in_(bindparam("sessions", expanding=True)))
_ENDING: Any = (
    _ENDS.add_columns(col(PracticeSession.kind))
    .join(PracticeSession, col(PracticeSession.id) == col(Participant.session_id))
    .where(
        col(PracticeSession.organisation_id) == bindparam("id"), col(PracticeSession.withdrawn_at).is_(None),
        col(PracticeSession.id).not_in(select(SessionHold.session_id).where(col(SessionHold.lifted_at).is_(None))),
    )
    .group_by(col(PracticeSession.kind))
    .having(bindparam("last") >= _FIRST)
)  # fmt: skip


def going_next(session: Session, organisation_id: UUID) -> tuple[GoingView, ...]:
    """In the next DAYS, the soonest first."""
    now = utc_now()
    counts: Counter[tuple[date, tuple[str, str], SessionKind]] = Counter()
    for due in due_parts(session, until=now + timedelta(days=DAYS), organisation_id=organisation_id):
        counts[(goes_at(due.over_at).date(), PART_SHOWN[due.part], due.kind)] += 1
    tonight, last = next_night(now).date(), now.date() + timedelta(days=DAYS - 1)
    for _, last_day, kind in session.exec(_ENDING, params={"id": organisation_id, "last": last}):
        counts[(max(last_day + timedelta(days=1), tonight), _AGREEMENT_ENDS, kind)] += 1
    order = list(SessionKind)
    return tuple(
        GoingView(on, f"{count} {words[0] if count == 1 else words[1]}", KIND_SHOWN[kind])
        for (on, words, kind), count in sorted(counts.items(), key=lambda one: (*one[0][:2], order.index(one[0][2])))
    )


def agreements_end(session: Session, sessions: Collection[UUID]) -> dict[UUID, date]:
    """Of sessions the last day of the first agreement to supervision that ends; those without an end are not in it."""
    return dict(session.exec(_ENDS_OF, params={"sessions": sessions}).all())


def held_sessions(session: Session, organisation_id: UUID) -> tuple[HeldSessionView, ...]:
    """Those that a hold keeps now, the newest hold first."""
    return tuple(
        HeldSessionView(
            practice.id, KIND_SHOWN[practice.kind], practice.held_on, name, practice.withdrawn_at is not None,
            hold_view(session, hold),
        )
        for hold, practice, name in session.exec(_HOLDS, params={"id": organisation_id})
    )  # fmt: skip
