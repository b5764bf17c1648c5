"""The speech stage as a job: sealed recording → transcript version."""

from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from coding.code_transcript import stop_session
from coding.context import JobContext
from coding.transcript.versions import add_transcript_version
from models.errors import EvokeError
from models.practice import PracticeSession, Recording, Stage
from models.queue import enqueue
from models.storage import open_recording
from models.transcript import SpokenSegment, TranscriptSource, TranscriptVersion

DECODED, TRANSCRIBED = 5.0, 88.0
"""The session's progress (percent) once decoded and once transcribed."""


def transcribe_recording(context: JobContext, *, recording_id: str) -> None:
    raise NotImplementedError


def transcription_stopped(session: Session, error: EvokeError, /, *, recording_id: str) -> None:
    recording = session.get_one(Recording, UUID(recording_id))
    stop_session(session, recording.session_id, error)
