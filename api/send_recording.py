"""A recording in progress becomes a session: assembled, looked into, added, as an uploaded recording is."""

from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from api.become_session import ChunksDamaged, become_session, session_made_of
from api.house import House
from api.upload_sinks import probe_stored
from coding.actions import StoredRecording, team_for
from coding.details import read_details
from coding.join_recording import Joined, run_join_child, runs_of
from coding.recordings import ChunkOutOfOrder, chunks_of, own_recording, session_from
from coding.speech.errors import EmptyRecording
from coding.transcript.encoding import without_control_characters
from coding.waiting import check_room
from models.chunks import ChunkStore
from models.cipher import SealBroken
from models.columns import new_id
from models.keys import open_session_key
from models.permissions import Actor
from models.practice import PracticeSession
from models.recording_in_progress import RecordedChunk, RecordingInProgress, RecordingState
from models.session_words import details_of, file_key
from models.storage import new_storage_key

_PIECE = 1 << 18


def chunk_store(house: House, session: Session, recording: RecordingInProgress) -> ChunkStore:
    """Raises WordsGone."""
    return ChunkStore(house.storage, recording.organisation_id, recording.id, file_key(session, recording))


def send_recording(
    house: House, actor: Actor, recording_id: UUID, *, chunks: int, details: dict[str, str]
) -> PracticeSession:
    """`chunks` is how many the browser has sent; `details` that are given replace those it was begun with. Sending it
    again answers the same session. After an error the recording in progress is as it was.

    Raises SessionDetailsWrong, ChunkOutOfOrder, RecordingError, ChunksDamaged, TooManyWaiting, NotFound, NotAllowed.
    """
    with house.database.read() as session:
        recording = own_recording(session, recording_id, by=actor)
        if recording.state is RecordingState.SENT:
            return session_made_of(house, recording)
        _check_room(house, session, actor)
        kept = chunks_of(session, recording)
        fields = _fields(recording, details_of(session, recording) | details)
        team_for(session, read_details(fields, by=actor).practitioner_id, by=actor)
        store, key = chunk_store(house, session, recording), open_session_key(session, recording.id).file
    if len(kept) != chunks:
        raise ChunkOutOfOrder(len(kept))
    if not kept:
        raise EmptyRecording
    new = new_id()
    storage_key = new_storage_key(recording.organisation_id, new)

    def put_together() -> StoredRecording:
        joined = _assemble(house, store, kept, new, key)
        return _stored(house, recording, joined, len(runs_of(kept)), new)

    def add(session: Session, locked: RecordingInProgress, stored: StoredRecording) -> PracticeSession:
        if locked.chunks != len(kept):
            raise ChunkOutOfOrder(locked.chunks)
        return session_from(session, recording=locked, details=fields, stored=stored, by=actor)

    return become_session(house, recording, storage_key=storage_key, put_together=put_together, add=add, by=actor)


def _check_room(house: House, session: Session, actor: Actor) -> None:
    """Only now: one who sits before another person with the recorder open is not turned away. Raises TooManyWaiting."""
    days = house.settings.unsent_recording_days
    check_room(
        session, actor.organisation_id, most=house.settings.waiting_recordings,
        what_to_do=f"This one stays kept for {days} days after its last sound came. Your home page leads to it: "
        "send it when some of them are done.",
    )  # fmt: skip


def _fields(recording: RecordingInProgress, details: dict[str, str]) -> dict[str, str]:
    fields = {name: without_control_characters(text) for name, text in details.items()}
    if not fields.get("title", "").strip():
        fields["title"] = f"Recorded on {recording.agreed_at.day} {recording.agreed_at:%B %Y}"
    return fields


def _assemble(house: House, store: ChunkStore, kept: list[RecordedChunk], recording_id: UUID, key: bytes) -> Joined:
    """Several parts are joined; one is kept byte for byte as the browser made it."""
    runs = runs_of(kept)
    try:
        if len(runs) > 1:
            return run_join_child(store.recording_id, recording_id, environment=house.settings.as_environment())
        [(first, sizes)] = runs
        return _copied(house, store, first, sizes, recording_id, key)
    except (SealBroken, FileNotFoundError) as error:
        raise ChunksDamaged from error


def _copied(house: House, store: ChunkStore, first: int, sizes: list[int], recording_id: UUID, key: bytes) -> Joined:
    storage_key = new_storage_key(store.organisation_id, recording_id)
    writer = house.storage.writer(storage_key, key=key, record_id=recording_id)
    try:
        with store.open(first, sizes) as clear:
            while piece := clear.read(_PIECE):
                writer.write(piece)
        writer.finish()
    except BaseException:
        writer.abandon()
        raise
    return Joined(writer.size, writer.sha256, 1)


def _stored(house: House, recording: RecordingInProgress, joined: Joined, parts: int, new: UUID) -> StoredRecording:
    probe = probe_stored(house, recording.id, new)
    notes = list(probe.notes)
    if parts > 1:
        notes.append(f"It was recorded in {parts} stretches; what was said between them is not in it.")
    if joined.parts < parts:
        notes.append(f"{parts - joined.parts} of them are not in it: they could not be read, or not be joined on.")
    kind = recording.media_type.partition(";")[0].rpartition("/")[2]
    return StoredRecording(
        session_id=recording.id, recording_id=new, storage_key=new_storage_key(recording.organisation_id, new),
        original_name=f"recorded {recording.agreed_at:%Y-%m-%d}.{kind}", size_bytes=joined.size_bytes,
        sha256=joined.sha256, probe=replace(probe, notes=tuple(notes)),
    )  # fmt: skip
