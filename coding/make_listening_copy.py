"""The copy of a recording that people listen to: the job, and the process that decodes.

That runs apart, as in probing: a malformed file can crash or exhaust that process only. Where a tone was put over names
meanwhile, what was made from the recording as it was is thrown away and made anew.
"""

import base64
import json
import sys
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from coding.consent import check_agreement
from coding.context import JobContext
from coding.listening import keep_peaks
from coding.recording_child import answer_of_child, files_or_answer
from coding.speech.errors import RecordingError
from coding.speech.listening_copy import make_listening_copy as make
from coding.speech.probe_child import limit_memory
from models.database import Database
from models.errors import EvokeError
from models.listening_copy import copy_of, forget_rows, listening_key, listening_place
from models.listening_copy_kept import ListeningCopy
from models.practice import PracticeSession, Recording
from models.settings import Settings, get_settings
from models.storage import Storage, open_recording

_SECONDS = 1800


class ChangedMeanwhile(Exception):
    """The recording is not as it was when its copy was begun. Another try makes the right one."""


@dataclass(frozen=True)
class Made:
    """`size_bytes` of the clear sound; `peaks` in base 64; `made_from` as in the row."""

    size_bytes: int
    seconds: float
    peaks: str
    made_from: str


def make_listening_copy(context: JobContext, *, recording_id: str) -> None:
    """Raises RecordingError, AgreementMissing."""
    with context.write() as session:
        recording = session.get_one(Recording, UUID(recording_id))
        check_agreement(session, session.get_one(PracticeSession, recording.session_id))
        if copy_of(session, recording) is not None:
            context.finish(session)
            return
    made = _run_child(recording.id, context.workshop.settings)
    try:
        _keep(context, recording.id, made)
    except BaseException:
        _take_back(context, recording)
        raise


def _take_back(context: JobContext, recording: Recording) -> None:
    """It was deleted meanwhile, which the child does not hear of: no copy may stay. One that a row names is that of the
    worker that took the job over, or our own and only the commit's answer was lost."""
    with context.workshop.database.read() as session:
        is_kept = copy_of(session, recording) is not None
    if not is_kept:
        context.workshop.storage.delete_or_leave(listening_place(recording.storage_key))


def _keep(context: JobContext, recording_id: UUID, made: Made) -> None:
    """Raises LeaseLost, ChangedMeanwhile."""
    with context.write() as session:
        recording = session.get_one(Recording, recording_id, with_for_update=True)
        if recording.sha256 != made.made_from:
            raise ChangedMeanwhile
        forget_rows(session, [recording.id])
        copy = ListeningCopy(
            recording_id=recording.id, made_from=made.made_from, size_bytes=made.size_bytes, seconds=made.seconds
        )
        keep_peaks(session, copy, recording, base64.b64decode(made.peaks))
        context.finish(session)


def copying_stopped(session: Session, error: EvokeError, /, *, recording_id: str) -> None:
    """The session stays as it is, and whoever wants to listen is told; see `coding.listening`."""


def _run_child(recording_id: UUID, settings: Settings) -> Made:
    return Made(**answer_of_child("coding.make_listening_copy", recording_id, settings, seconds=_SECONDS))


def _copy(settings: Settings, recording_id: UUID) -> dict[str, object]:
    storage, database = Storage(settings), Database.of(settings)
    with database.read() as session:
        recording = session.get_one(Recording, recording_id)
        file = open_recording(session, storage, recording)
        key = listening_key(session, recording)
    database.close()
    writer = storage.writer(listening_place(recording.storage_key), key=key, record_id=recording.id)
    limit_memory()
    try:
        with file:  # which raises what the decoder took for the end of the talk
            made = make(file, writer, limit_minutes=settings.recording_limit_minutes)
        writer.finish()
    except BaseException as error:
        writer.abandon()
        if isinstance(error, RecordingError):
            return {"error": error.code, "facts": error.facts}
        raise
    return {
        "size_bytes": writer.size, "seconds": made.seconds, "peaks": base64.b64encode(made.peaks).decode(),
        "made_from": recording.sha256,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(files_or_answer(lambda: _copy(get_settings(), UUID(sys.argv[1])))))
