"""The part of a coding that names speakers or quotes them, sealed in its row."""

from dataclasses import asdict, dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select

from models.coding import Coding
from models.sealed import open_from, seal_into
from models.transcript import SpeakerDecision, TranscriptVersion


@dataclass(frozen=True)
class CodingWords:
    """`practitioner_labels` are the speakers coded as practitioner. `reasons` says of every utterance, in order, why it
    has its code; `global_reasons`, by rating, what moved a suggested range or why there is none."""

    practitioner_labels: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    global_reasons: dict[str, str] = field(default_factory=dict)


def keep_coding_words(session: Session, coding: Coding, words: CodingWords) -> None:
    seal_into(session, coding, asdict(words), session_id=_session_of(session, coding.transcript_id))


def coding_words(session: Session, coding: Coding) -> CodingWords:
    """Raises WordsGone."""
    kept = open_from(session, coding, session_id=_session_of(session, coding.transcript_id))
    return CodingWords(tuple(kept["practitioner_labels"]), tuple(kept["reasons"]), kept["global_reasons"])


def keep_decision(session: Session, decision: SpeakerDecision, labels: list[str]) -> None:
    seal_into(session, decision, labels, session_id=_session_of(session, decision.transcript_id))


def decided_labels(session: Session, decision: SpeakerDecision) -> tuple[str, ...]:
    """Raises WordsGone."""
    return tuple(open_from(session, decision, session_id=_session_of(session, decision.transcript_id)))


def latest_decision(session: Session, transcript_id: UUID) -> SpeakerDecision | None:
    """What somebody last said about who the practitioner is; None where nobody did."""
    decisions = select(SpeakerDecision).where(col(SpeakerDecision.transcript_id) == transcript_id)
    return session.exec(decisions.order_by(col(SpeakerDecision.created_at).desc()).limit(1)).first()


def _session_of(session: Session, transcript_id: UUID) -> UUID:
    return session.get_one(TranscriptVersion, transcript_id).session_id
