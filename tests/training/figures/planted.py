"""Sessions without words, straight into the tables, for figures of many."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from sqlmodel import Session

from models.coding import CodedBy, Coding
from models.figures import SessionFigure
from models.organisation import Team
from models.permissions import Actor
from models.practice import Picked, PracticeSession, SessionKind, Stage
from models.transcript import TranscriptSource, TranscriptVersion

TALK = {"q": 10, "sr": 8, "cr": 6, "af": 2, "seek": 1, "ct": 6, "st": 4, "open_questions": 6, "closed_questions": 4}


def plant_session(
    session: Session, *, practitioner: Actor, team: Team | None, day: date, kind: SessionKind = SessionKind.ROLE_PLAY,
    picked: Picked = Picked.CHOSEN, coded_by: CodedBy = CodedBy.MACHINE, signed_by: UUID | None = None,
    counts: Mapping[str, int] = TALK, ratings: Mapping[str, int] | None = None,
) -> PracticeSession:  # fmt: skip
    """Coded on `day`, by the machine or by `signed_by`."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    practice = PracticeSession(
        organisation_id=practitioner.organisation_id, team_id=team.id if team else None,
        practitioner_id=practitioner.person_id, added_by_id=practitioner.person_id, kind=kind, picked=picked,
        held_on=day, agreement_confirmed=True, stage=Stage.READY, progress=100, created_at=at,
    )  # fmt: skip
    session.add(practice)
    session.flush()
    version = TranscriptVersion(
        session_id=practice.id, version=1, source=TranscriptSource.FILE, method="planted", utterances_given=True
    )
    session.add(version)
    session.flush()
    machine = coded_by is CodedBy.MACHINE
    coding = Coding(
        transcript_id=version.id, coded_by=coded_by, model_version="planted" if machine else None,
        person_id=None if machine else signed_by or practitioner.person_id, created_at=at,
    )  # fmt: skip
    session.add(coding)
    session.flush()
    session.add(
        SessionFigure(
            session_id=practice.id, coded_by=coded_by, coding_id=coding.id, organisation_id=practice.organisation_id,
            team_id=practice.team_id, practitioner_id=practice.practitioner_id, kind=kind, picked=picked,
            model_version=coding.model_version, held_on=day, counted_on=day, **counts, **(ratings or {}),
        )
    )  # fmt: skip
    session.flush()
    return practice
