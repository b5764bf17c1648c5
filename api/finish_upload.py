"""A large recording that came in pieces becomes a session: put together, looked into, added, as any upload is."""

from uuid import UUID

from sqlmodel import Session

from api.become_session import ChunksDamaged, become_session, session_made_of
from api.house import House
from api.upload_sinks import probe_stored
from coding.actions import StoredRecording, team_for
from coding.details import read_details
from coding.resumable import UploadUnfinished, bytes_to_come, own_upload, session_of_upload
from coding.waiting import check_room
from models.cipher import SealBroken
from models.columns import new_id
from models.errors import EvokeError
from models.keys import open_session_key
from models.permissions import Actor
from models.practice import PracticeSession
from models.resumable_upload import ResumableUpload, UploadPiece, UploadState, pieces_of, upload_words
from models.sealed_writer import SealedWriter
from models.storage import new_storage_key
from models.upload_pieces import PieceStore

LEFT_FREE = 500_000_000
"""Bytes of the disk that no upload is begun for. A bucket has no end that we could know of."""


class NoRoomForUpload(EvokeError):
    status = 507
    code = "no_room_for_upload"

    def __init__(self) -> None:
        super().__init__("Evoke's disk has no room for this recording now. Try later, or tell whoever runs Evoke.")


def check_disk(house: House, size_bytes: int) -> None:
    """Before an upload is begun: for what is still to come of all, and for this one. Raises NoRoomForUpload."""
    with house.database.read() as session:
        to_come = bytes_to_come(session)
    room = house.storage.room()
    if room is not None and room < to_come + size_bytes + LEFT_FREE:
        raise NoRoomForUpload


def finish_upload(house: House, actor: Actor, upload_id: UUID, *, details: dict[str, str]) -> PracticeSession:
    """`details` that are given replace those it was begun with. Finishing again answers the same session. After an
    error the upload is as it was.

    Raises UploadUnfinished, SessionDetailsWrong, RecordingError, ChunksDamaged, TooManyWaiting, NotFound, NotAllowed.
    """
    with house.database.read() as session:
        upload = own_upload(session, upload_id, by=actor)
        if upload.state is UploadState.FINISHED:
            return session_made_of(house, upload)
        if upload.offset_bytes < upload.size_bytes:
            raise UploadUnfinished(upload.offset_bytes, upload.size_bytes)
        check_room(
            session, upload.organisation_id, most=house.settings.waiting_recordings,
            what_to_do=f"This one stays kept for {house.settings.unsent_recording_days} days: finish it later.",
        )  # fmt: skip
        kept, file_name = upload_words(session, upload)
        fields = kept | details
        team_for(session, read_details(fields, by=actor).practitioner_id, by=actor)
        pieces, store = pieces_of(session, upload), PieceStore.of(session, house.storage, upload)
        key = open_session_key(session, upload.id).file
    new = new_id()
    storage_key = new_storage_key(upload.organisation_id, new)

    def put_together() -> StoredRecording:
        writer = house.storage.writer(storage_key, key=key, record_id=new)
        try:
            _write(store, pieces, writer)
        except BaseException:
            writer.abandon()
            raise
        return StoredRecording(
            session_id=upload.id, recording_id=new, storage_key=storage_key, original_name=file_name,
            size_bytes=writer.size, sha256=writer.sha256, probe=probe_stored(house, upload.id, new),
        )  # fmt: skip

    def add(session: Session, locked: ResumableUpload, stored: StoredRecording) -> PracticeSession:
        return session_of_upload(session, upload=locked, details=fields, stored=stored, by=actor)

    return become_session(house, upload, storage_key=storage_key, put_together=put_together, add=add, by=actor)


def _write(store: PieceStore, pieces: list[UploadPiece], writer: SealedWriter) -> None:
    """Raises ChunksDamaged."""
    try:
        for piece in pieces:
            for some in store.read(piece.id):
                writer.write(some)
    except (FileNotFoundError, SealBroken) as error:
        raise ChunksDamaged from error
    writer.finish()
