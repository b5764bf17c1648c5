"""A recording's sound as a browser plays it, and its peaks: made from it, kept beside it, and gone with it."""

from collections.abc import Collection
from typing import BinaryIO
from uuid import UUID

from sqlmodel import Session, col, delete, select

from models.cipher import derived_key
from models.listening_copy_kept import ListeningCopy
from models.practice import Recording
from models.session_words import file_key
from models.storage import Storage


def listening_place(storage_key: str) -> str:
    """Where the copy's file lies, beside the recording's."""
    return f"{storage_key.removesuffix('.sealed')}-listening.sealed"


def listening_key(session: Session, recording: Recording) -> bytes:
    """Another for each state of the recording: a copy made of it before names were bleeped opens no more, whatever the
    row beside it says. Raises WordsGone, KeyDoesNotFit."""
    return derived_key(file_key(session, recording), purpose=f"listening {recording.sha256}", record_id=recording.id)


def copy_of(session: Session, recording: Recording) -> ListeningCopy | None:
    """None where there is none, or one of the recording as it no longer is."""
    found = select(ListeningCopy).where(col(ListeningCopy.recording_id) == recording.id)
    kept = session.exec(found).first()
    return kept if kept is not None and kept.made_from == recording.sha256 else None


def open_copy(session: Session, storage: Storage, recording: Recording) -> BinaryIO:
    """Raises FileNotFoundError, WordsGone, KeyDoesNotFit, SealBroken."""
    key = listening_key(session, recording)
    return storage.open(listening_place(recording.storage_key), key=key, record_id=recording.id)


def forget_copy(session: Session, storage: Storage, recording: Recording) -> None:
    """Its file first: a file without a row would be looked for by nobody."""
    storage.delete(listening_place(recording.storage_key))
    forget_rows(session, [recording.id])


def forget_rows(session: Session, recording_ids: Collection[UUID]) -> None:
    session.exec(delete(ListeningCopy).where(col(ListeningCopy.recording_id).in_(recording_ids)))
