"""The jobs: what is called when, and what a session says when one cannot go on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from coding.code_transcript import code_transcript, coding_stopped
from coding.transcribe_recording import transcribe_recording, transcription_stopped
from models.errors import EvokeError


class Stopped(Protocol):
    """Called in the transaction that ends the job, when only a person can help."""

    def __call__(self, session: Session, error: EvokeError, /, **ids: str) -> None: ...


@dataclass(frozen=True)
class JobType:
    """`run` is idempotent: it may be killed anywhere and run again."""

    run: Callable[..., None]
    stopped: Stopped


JOBS: dict[str, JobType] = {
    "transcribe_recording": JobType(transcribe_recording, transcription_stopped),
    "code_transcript": JobType(code_transcript, coding_stopped),
}

