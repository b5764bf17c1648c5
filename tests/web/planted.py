"""Coded sessions put straight into the database, without the words and the minutes of real ones."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlmodel import Session

from coding.scheme.summary import ScoreName
from models.coding import CodedBy, CodeRow, Coding, Score
from models.permissions import Actor
from models.practice import PracticeSession, SessionKind, Stage
from models.review import Review, ReviewState
from models.transcript import TranscriptSource, TranscriptVersion, UtteranceRow

CODES = ("Q", "CT", "SR", "CT", "CR", "ST", "SR", "CT")


def plant(
    session: Session, who: Actor, team_id: UUID, on: date, *, kind: SessionKind = SessionKind.ROLE_PLAY,
    scores: Mapping[ScoreName, float] | None = None, codes: Sequence[str] = CODES, signed_by: Actor | None = None,
) -> PracticeSession:  # fmt: skip
    """Coded by the machine, and by `signed_by` too, with the same codes."""
    practice = PracticeSession(
        organisation_id=who.organisation_id, team_id=team_id, practitioner_id=who.person_id,
        added_by_id=who.person_id, kind=kind, held_on=on, agreement_confirmed=True, stage=Stage.READY,
        created_at=datetime.combine(on, time(9), UTC),
    )  # fmt: skip
    session.add(practice)
    session.flush()
    version = TranscriptVersion(
        session_id=practice.id, version=1, source=TranscriptSource.FILE, method="planted", utterances_given=True
    )
    session.add(version)
    session.flush()
    lines = [
        UtteranceRow(transcript_id=version.id, turn_position=at, position=0, sequence=at) for at in range(len(codes))
    ]
    session.add_all(lines)
    session.flush()
    machine = _coding(session, version, lines, codes, scores or {}, None)
    if signed_by is not None:
        person = _coding(session, version, lines, codes, scores or {}, signed_by)
        session.add(
            Review(
                session_id=practice.id, transcript_id=version.id, coding_id=machine.id,
                reviewer_id=signed_by.person_id, state=ReviewState.SIGNED_OFF, closed_at=practice.created_at,
                made_coding_id=person.id,
            )
        )  # fmt: skip
        session.flush()
    return practice


def _coding(
    session: Session, version: TranscriptVersion, lines: Sequence[UtteranceRow], codes: Sequence[str],
    scores: Mapping[ScoreName, float], by: Actor | None,
) -> Coding:  # fmt: skip
    coding = Coding(
        transcript_id=version.id, coded_by=CodedBy.PERSON if by else CodedBy.MACHINE,
        model_version=None if by else "planted", person_id=by.person_id if by else None,
    )  # fmt: skip
    session.add(coding)
    session.flush()
    session.add_all(
        CodeRow(
            coding_id=coding.id, utterance_id=line.id or 0, code=code, subtype="closed" if code == "Q" else None,
            confidence=None if by else 0.9,
        )
        for line, code in zip(lines, codes, strict=True)
    )  # fmt: skip
    session.add_all(Score(coding_id=coding.id, name=name.value, value=value) for name, value in scores.items())
    session.flush()
    return coding
