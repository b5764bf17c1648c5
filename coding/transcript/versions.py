"""Keeping a parsed transcript: a new version with its turns, and its utterances where the file drew them."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from coding.transcript.parsed import ParsedTranscript
from coding.transcript.roles import practitioner_labels
from models.practice import Recording
from models.transcript import TranscriptSource, TranscriptVersion, Turn, Utterance

_LABEL = 200
"""Characters of a speaker's label that are kept."""


def add_transcript_version(
    session: Session, *, practice_id: UUID, parsed: ParsedTranscript, source: TranscriptSource, method: str,
    recording: Recording | None,
) -> TranscriptVersion:  # fmt: skip
    last = select(func.max(TranscriptVersion.version)).where(col(TranscriptVersion.session_id) == practice_id)
    version = TranscriptVersion(
        session_id=practice_id, version=(session.exec(last).one() or 0) + 1, source=source, method=method,
        recording_id=recording.id if recording else None, utterances_given=parsed.utterances_given,
        practitioner_labels=[label[:_LABEL] for label in practitioner_labels(parsed)], notes=list(parsed.notes),
        doubtful_share=parsed.doubtful_share,
    )  # fmt: skip
    session.add(version)
    session.flush()
    session.add_all(
        Turn(
            transcript_id=version.id, position=position, speaker_label=turn.speaker_label[:_LABEL], text=turn.text,
            started=turn.start, ended=turn.end, doubts=[asdict(doubt) for doubt in turn.doubts] or None,
        )
        for position, turn in enumerate(parsed.turns)
    )  # fmt: skip
    if parsed.utterances_given:
        add_utterances(session, version.id, [turn.utterances for turn in parsed.turns])
    session.flush()
    return version


def new_version_to_parse(session: Session, last: TranscriptVersion) -> TranscriptVersion:
    """The same turns as a new version whose utterances are still to be drawn: where they lie depends on who speaks."""
    version = TranscriptVersion(
        session_id=last.session_id, version=last.version + 1, source=last.source, method=last.method,
        recording_id=last.recording_id, utterances_given=False, practitioner_labels=last.practitioner_labels,
        notes=last.notes, doubtful_share=last.doubtful_share,
    )  # fmt: skip
    session.add(version)
    session.flush()
    session.add_all(
        Turn(
            transcript_id=version.id, position=turn.position, speaker_label=turn.speaker_label, text=turn.text,
            started=turn.started, ended=turn.ended, doubts=turn.doubts,
        )
        for turn in turns_of(session, last.id)
    )  # fmt: skip
    session.flush()
    return version


def add_utterances(session: Session, transcript_id: UUID, by_turn: list[tuple[str, ...]]) -> None:
    sequence = 0
    for turn_position, texts in enumerate(by_turn):
        for position, text in enumerate(texts):
            session.add(
                Utterance(
                    transcript_id=transcript_id, turn_position=turn_position, position=position, sequence=sequence,
                    text=text,
                )
            )  # fmt: skip
            sequence += 1
    session.flush()


def latest_transcript(session: Session, practice_id: UUID) -> TranscriptVersion | None:
    versions = select(TranscriptVersion).where(col(TranscriptVersion.session_id) == practice_id)
    return session.exec(versions.order_by(col(TranscriptVersion.version).desc()).limit(1)).first()


def turns_of(session: Session, transcript_id: UUID) -> list[Turn]:
    return list(session.exec(select(Turn).where(col(Turn.transcript_id) == transcript_id).order_by(col(Turn.position))))


def utterances_of(session: Session, transcript_id: UUID) -> list[Utterance]:
    found = select(Utterance).where(col(Utterance.transcript_id) == transcript_id).order_by(col(Utterance.sequence))
    return list(session.exec(found))


def speaker_labels(session: Session, transcript_id: UUID) -> list[str]:
    """Every speaker, in the order they first speak."""
    first = func.min(Turn.position)
    found = select(Turn.speaker_label).where(col(Turn.transcript_id) == transcript_id)
    return list(session.exec(found.group_by(Turn.speaker_label).order_by(first)))
