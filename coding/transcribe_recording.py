"""The speech stage as a job: sealed recording → transcript version."""

import itertools
import logging
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from coding.code_transcript import stop_session
from coding.consent import check_agreement
from coding.context import JobContext
from coding.speech.heard import HeardClip
from coding.transcript.versions import add_transcript_version
from models.cipher import CHUNK, KeyDoesNotFit, SealBroken
from models.errors import EvokeError
from models.practice import PracticeSession, Recording, Stage
from models.queue import enqueue
from models.sealed import open_from, seal_into
from models.session_words import heard_turns_of, keep_heard_turns, recording_words
from models.storage import open_recording
from models.trace import span
from models.transcript import HeardClipRow, TranscriptSource, TranscriptVersion

log = logging.getLogger("evoke.recordings")
TRANSCRIBED = 88.0
"""The session's progress (percent) once its recording is transcribed; coding is quick and gets the rest."""
_LOOK_AFTER = 64  # chunks of a recording, which take some tenths of a second


class RecordingDamaged(EvokeError):
    """No second try mends it."""

    code = "recording_damaged"

    def __init__(self) -> None:
        super().__init__(
            "The stored recording is damaged or missing, so it cannot be written down. Add it again from your own "
            "copy, and ask your administrator to look at Evoke's storage: the worker's log names the file."
        )


class RecordingLocked(EvokeError):
    code = "recording_locked"

    def __init__(self) -> None:
        super().__init__(
            "The recording cannot be opened, because Evoke runs with another master key than the one it was kept "
            "under. Ask your administrator to put that key back, then try again."
        )


def transcribe_recording(context: JobContext, *, recording_id: str) -> None:
    """Who speaks when, and each clip, are kept as soon as they are heard, so a killed worker's successor hears only the
    rest. The transcript and the job that codes it are written in the transaction that ends this one."""
    workshop = context.workshop
    with context.write() as session:
        recording = session.get_one(Recording, UUID(recording_id))
        practice = session.get_one(PracticeSession, recording.session_id)
        if _already_transcribed(session, recording):
            context.finish(session)
            return
        check_agreement(session, practice)
        context.report(session, practice.id, Stage.TRANSCRIBING, 1)
    with span("stage check the recording"):
        _check_whole(context, recording)
    hearing = workshop.hearing
    with span("stage load the speech model"):
        method = hearing.load(check=context.check)
    with workshop.database.read() as session:
        done = _heard_so_far(session, recording, method)
        turns = heard_turns_of(session, recording, method=method)
        hotwords = recording_words(session, recording).hotwords
    shown = 1

    def on_progress(share: float) -> None:
        nonlocal shown
        percent = int(1 + share * (TRANSCRIBED - 1))
        if percent > shown:
            shown = percent
            with context.write() as session:
                context.report(session, practice.id, Stage.TRANSCRIBING, percent)

    def on_turns(turns: list[Any]) -> None:
        with context.write() as session:
            keep_heard_turns(session, session.get_one(Recording, recording.id), turns, method=method)

    def on_clip(heard: HeardClip) -> None:
        with context.write() as session:
            _keep_clip(session, recording, method, heard)

    with span("stage hear", session_id=str(practice.id), recording_seconds=recording.seconds or 0.0):
        transcript = hearing.hear(
            opener="models.storage.open_recording_for_child", args=[str(practice.id), str(recording.id)],
            transcript_id=str(practice.id), turns=turns, done=done,
            options={"speakers": recording.speakers, "hotwords": hotwords or None,
                     "limit_minutes": workshop.settings.recording_limit_minutes},
            on_turns=on_turns, on_progress=on_progress, on_clip=on_clip, check=context.check,
        )  # fmt: skip
    with span("stage keep the transcript"), context.write() as session:
        session.get_one(Recording, recording.id, with_for_update=True)
        if _already_transcribed(session, recording):  # by another job, meanwhile
            context.finish(session)
            return
        version = add_transcript_version(
            session, practice_id=practice.id, parsed=transcript, source=TranscriptSource.SPEECH, method=method,
            recording=recording,
        )  # fmt: skip
        session.get_one(Recording, recording.id).heard_turns = None
        session.exec(delete(HeardClipRow).where(col(HeardClipRow.recording_id) == recording.id))
        enqueue(session, "code_transcript", organisation_id=practice.organisation_id, transcript_id=version.id)
        context.report(session, practice.id, Stage.CODING, TRANSCRIBED)
        context.finish(session)


def _check_whole(context: JobContext, recording: Recording) -> None:
    """Its seals are checked to the end first: a decoder could take a broken one for the end of the talk.

    Raises RecordingDamaged, RecordingLocked.
    """
    try:
        with context.workshop.database.read() as session:
            file = open_recording(session, context.workshop.storage, recording)
        with file:
            for number in itertools.count(1):
                if not file.read(CHUNK):
                    break
                if number % _LOOK_AFTER == 0:
                    context.check()
    except KeyDoesNotFit as error:
        raise RecordingLocked from error
    except (SealBroken, FileNotFoundError) as error:
        log.error("the recording %s is damaged or missing: %s", recording.storage_key, error)
        raise RecordingDamaged from error


def transcription_stopped(session: Session, error: EvokeError, /, *, recording_id: str) -> None:
    recording = session.get_one(Recording, UUID(recording_id))
    stop_session(session, recording.session_id, error)


def _already_transcribed(session: Session, recording: Recording) -> bool:
    found = select(TranscriptVersion.id).where(col(TranscriptVersion.recording_id) == recording.id)
    return session.exec(found.limit(1)).first() is not None


def _keep_clip(session: Session, recording: Recording, method: str, heard: HeardClip) -> None:
    row = HeardClipRow(recording_id=recording.id, method=method)
    session.add(row)
    session.flush()  # which gives it the id that the sealed bytes are bound to
    seal_into(session, row, heard.as_json(), session_id=recording.session_id)


def _heard_so_far(session: Session, recording: Recording, method: str) -> list[HeardClip]:
    kept = select(HeardClipRow).where(
        col(HeardClipRow.recording_id) == recording.id, col(HeardClipRow.method) == method
    )
    rows = session.exec(kept.order_by(col(HeardClipRow.id)))
    return [HeardClip.from_json(open_from(session, row, session_id=recording.session_id)) for row in rows]
