"""The coding stage as a job: turns → utterances → who is the practitioner → codes → volley counts → scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from coding.about_session import about_for
from coding.coder.result import Coder
from coding.coding_words import CodingWords, decided_labels, keep_coding_words, keep_decision, latest_decision
from coding.consent import check_agreement
from coding.context import JobContext
from coding.interchange.kept_import import lay_when_ready
from coding.names_replaced import NamesReplaced, keep_names_replaced, replace_names
from coding.pipeline import CodedConversation, TurnToCode, code_conversation
from coding.session_figures import put_figures
from coding.transcript.identifiers.find import More
from coding.transcript.versions import add_utterances, utterance_ids, utterances_of
from models.coding import CodedBy, CodeRow, Coding, Score, SuggestedGlobal, VolleyCount
from models.errors import EvokeError
from models.many_rows import put_rows, row
from models.practice import PracticeSession, Stage
from models.trace import span
from models.transcript import TranscriptVersion
from models.webhook import say_happened
from models.webhook_kept import Happened


def code_transcript(context: JobContext, *, transcript_id: str) -> None:
    """Writes one new coding. Everything is written in the transaction that ends the job, so a killed worker leaves
    either no coding or a whole one."""
    workshop = context.workshop
    with context.write() as session:
        version = session.get_one(TranscriptVersion, UUID(transcript_id))
        practice = session.get_one(PracticeSession, version.session_id)
        check_agreement(session, practice)
        context.report(session, practice.id, Stage.CODING, 90 if version.recording_id else 30)
    with span("stage replace names"), workshop.database.read() as session:
        replaced, ready = ready_to_code(session, version, practice, more=workshop.name_finders)
    coder = workshop.coder
    with span("stage code", session_id=str(practice.id)) as traced:
        coded = ready.coded_by(coder)
        traced.note(utterances=len(coded.utterances))
    with span("stage keep the codes"), context.write() as session:
        version = session.get_one(TranscriptVersion, version.id)
        keep_names_replaced(session, version, replaced)
        _rename_decided(session, version, replaced)
        if not utterances_of(session, version.id):
            add_utterances(session, version.id, [turn.utterances for turn in coded.turns])
        keep_coding(session, version.id, coded, coder)
        context.report(session, practice.id, Stage.READY, 100)
        put_figures(session, session.get_one(PracticeSession, practice.id, populate_existing=True))
        say_happened(
            session, Happened.SESSION_READY, organisation_id=practice.organisation_id, session_id=practice.id
        )  # fmt: skip
        lay_when_ready(session, session.get_one(PracticeSession, practice.id, populate_existing=True))
        context.finish(session)


@dataclass(frozen=True)
class ReadyToCode:
    """All that a coder gets of a session."""

    turns: tuple[TurnToCode, ...]
    goal: str
    labels: tuple[str, ...]

    def coded_by(self, coder: Coder) -> CodedConversation:
        return code_conversation(self.turns, coder=coder, change_goal=self.goal, practitioner_labels=self.labels)


def ready_to_code(
    session: Session, version: TranscriptVersion, practice: PracticeSession, *, more: Sequence[More] = ()
) -> tuple[NamesReplaced, ReadyToCode]:
    """Changes nothing. Raises WordsGone."""
    replaced = replace_names(session, version, practice, more=more)
    goal = replaced.about.goal_for_others
    if goal is None:
        goal = about_for(session, practice, None).change_goal
    labels = _practitioner_labels(session, version, replaced)
    return replaced, ReadyToCode(tuple(_turns_to_code(replaced)), goal, labels)


def coding_stopped(session: Session, error: EvokeError, /, *, transcript_id: str) -> None:
    version = session.get_one(TranscriptVersion, UUID(transcript_id))
    stop_session(session, version.session_id, error)


def stop_session(session: Session, practice_id: UUID, error: EvokeError) -> None:
    practice = session.get_one(PracticeSession, practice_id)
    practice.stage, practice.problem_code, practice.problem = Stage.STOPPED, error.code, error.message
    session.add(practice)
    say_happened(session, Happened.SESSION_STOPPED, organisation_id=practice.organisation_id, session_id=practice.id)


def _turns_to_code(replaced: NamesReplaced) -> list[TurnToCode]:
    drawn = replaced.utterances or ((),) * len(replaced.words.turns)
    return [
        TurnToCode(turn.speaker_label, turn.text, utterances, turn.started, turn.ended)
        for turn, utterances in zip(replaced.words.turns, drawn, strict=True)
    ]


def _practitioner_labels(session: Session, version: TranscriptVersion, replaced: NamesReplaced) -> tuple[str, ...]:
    decision = latest_decision(session, version.id)
    if decision is None:
        return replaced.words.practitioner_labels
    return tuple(replaced.labels.get(label, label) for label in decided_labels(session, decision))


def _rename_decided(session: Session, version: TranscriptVersion, replaced: NamesReplaced) -> None:
    """A decision made before the names were replaced names its speaker as they are called now."""
    decision = latest_decision(session, version.id)
    if decision is not None and replaced.labels:
        keep_decision(session, decision, list(_practitioner_labels(session, version, replaced)))
        session.add(decision)


def keep_coding(session: Session, transcript_id: UUID, coded: CodedConversation, coder: Coder) -> None:
    coding = Coding(
        transcript_id=transcript_id, coded_by=CodedBy.MACHINE, model_version=coder.version,
        practitioner_confidence=coded.practitioner_confidence,
        count_intervals={code.value: list(interval) for code, interval in coded.intervals_of.items()},
    )  # fmt: skip
    words = CodingWords(
        tuple(coded.practitioner_labels), tuple(item.estimate.reason for item in coded.utterances),
        {one.rating.value: one.reason for one in coded.globals},
    )  # fmt: skip
    keep_coding_words(session, coding, words)
    session.add(coding)
    session.flush()
    put_rows(session, CodeRow, _code_rows(session, transcript_id, coding, coded))
    put_rows(session, VolleyCount, [
        row(coding_id=coding.id, volley=volley, code=code.value) for volley, code in coded.volley_codes
    ])  # fmt: skip
    put_rows(session, Score, [
        row(
            coding_id=coding.id, name=figure.name, value=figure.value, low=figure.low, high=figure.high,
            band=figure.band, note=figure.note,
        )
        for figure in coded.figures
    ])  # fmt: skip
    put_rows(session, SuggestedGlobal, [
        row(
            coding_id=coding.id, name=one.rating.value, low=one.low, high=one.high,
            model_version=one.model_version,
        )
        for one in coded.globals
    ])  # fmt: skip


def _code_rows(
    session: Session, transcript_id: UUID, coding: Coding, coded: CodedConversation
) -> list[dict[str, Any]]:  # fmt: skip
    return [
        row(
            coding_id=coding.id, utterance_id=utterance_id, code=item.estimate.code.value,
            subtype=item.estimate.subtype.value if item.estimate.subtype else None,
            confidence=item.estimate.confidence, unsure=item.estimate.unsure, volley=item.volley,
            probabilities={code.value: round(share, 4) for code, share in item.estimate.probabilities.items()},
        )
        for utterance_id, item in zip(utterance_ids(session, transcript_id), coded.utterances, strict=True)
    ]  # fmt: skip
