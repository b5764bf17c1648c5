"""Sealed files in the data folder or an S3 bucket, written and read through obstore."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit
from uuid import UUID

import obstore
from obstore.store import LocalStore, S3Store
from sqlmodel import Session

from models.cipher import ClearFile, SealedReader, Sealer
from models.database import Database
from models.files_errors import FilesError, files_reached
from models.keys import SessionKey, open_session_key
from models.practice import Recording
from models.sealed_writer import BUFFER, SealedWriter
from models.session_words import file_key
from models.settings import Settings, SettingsWrong, get_settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore, S3Config

LEDGER = "ledger"
"""The folder of a bucket in which the ledger of deletions lies beside the files; see `models.deletion_ledger`."""
_WHOLE = 1 << 23
"""Bytes read at a time by who reads all of a file as it lies."""
_UNFINISHED = re.compile(r"\.sealed#\d+$")
"""How obstore calls a local file while it is written."""


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
    if bool(settings.files_access_key) != bool(settings.files_secret_key.get_secret_value()):
        raise SettingsWrong("EVOKE_FILES_ACCESS_KEY and EVOKE_FILES_SECRET_KEY go together. Set both, or neither.")
    if endpoint_of(settings).startswith("http://") and not settings.files_allow_http:
        raise SettingsWrong(
            "EVOKE_FILES_ENDPOINT: this address is not HTTPS. Use one that is, or set EVOKE_FILES_ALLOW_HTTP to true "
            "where nobody else can reach the network between."
        )
    config: S3Config = {}
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


def endpoint_of(settings: Settings) -> str:
    """The first that is said, as the library reads them."""
    named = (os.environ.get(name, "") for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"))
    return next((one for one in (settings.files_endpoint, *named) if one), "")


@dataclass(frozen=True)
class StoredFile:
    """As it lies, sealed. `size` in bytes."""

    key: str
    size: int
    changed_at: datetime


class Storage:
    """Writes and reads sealed files. No clear byte reaches the store or a temporary file.

    Everything may raise FilesUnreachable, and what writes FilesFull too. `folder` is None where files lie in a bucket.
    """

    def __init__(self, settings: Settings) -> None:
        self.store = open_store(settings)
        self._impatient = open_store(settings.model_copy(update={"files_retry_seconds": 0}))
        self.folder = None if settings.files_url else (settings.data_dir / "files").resolve()

    def writer(self, storage_key: str, *, key: bytes, record_id: UUID) -> SealedWriter:
        return SealedWriter(self, storage_key, Sealer(key, record_id))

    def open(self, storage_key: str, *, key: bytes, record_id: UUID) -> BinaryIO:
        """A buffered, seekable, clear view. Raises FileNotFoundError when the file is gone.

        A library that reads it may take any error for the end of the file: as a context manager it raises at its end
        what it could not read.
        """
        with files_reached():
            size = obstore.head(self.store, storage_key)["size"]

        def fetch(start: int, length: int) -> bytes:
            with files_reached():
                return bytes(obstore.get_range(self.store, storage_key, start=start, length=length))

        return cast(BinaryIO, ClearFile(SealedReader(fetch, size, key, record_id), BUFFER))

    def put(self, storage_key: str, sealed: bytes) -> None:
        """A small file, whole or not at all. Writes over one of the same key."""
        with files_reached():
            obstore.put(self.store, storage_key, sealed, use_multipart=False)

    def read(self, storage_key: str) -> bytes:
        """A small file as it lies. Raises FileNotFoundError."""
        with files_reached():
            return bytes(obstore.get(self.store, storage_key).bytes())

    def pieces(self, storage_key: str) -> Iterator[bytes]:
        """A file of any size as it lies. Each piece is a request of its own: one for all would be cut off by the time
        limit. Raises FileNotFoundError."""
        with files_reached():
            size = obstore.head(self.store, storage_key)["size"]
        for start in range(0, size, _WHOLE):
            with files_reached():
                piece = obstore.get_range(self.store, storage_key, start=start, length=min(_WHOLE, size - start))
            yield bytes(piece)

    def rename(self, storage_key: str, new_key: str) -> None:
        """Takes the place of what lies there. In a bucket that is a copy and a deletion. Raises FileNotFoundError."""
        with files_reached():
            obstore.rename(self.store, storage_key, new_key)

    def delete(self, storage_key: str) -> None:
        """Deleting what is already gone is not an error: a job may be run twice."""
        with files_reached(), contextlib.suppress(FileNotFoundError):
            obstore.delete(self.store, storage_key)

    def delete_or_leave(self, storage_key: str) -> bool:
        """For what a sweep takes anyway, and while somebody waits: whether it is gone. It is tried once."""
        try:
            with files_reached(), contextlib.suppress(FileNotFoundError):
                obstore.delete(self._impatient, storage_key)
        except FilesError:
            return False
        return True

    def delete_folder(self, folder: str) -> None:
        """Everything under it, also what is only half written. What is already gone is not an error."""
        if self.folder is not None:
            with files_reached(), contextlib.suppress(FileNotFoundError):
                shutil.rmtree(self.folder / folder)
        if found := [one.key for one in self.files(folder)]:
            with files_reached(), contextlib.suppress(FileNotFoundError):
                obstore.delete(self.store, found)

    def files(self, folder: str = "") -> Iterator[StoredFile]:
        """Every whole file under a folder; of no folder, all, without the ledger of deletions."""
        with files_reached():
            for batch in obstore.list(self.store, folder or None):
                for one in batch:
                    if not one["path"].startswith(f"{LEDGER}/"):
                        yield StoredFile(one["path"], one["size"], one["last_modified"])

    def at(self, place: str) -> list[str]:
        """The keys of what lies at a place: a file, or all files of a folder."""
        try:
            with files_reached():
                return [obstore.head(self.store, place)["path"]]
        except FileNotFoundError:
            return [one.key for one in self.files(place)]

    def keys(self) -> list[str]:
        return [one.key for one in self.files()]

    def delete_unfinished(self, *, before: datetime) -> int:
        """What a dead process was writing when it died; how many. In a bucket nobody sees these: a lifecycle rule of
        the bucket's ends unfinished uploads (see docs/operators-files.md)."""
        done = 0
        for path in self.folder.rglob("*#*") if self.folder is not None else ():
            with contextlib.suppress(FileNotFoundError):  # another worker sweeps at the same time
                if _UNFINISHED.search(path.name) and path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    done += 1
        return done

    def room(self) -> int | None:
        """Free bytes; None where nobody can say, as with a bucket."""
        if self.folder is None:
            return None
        with files_reached():
            return shutil.disk_usage(self.folder).free


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
