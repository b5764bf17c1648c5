"""What people do with a recording in progress: begin it, add to it, throw it away, make a session of it."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from coding.actions import StoredRecording, add_recording_session, check_kind, team_for
from coding.details import read_details
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, TooLarge
from models.in_progress import close, forget, open_of, own
from models.keys import make_session_key
from models.permissions import Actor
from models.practice import PracticeSession
from models.recording_in_progress import RecordedChunk, RecordingInProgress, RecordingState
from models.session_words import keep_details

MOST_OPEN = 10
"""Recordings of one person that hold sound and wait to be sent."""
_MEDIA_TYPE = re.compile(r"audio/(webm|ogg|mp4)(; ?codecs=[\w.\"]{1,30})?")


class NotAMicrophone(EvokeError):
    code = "not_understood"


class TooManyOpen(EvokeError):
    status = 409
    code = "too_many_recordings"


class ChunkOutOfOrder(EvokeError):
    """`next_chunk` in the answer is the number that is waited for."""

    status = 409
    code = "chunk_out_of_order"

    def __init__(self, next_chunk: int) -> None:
        super().__init__(f"Send chunk {next_chunk} next: those before it are saved, and none may be left out.")
        self.members = {"next_chunk": next_chunk}


class ChunkDiffers(EvokeError):
    """As when two windows go on with one recording at once."""

    status = 409
    code = "chunk_differs"

    def __init__(self, number: int, next_chunk: int) -> None:
        super().__init__(
            f"Chunk {number} is saved already, and it held other sound. Is this recording going on in another window? "
            "Go on there."
        )
        self.members = {"next_chunk": next_chunk}


class RecordingClosed(EvokeError):
    status = 409
    code = "recording_closed"

    def __init__(self) -> None:
        super().__init__("This recording was sent already. Begin a new one to record more.")


@dataclass(frozen=True)
class Chunk:
    """`seconds` is the length of the whole recording up to the chunk's end, as the browser measured it."""

    number: int
    part: int
    sound: bytes
    seconds: float


@dataclass(frozen=True)
class RecordingLimits:
    size_bytes: int
    seconds: float


def begin_recording(
    session: Session, *, details: dict[str, str], media_type: str, microphones: int, by: Actor
) -> RecordingInProgress:
    """Raises SessionDetailsWrong (also where nobody confirmed that everybody agreed), NotAMicrophone, TooManyOpen."""
    read = read_details(details, by=by)
    practitioner, team_id = team_for(session, read.practitioner_id, by=by)
    check_kind(session, read.kind, practitioner.organisation_id)
    if not _MEDIA_TYPE.fullmatch(media_type) or microphones not in (1, 2):
        raise NotAMicrophone("Send one or two microphones as audio/webm, audio/ogg or audio/mp4.")
    open_now = select(func.count()).where(*open_of(RecordingInProgress, by), col(RecordingInProgress.chunks) > 0)
    if session.exec(open_now).one() >= MOST_OPEN:
        raise TooManyOpen(f"You have {MOST_OPEN} recordings that are not sent. Send or throw away one of them first.")
    recording = RecordingInProgress(
        organisation_id=practitioner.organisation_id, team_id=team_id, person_id=by.person_id,
        practitioner_id=practitioner.id, media_type=media_type, microphones=microphones,
    )  # fmt: skip
    make_session_key(session, organisation_id=recording.organisation_id, session_id=recording.id)
    keep_details(session, recording, details)
    session.add(recording)
    session.flush()
    _audit(session, "recording_begun", recording, by=by.person_id, kind=read.kind.value, agreed="everybody in the room")
    return recording


def open_recordings(session: Session, actor: Actor) -> list[RecordingInProgress]:
    """The actor's own that are neither sent nor thrown away, the newest first."""
    query = select(RecordingInProgress).where(*open_of(RecordingInProgress, actor))
    return list(session.exec(query.order_by(col(RecordingInProgress.agreed_at).desc())))


def own_recording(session: Session, recording_id: UUID, *, by: Actor, locked: bool = False) -> RecordingInProgress:
    """See `models.in_progress.own`. Raises NotFound, NotAllowed."""
    return own(session, RecordingInProgress, recording_id, by=by, locked=locked)


def chunks_of(session: Session, recording: RecordingInProgress) -> list[RecordedChunk]:
    query = select(RecordedChunk).where(col(RecordedChunk.recording_id) == recording.id)
    return list(session.exec(query.order_by(col(RecordedChunk.number))))


def parts_of(session: Session, recording: RecordingInProgress) -> int:
    last = select(func.max(RecordedChunk.part)).where(col(RecordedChunk.recording_id) == recording.id)
    found = session.exec(last).one()
    return 0 if found is None else found + 1


def add_chunk(
    session: Session, *, recording: RecordingInProgress, chunk: Chunk, write: Callable[[int, bytes], None],
    limits: RecordingLimits,
) -> None:  # fmt: skip
    """`recording` is locked; `write` seals a chunk. The same chunk sent again changes nothing.

    Raises RecordingClosed, ChunkOutOfOrder, ChunkDiffers, TooLarge.
    """
    if recording.state is not RecordingState.OPEN:
        raise RecordingClosed
    sha256 = hashlib.sha256(chunk.sound).hexdigest()
    if chunk.number < recording.chunks:
        kept = session.get_one(RecordedChunk, (recording.id, chunk.number))
        if (kept.sha256, kept.part) != (sha256, chunk.part):
            raise ChunkDiffers(chunk.number, recording.chunks)
        return
    if chunk.number > recording.chunks:
        raise ChunkOutOfOrder(recording.chunks)
    parts = parts_of(session, recording)
    if chunk.part not in (parts - 1, parts) or chunk.part < 0:
        raise NotAMicrophone(f"This chunk belongs to part {max(0, parts - 1)}, or begins part {parts}.")
    if recording.size_bytes + len(chunk.sound) > limits.size_bytes or chunk.seconds > limits.seconds:
        raise TooLarge("The recording is as long as Evoke takes. All before this is saved: stop, and send it.")
    write(chunk.number, chunk.sound)
    session.add(
        RecordedChunk(
            recording_id=recording.id, number=chunk.number, part=chunk.part, size_bytes=len(chunk.sound), sha256=sha256
        )
    )
    recording.chunks += 1
    recording.size_bytes += len(chunk.sound)
    recording.seconds = max(recording.seconds, chunk.seconds)
    recording.changed_at = utc_now()
    session.add(recording)
    session.flush()


def throw_away(session: Session, *, recording: RecordingInProgress, by: Actor) -> None:
    """Its sound is deleted afterwards: by the caller, else by the next sweep. Raises RecordingClosed."""
    if recording.state is not RecordingState.OPEN:
        raise RecordingClosed
    forget(session, recording, action="recording_thrown_away", by=by.person_id)


def session_from(
    session: Session, *, recording: RecordingInProgress, details: dict[str, str], stored: StoredRecording, by: Actor
) -> PracticeSession:
    """The session of a locked recording, whose sound lies assembled in storage. Raises SessionDetailsWrong."""
    if recording.state is not RecordingState.OPEN:
        raise RecordingClosed
    practice = add_recording_session(session, details=read_details(details, by=by), stored=stored, by=by)
    recording.state, recording.session_id = RecordingState.SENT, practice.id
    close(session, recording)
    _audit(session, "recording_sent", recording, by=by.person_id, session_id=str(practice.id))
    return practice


def _audit(session: Session, action: str, recording: RecordingInProgress, *, by: UUID | None, **details: str) -> None:
    record_audit(session, action=action, subject=recording, organisation_id=recording.organisation_id, by=by, **details)
