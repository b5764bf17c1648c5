"""What somebody could write about in their record of learning: what they completed, and feedback they got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.certificate import Certificate, LearningKind
from models.feedback import Feedback
from models.permissions import Actor
from models.practice import PracticeSession
from training.progress.certificates import certificates_of
from training.progress.record import Entry

MOST = 6


@dataclass(frozen=True)
class Suggestion:
    """`minutes` is 0 where nobody knows how long it took."""

    kind: LearningKind
    about: str
    what: str
    on: date
    minutes: int = 0


def suggested_entries(session: Session, *, by: Actor, written: Sequence[Entry]) -> list[Suggestion]:
    """What they have not written about yet, the newest first, at most MOST."""
    done = {(one.kind, one.about) for one in written}
    held = [_of_certificate(one) for one in certificates_of(session, by.person_id) if one.revoked_at is None]
    found = [one for one in [*held, *_of_feedback(session, by.person_id)] if (one.kind, one.about) not in done]
    return sorted(found, key=lambda one: one.on, reverse=True)[:MOST]


def suggestion(session: Session, kind: LearningKind, about: str, *, by: Actor) -> Suggestion | None:
    """None where it is not theirs."""
    everything = [
        *(_of_certificate(one) for one in certificates_of(session, by.person_id)),
        *_of_feedback(session, by.person_id),
    ]
    return next((one for one in everything if (one.kind, one.about) == (kind, about)), None)


def _of_certificate(one: Certificate) -> Suggestion:
    return Suggestion(LearningKind.MODULE, one.module, f"The module “{one.title}”", one.completed_on, one.minutes)


def _of_feedback(session: Session, person_id: UUID) -> list[Suggestion]:
    rows = session.exec(
        select(Feedback, col(PracticeSession.held_on))
        .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
        .where(
            col(PracticeSession.practitioner_id) == person_id, col(PracticeSession.withdrawn_at).is_(None),
            col(Feedback.read_at).is_not(None),
        )
    )  # fmt: skip
    return [
        Suggestion(
            LearningKind.FEEDBACK, str(one.session_id), f"My coach’s feedback on a practice session of {_day(held_on)}",
            one.sent_at.date(),
        )
        for one, held_on in rows
        if one.sent_at is not None
    ]  # fmt: skip


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
