"""What is kept until when: the periods of an organisation, what they count from, and what is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from coding.retention_periods import Periods
from models.audit import record_audit
from models.coding import Coding
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


def counts_from(session: Session, which: ColumnElement[bool]) -> dict[UUID, CountsFrom]:
    """The moment from which the periods of sessions count: when a person last signed it off, else when it was last
    coded, else when it was added. A blind sign-off keeps nothing longer. It is the one place that says so."""
    newest = select(Review.session_id, func.max(Review.closed_at)).where(
        col(Review.state) == ReviewState.SIGNED_OFF, col(Review.blind).is_(False)
    )
    of_these = col(Review.session_id).in_(select(PracticeSession.id).where(which))
    signed = dict(session.exec(newest.where(of_these).group_by(col(Review.session_id))).all())
    coded = func.max(Coding.created_at)
    rows = (
        select(PracticeSession.id, PracticeSession.created_at, coded)
        .outerjoin(TranscriptVersion, col(TranscriptVersion.session_id) == col(PracticeSession.id))
        .outerjoin(Coding, col(Coding.transcript_id) == col(TranscriptVersion.id))
        .where(which)
        .group_by(col(PracticeSession.id), col(PracticeSession.created_at))
    )
    return {
        one: CountsFrom(signed.get(one) or last or added, last is not None, one in signed)
        for one, added, last in session.exec(rows)
    }


def periods_of(session: Session, organisation_id: UUID) -> dict[SessionKind, Periods]:
    """Of every kind; the usual ones where nobody set others."""
    rows = select(RetentionPeriods).where(col(RetentionPeriods.organisation_id) == organisation_id)
    found = {
        row.kind: Periods(row.recording_days, row.transcript_months, row.score_months)
        for row in session.exec(rows.order_by(col(RetentionPeriods.created_at), col(RetentionPeriods.id)))
    }
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


def steps_of(session: Session, session_id: UUID) -> dict[Part, RetentionStep]:
    """What went of a session, or is going: from its row on nobody gets at a part."""
    rows = select(RetentionStep).where(col(RetentionStep.session_id) == session_id)
    return {row.part: row for row in session.exec(rows)}


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


def due_parts(
    session: Session, *, until: datetime, organisation_id: UUID | None = None, session_id: UUID | None = None
) -> list[Due]:
    """Every part whose period is over by `until`: recordings before words before scores, the longest due first.

    Not of sessions under a hold, withdrawn or being worked on. What went already is not in it.
    """
    which = col(PracticeSession.withdrawn_at).is_(None) & col(PracticeSession.stage).not_in(Stage.working())
    which &= col(PracticeSession.id).not_in(select(SessionHold.session_id).where(col(SessionHold.lifted_at).is_(None)))
    if organisation_id is not None:
        which &= col(PracticeSession.organisation_id) == organisation_id
    if session_id is not None:
        which &= col(PracticeSession.id) == session_id
    since = counts_from(session, which)
    wanted = select(PracticeSession.id).where(which)
    sound = set(session.exec(select(Recording.session_id).where(col(Recording.session_id).in_(wanted))))
    steps = select(RetentionStep.session_id, RetentionStep.part).where(col(RetentionStep.session_id).in_(wanted))
    went = {(one, Part(part)) for one, part in session.exec(steps)}
    periods: dict[UUID, dict[SessionKind, Periods]] = {}
    found = []
    for practice in session.exec(select(PracticeSession).where(which)):
        home = practice.organisation_id
        if home not in periods:
            periods[home] = periods_of(session, home)
        for part in _parts_left(practice.id, sound, went):
            theirs, at = periods[home][practice.kind], since[practice.id]
            over_at = theirs.over_at(part, at.at)
            if over_at <= until:
                found.append(Due(practice.id, home, practice.kind, part, at, theirs.shown(part), over_at))
    order = list(Part)
    return sorted(found, key=lambda due: (order.index(due.part), due.over_at))


def _parts_left(session_id: UUID, sound: Collection[UUID], went: Collection[tuple[UUID, Part]]) -> list[Part]:
    left = [part for part in Part if (session_id, part) not in went]
    return [part for part in left if part is not Part.RECORDING or session_id in sound]
