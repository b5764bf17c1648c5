"""Keeping a transcript: a new version with its turns, and its utterances where the file drew them. The one place that
writes and reads what was said."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from coding.transcript.parsed import ParsedTranscript
from coding.transcript.roles import practitioner_labels
from coding.transcript.words import TranscriptWords, Turn, Utterance, speakers_in_order
from models.many_rows import put_rows, row
from models.practice import Recording
from models.review import no_blind_transcript
from models.sealed import open_from, seal_into
from models.transcript import TranscriptSource, TranscriptVersion, UtteranceRow

_LABEL = 200
"""Characters of a speaker's label that are kept."""


def add_transcript_version(
    session: Session, *, practice_id: UUID, parsed: ParsedTranscript, source: TranscriptSource, method: str,
    recording: Recording | None,
) -> TranscriptVersion:  # fmt: skip
    version = TranscriptVersion(
        session_id=practice_id, version=_next_number(session, practice_id), source=source, method=method,
        recording_id=recording.id if recording else None, utterances_given=parsed.utterances_given,
        doubtful_share=parsed.doubtful_share,
    )  # fmt: skip
    turns = tuple(
        Turn(
            position=position, speaker_label=turn.speaker_label[:_LABEL], text=turn.text, started=turn.start,
            ended=turn.end, doubts=tuple(asdict(doubt) for doubt in turn.doubts), times=turn.times,
        )
        for position, turn in enumerate(parsed.turns)
    )  # fmt: skip
    labels = tuple(label[:_LABEL] for label in practitioner_labels(parsed))
    _keep(session, version, TranscriptWords(turns, labels, tuple(parsed.notes)))
    if parsed.utterances_given:
        add_utterances(session, version.id, [turn.utterances for turn in parsed.turns])
    return version


def new_version_to_parse(session: Session, last: TranscriptVersion) -> TranscriptVersion:
    """The same turns as a new version whose utterances are still to be drawn: where they lie depends on who speaks."""
    return keep_version(session, last, words_of(session, last), utterances_given=False)


def keep_version(
    session: Session, last: TranscriptVersion, words: TranscriptWords, *, utterances_given: bool | None = None
) -> TranscriptVersion:
    """Another version, made from `last`, in these words. Its utterances are still to be drawn or given."""
    given = last.utterances_given if utterances_given is None else utterances_given
    version = TranscriptVersion(
        session_id=last.session_id, version=_next_number(session, last.session_id), source=last.source,
        method=last.method, recording_id=last.recording_id, utterances_given=given, doubtful_share=last.doubtful_share,
        names_replaced=last.names_replaced,
    )  # fmt: skip
    _keep(session, version, words)
    return version


def _next_number(session: Session, practice_id: UUID) -> int:
    last = select(func.max(TranscriptVersion.version)).where(col(TranscriptVersion.session_id) == practice_id)
    return (session.exec(last).one() or 0) + 1


def _keep(session: Session, version: TranscriptVersion, words: TranscriptWords) -> None:
    seal_into(session, version, words.as_json(), session_id=version.session_id)
    session.add(version)
    session.flush()


def add_utterances(session: Session, transcript_id: UUID, by_turn: list[tuple[str, ...]]) -> None:
    """Once for each version."""
    places = [(turn, position) for turn, texts in enumerate(by_turn) for position in range(len(texts))]
    put_rows(session, UtteranceRow, [
        row(transcript_id=transcript_id, turn_position=turn, position=position, sequence=sequence)
        for sequence, (turn, position) in enumerate(places)
    ])  # fmt: skip
    version = session.get_one(TranscriptVersion, transcript_id)
    texts = [text for said in by_turn for text in said]
    seal_into(session, version, texts, session_id=version.session_id, column="utterances")
    session.add(version)
    session.flush()


def change_words(
    session: Session, version: TranscriptVersion, words: TranscriptWords, *, utterances: list[str] | None
) -> None:
    """The same turns and utterances in other words: names that became placeholders, or words that are to go."""
    if utterances is not None:
        seal_into(session, version, utterances, session_id=version.session_id, column="utterances")
    _keep(session, version, words)


def latest_transcript(session: Session, practice_id: UUID) -> TranscriptVersion | None:
    """Blind second codings apart: what they mended is for agreement alone."""
    return session.exec(_LATEST, params={"id": practice_id}).first()


_LATEST = (
    select(TranscriptVersion)
    .where(col(TranscriptVersion.session_id) == bindparam("id"), no_blind_transcript())
    .order_by(col(TranscriptVersion.version).desc())
    .limit(1)
)


def words_of(session: Session, version: TranscriptVersion, *, times: bool = True) -> TranscriptWords:
    """`times` of its words too, or turns that have none. Raises WordsGone."""
    return TranscriptWords.from_json(open_from(session, version, session_id=version.session_id), times=times)


def turns_of(session: Session, transcript_id: UUID) -> list[Turn]:
    """Raises WordsGone."""
    return list(words_of(session, session.get_one(TranscriptVersion, transcript_id)).turns)


def utterances_of(session: Session, transcript_id: UUID) -> list[Utterance]:
    """In their order; none before they are drawn. Raises WordsGone."""
    version = session.get_one(TranscriptVersion, transcript_id)
    texts = utterance_texts(session, version)
    if not texts:
        return []
    places = session.exec(_PLACES, params={"id": transcript_id})
    return [
        Utterance(key or 0, turn, position, sequence, text)
        for (key, turn, position, sequence), text in zip(places, texts, strict=True)
    ]


_PLACES = (
    select(UtteranceRow.id, UtteranceRow.turn_position, UtteranceRow.position, UtteranceRow.sequence)
    .where(col(UtteranceRow.transcript_id) == bindparam("id"))
    .order_by(col(UtteranceRow.sequence))
)


def utterance_ids(session: Session, transcript_id: UUID) -> list[int]:
    """In their order, also of words that are gone."""
    in_order = select(UtteranceRow.id).where(col(UtteranceRow.transcript_id) == transcript_id)
    return [key or 0 for key in session.exec(in_order.order_by(col(UtteranceRow.sequence)))]


def utterance_texts(session: Session, version: TranscriptVersion) -> list[str]:
    """What each utterance says, in their order; none before they are drawn. Raises WordsGone."""
    if version.utterances is None:
        return []
    return list(open_from(session, version, session_id=version.session_id, column="utterances"))


def utterances_by_turn(session: Session, version: TranscriptVersion, turns: int) -> tuple[tuple[str, ...], ...]:
    """Empty as long as none are drawn. Raises WordsGone."""
    drawn = utterances_of(session, version.id)
    if not drawn:
        return ()
    by_turn: list[list[str]] = [[] for _ in range(turns)]
    for one in drawn:
        by_turn[one.turn_position].append(one.text)
    return tuple(tuple(texts) for texts in by_turn)


def speaker_labels(session: Session, transcript_id: UUID) -> list[str]:
    """Every speaker, in the order they first speak. Raises WordsGone."""
    return speakers_in_order(turns_of(session, transcript_id))
