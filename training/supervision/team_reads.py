"""What the practitioner is asked about on their session's page: whether their team may read parts of it."""

from dataclasses import dataclass

from sqlmodel import Session

from coding.excerpts import others_agreed, team_may_read
from coding.retention import steps_of
from coding.review.sign_off import signed_off
from models.columns import utc_now
from models.permissions import Actor
from models.practice import PracticeSession, SessionKind
from models.retention import Part


@dataclass(frozen=True)
class TeamReads:
    """`others`: everybody else who is to be asked has agreed. `real`: a family took part."""

    agreed: bool
    others: bool
    real: bool


def build_team_reads(session: Session, practice: PracticeSession, *, reader: Actor) -> TeamReads | None:
    """None for whom it is not to say, and where nothing could be read: only what a coach signed off is."""
    if practice.practitioner_id != reader.person_id or practice.team_id is None:
        return None
    agreed = team_may_read(session, practice.id)
    if Part.WORDS in steps_of(session, practice.id) or (signed_off(session, practice.id) is None and not agreed):
        return None
    others = others_agreed(session, practice, today=utc_now().date())
    return TeamReads(agreed, others, practice.kind is SessionKind.REAL_PRACTICE)
