"""Sealed files in the data folder or an S3 bucket, written and read through obstore."""

import hashlib
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit
from uuid import UUID

import obstore
from obstore.store import LocalStore, S3Store
from sqlmodel import Session

from models.cipher import SealedReader, Sealer
from models.database import Database
from models.keys import SessionKey, open_session_key
from models.practice import Recording
from models.session_words import file_key
from models.settings import Settings, SettingsWrong, get_settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore, S3Config

_BUFFER = 1 << 18


def open_store(settings: Settings) -> "ObjectStore":
    """The folder `files` of the data folder, or the bucket that EVOKE_FILES_URL names. Asks the service nothing yet.

    Raises SettingsWrong.
    """
    if not settings.files_url:
        folder = settings.open_data_dir() / "files"
        folder.mkdir(exist_ok=True)
        return LocalStore(str(folder.resolve()))
    url = urlsplit(settings.files_url)
    if url.scheme != "s3" or not url.hostname or url.query or url.fragment or "@" in url.netloc:
        raise SettingsWrong("EVOKE_FILES_URL: this is no address of a bucket. Write it as s3://bucket/prefix.")
    config: S3Config = {
        "virtual_hosted_style_request": False
    }  # so that MinIO and its like need no name for each bucket
    if settings.files_endpoint:
        config["aws_endpoint_url_s3"] = settings.files_endpoint.rstrip("/")
    if settings.files_region:
        config["region"] = settings.files_region
    if settings.files_checksum != "none":
        config["checksum_algorithm"] = settings.files_checksum
    if settings.files_access_key:
        config["access_key_id"] = settings.files_access_key
        config["secret_access_key"] = settings.files_secret_key.get_secret_value()
    return S3Store(
        url.netloc, prefix=url.path.strip("/") or None, config=config,
        client_options={
            "allow_http": settings.files_allow_http, "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=settings.files_timeout_seconds),
        },
        retry_config={
            "max_retries": 10, "retry_timeout": timedelta(seconds=settings.files_retry_seconds),
            "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=5), "base": 2},
        },
    )  # fmt: skip


class Storage:
    """Writes and reads sealed files. No clear byte reaches the store or a temporary file."""

    def __init__(self, settings: Settings) -> None:
        self.store = open_store(settings)

    def writer(self, storage_key: str, *, key: bytes, record_id: UUID) -> "SealedWriter":
        return SealedWriter(self, storage_key, Sealer(key, record_id))

    def open(self, storage_key: str, *, key: bytes, record_id: UUID) -> BinaryIO:
        """A buffered, seekable, clear view. Raises FileNotFoundError when the file is gone."""
        size = obstore.head(self.store, storage_key)["size"]

        def fetch(start: int, length: int) -> bytes:
            return bytes(obstore.get_range(self.store, storage_key, start=start, length=length))

        return cast(BinaryIO, io.BufferedReader(SealedReader(fetch, size, key, record_id), _BUFFER))

    def delete(self, storage_key: str) -> None:
        """Deleting what is already gone is not an error: a job may be run twice."""
        try:
            obstore.delete(self.store, storage_key)
        except FileNotFoundError:
            return

    def keys(self) -> list[str]:
        return [entry["path"] for batch in obstore.list(self.store) for entry in batch]


class SealedWriter:
    """Takes clear bytes in pieces and pushes sealed ones to the store; `size` and `sha256` are of the clear bytes.

    A file appears under its key only on `finish`; `abandon` leaves nothing behind, before or after that.
    """

    def __init__(self, storage: Storage, storage_key: str, sealer: Sealer) -> None:
        self.storage_key = storage_key
        self.size = 0
        self._digest = hashlib.sha256()
        self._storage = storage
        self._sealer = sealer
        self._closed = False
        self._out = obstore.open_writer(storage.store, storage_key, buffer_size=_BUFFER)

    def write(self, clear: bytes) -> None:
        self.size += len(clear)
        self._digest.update(clear)
        if sealed := self._sealer.update(clear):
            self._out.write(sealed)

    def finish(self) -> None:
        self._out.write(self._sealer.finish())
        self._close()

    def abandon(self) -> None:
        self._close()
        self._storage.delete(self.storage_key)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._out.close()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def new_storage_key(organisation_id: UUID, record_id: UUID) -> str:
    return f"{organisation_id}/recordings/{record_id}.sealed"


def open_recording(session: Session, storage: Storage, recording: Recording) -> BinaryIO:
    """Raises FileNotFoundError, WordsGone, KeyDoesNotFit, SealBroken."""
    return storage.open(recording.storage_key, key=file_key(session, recording), record_id=recording.id)


def open_recording_for_child(args: Sequence[str]) -> BinaryIO:
    """For an isolated child process, which gets no keys on its command line: `args` are the ids of the session and the
    recording, of which there may be no rows yet."""
    session_id, record_id = (UUID(a) for a in args)
    settings = get_settings()
    database = Database.of(settings)
    with database.read() as session:
        recording = session.get(Recording, record_id)
        key = file_key(session, recording) if recording else open_session_key(session, session_id).file
        organisation_id = session.get_one(SessionKey, session_id).organisation_id
    database.close()
    return Storage(settings).open(new_storage_key(organisation_id, record_id), key=key, record_id=record_id)
