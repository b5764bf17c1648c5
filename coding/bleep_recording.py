"""A soft tone over the words that have a placeholder, in the stored recording: the job, and the process that decodes.

That runs apart, as in probing: a malformed file can crash or exhaust that process only. The new file lies beside the
old one until it is whole, and then takes its place; done twice, it puts the same tone where it is already.
"""

import json
import sys
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from coding.hold import require_not_held
from coding.listening import NAME as LISTENING
from coding.recording_child import answer_of_child, files_or_answer
from coding.speech.bleep import bleep
from coding.speech.errors import RecordingError
from coding.speech.probe_child import limit_memory
from coding.transcript.versions import latest_transcript, turns_of
from coding.transcript.words import Turn
from models.audit import record_audit
from models.database import Database
from models.errors import EvokeError
from models.listening_copy import forget_copy
from models.practice import PracticeSession, Recording
from models.queue import enqueue
from models.session_words import file_key
from models.settings import Settings, get_settings
from models.storage import Storage, open_recording

_SECONDS = 1800


@dataclass(frozen=True)
class Bleeped:
    """`size_bytes` and `sha256` of the clear bytes, as of any recording; `places` is how many words have a tone."""

    size_bytes: int
    sha256: str
    places: int


def bleep_recording(context: JobContext, *, recording_id: str) -> None:
    """Raises RecordingError, UnderHold; then the recording is as it was."""
    with context.workshop.database.read() as session:
        recording = session.get_one(Recording, UUID(recording_id))
        require_not_held(session, session.get_one(PracticeSession, recording.session_id))
    done = _run_child(recording.id, context.workshop.settings)
    try:
        _put_in_place(context, recording.id, done)
    except BaseException:  # it was deleted or held meanwhile, which the child does not hear of: no copy may stay
        context.workshop.storage.delete_or_leave(beside(recording))
        raise


def _put_in_place(context: JobContext, recording_id: UUID, done: Bleeped) -> None:
    """Raises LeaseLost, UnderHold."""
    with context.write() as session:
        recording = session.get_one(Recording, recording_id)
        practice = session.get_one(PracticeSession, recording.session_id, with_for_update=True)
        require_not_held(session, practice)
        context.workshop.storage.rename(beside(recording), recording.storage_key)
        recording.size_bytes, recording.sha256 = done.size_bytes, done.sha256
        session.add(recording)
        forget_copy(session, context.workshop.storage, recording)
        enqueue(session, LISTENING, organisation_id=practice.organisation_id, recording_id=recording.id)
        record_audit(
            session, action="recording_bleeped", subject=recording, organisation_id=practice.organisation_id, by=None,
            places=str(done.places),
        )  # fmt: skip
        context.finish(session)


def bleeping_stopped(session: Session, error: EvokeError, /, *, recording_id: str) -> None:
    """The session stays as it is, and its page says so; see `coding.bleeping`."""


def spans_to_bleep(turns: list[Turn]) -> list[tuple[float, float]]:
    """When the words that were replaced were heard: start and end in seconds of the recording."""
    return [
        (begins, ends)
        for turn in turns
        for start, end, begins, ends in turn.times
        if any(start < one.end and one.start < end for one in turn.replaced)
    ]


def beside(recording: Recording) -> str:
    """Where the new file lies until it is whole."""
    return f"{recording.storage_key.removesuffix('.sealed')}-bleeped.sealed"


def _run_child(recording_id: UUID, settings: Settings) -> Bleeped:
    return Bleeped(**answer_of_child("coding.bleep_recording", recording_id, settings, seconds=_SECONDS))


def _bleep(settings: Settings, recording_id: UUID) -> dict[str, object]:
    storage, database = Storage(settings), Database.of(settings)
    with database.read() as session:
        recording = session.get_one(Recording, recording_id)
        version = latest_transcript(session, recording.session_id)
        spans = spans_to_bleep(turns_of(session, version.id)) if version else []
        file = open_recording(session, storage, recording)
        key = file_key(session, recording)
    database.close()
    writer = storage.writer(beside(recording), key=key, record_id=recording.id)
    limit_memory()
    try:
        with file:  # which raises what the decoder took for the end of the talk
            bleep(file, writer, spans)
        writer.finish()
    except BaseException as error:
        writer.abandon()
        if isinstance(error, RecordingError):
            return {"error": error.code, "facts": error.facts}
        raise
    return {"size_bytes": writer.size, "sha256": writer.sha256, "places": len(spans)}


if __name__ == "__main__":
    print(json.dumps(files_or_answer(lambda: _bleep(get_settings(), UUID(sys.argv[1])))))
