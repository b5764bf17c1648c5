"""The speech stage as a job: sealed recording → transcript version."""

import contextlib
import logging
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from coding.code_transcript import stop_session
from coding.context import JobContext, Workshop
from coding.speech.hear import hear
from coding.speech.heard import HeardClip
from coding.transcript.versions import add_transcript_version
from models.cipher import CHUNK, KeyDoesNotFit, SealBroken
from models.errors import EvokeError
from models.practice import PracticeSession, Recording, Stage
from models.queue import enqueue
from models.storage import open_recording
from models.transcript import HeardClipRow, TranscriptSource, TranscriptVersion

log = logging.getLogger("evoke.recordings")
TRANSCRIBED = 88.0
"""The session's progress (percent) once its recording is transcribed; coding is quick and gets the rest."""


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
    """Each clip is kept as soon as it is heard, so a killed worker's successor hears only the rest. The transcript and
    the job that codes it are written in the transaction that ends this one."""
    workshop = context.workshop
    with context.write() as session:
        recording = session.get_one(Recording, UUID(recording_id))
        practice = session.get_one(PracticeSession, recording.session_id)
        if _already_transcribed(session, recording):
            context.finish(session)
            return
        context.report(session, practice.id, Stage.TRANSCRIBING, 1)
    method = _method(workshop)
    with workshop.database.read() as session:
        done = _heard_so_far(session, recording.id, method)
    shown = 1

    def on_progress(share: float) -> None:
        nonlocal shown
        percent = int(1 + share * (TRANSCRIBED - 1))
        if percent > shown:
            shown = percent
            with context.write() as session:
                context.report(session, practice.id, Stage.TRANSCRIBING, percent)

    def on_clip(heard: HeardClip) -> None:
        with context.write() as session:
            session.add(HeardClipRow(recording_id=recording.id, method=method, data=heard.as_json()))

    with _whole_recording(workshop, recording) as file:
        heard = hear(
            file, transcript_id=str(practice.id), transcriber=workshop.transcriber,
            role_log_odds=workshop.role_log_odds, limit_minutes=workshop.settings.recording_limit_minutes,
            on_progress=on_progress, on_clip=on_clip, done=done,
        )  # fmt: skip
    with context.write() as session:
        version = add_transcript_version(
            session, practice_id=practice.id, parsed=heard.transcript, source=TranscriptSource.SPEECH, method=method,
            recording=recording,
        )  # fmt: skip
        session.exec(delete(HeardClipRow).where(col(HeardClipRow.recording_id) == recording.id))
        enqueue(session, "code_transcript", transcript_id=version.id)
        context.report(session, practice.id, Stage.CODING, TRANSCRIBED)
        context.finish(session)


@contextlib.contextmanager
def _whole_recording(workshop: Workshop, recording: Recording) -> Iterator[BinaryIO]:
    """Its seals are checked to the end first: a decoder could take a broken one for the end of the talk.

    Raises RecordingDamaged, RecordingLocked.
    """
    try:
        with workshop.database.read() as session:
            file = open_recording(session, workshop.storage, recording)
        while file.read(CHUNK):
            pass
        file.seek(0)
    except KeyDoesNotFit as error:
        raise RecordingLocked from error
    except (SealBroken, FileNotFoundError) as error:
        log.error("the recording %s is damaged or missing: %s", recording.storage_key, error)
        raise RecordingDamaged from error
    with file:
        yield file


def transcription_stopped(session: Session, error: EvokeError, /, *, recording_id: str) -> None:
    recording = session.get_one(Recording, UUID(recording_id))
    stop_session(session, recording.session_id, error)


def _method(workshop: Workshop) -> str:
    """Clips heard by one model are not mixed with those of another, or with clips cut differently."""
    options = workshop.transcriber.options
    return f"faster-whisper {options.model[-150:]} {options.clip_seconds:g} s"


def _already_transcribed(session: Session, recording: Recording) -> bool:
    found = select(TranscriptVersion.id).where(col(TranscriptVersion.recording_id) == recording.id)
    return session.exec(found.limit(1)).first() is not None


def _heard_so_far(session: Session, recording_id: UUID, method: str) -> list[HeardClip]:
    kept = select(HeardClipRow).where(
        col(HeardClipRow.recording_id) == recording_id, col(HeardClipRow.method) == method
    )
    return [HeardClip.from_json(row.data) for row in session.exec(kept.order_by(col(HeardClipRow.id)))]
