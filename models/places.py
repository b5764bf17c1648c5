"""A folder, or a prefix of an S3 bucket, in which something is kept apart from the database: backups and the ledger of
deletions."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, S3Store

from models.settings import Settings, SettingsWrong
from models.storage import endpoint_of, open_store

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PART = 8 << 20
"""Bytes that a writer holds, and of a part of an upload to S3, which takes 10,000 of them."""
_UNFINISHED = "#"
"""In the name of a file that obstore has not written to its end."""


@dataclass(frozen=True)
class Kept:
    """One file of a place. `mark` changes whenever its bytes do, as far as the store can tell."""

    name: str
    size: int
    mark: str


@dataclass(frozen=True)
class Place:
    """`folder` is empty for a bucket. `shown` is how people wrote it. Files appear whole or not at all."""

    store: "ObjectStore"
    shown: str
    folder: Path | None = None

    def is_same_as(self, other: "Place") -> bool:
        return self.folder == other.folder if self.folder else self.shown.rstrip("/") == other.shown.rstrip("/")

    def put(self, name: str, what: bytes) -> None:
        """On the disk, or in the bucket, when this returns."""
        obstore.put(self.store, name, what)
        self.settle(name)

    def put_new(self, name: str, what: bytes) -> bool:
        """Whether there was none of this name; what is there stays as it is."""
        try:
            obstore.put(self.store, name, what, mode="create")
        except (AlreadyExistsError, FileExistsError):
            return False
        self.settle(name)
        return True

    def settle(self, name: str) -> None:
        """What was written is still there after a power cut."""
        if self.folder is not None:
            path = self.folder / name
            for one in (path, path.parent):
                handle = os.open(one, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)

    def get(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        return bytes(obstore.get(self.store, name).bytes())

    def pieces(self, name: str) -> Iterator[bytes]:
        """Raises FileNotFoundError."""
        for piece in obstore.get(self.store, name).stream():
            yield bytes(piece)

    def range(self, name: str, start: int, length: int) -> bytes:
        return bytes(obstore.get_range(self.store, name, start=start, length=length))

    def look(self, name: str) -> Kept | None:
        try:
            return kept_of(obstore.head(self.store, name))
        except FileNotFoundError:
            return None

    def files(self, under: str = "") -> Iterator[Kept]:
        """Of a folder and those in it, without what is being written."""
        for batch in obstore.list(self.store, under or None):
            for one in batch:
                if _UNFINISHED not in one["path"].rpartition("/")[2]:
                    yield kept_of(one)

    def folders(self, under: str) -> list[str]:
        """The names of the folders that are right under this one, in order."""
        found = obstore.list_with_delimiter(self.store, under)["common_prefixes"]
        return sorted(one.rstrip("/").rpartition("/")[2] for one in found)

    def delete(self, name: str) -> None:
        """Deleting what is already gone is not an error."""
        with contextlib.suppress(FileNotFoundError):
            obstore.delete(self.store, name)

    def sweep_unfinished(self, under: str) -> None:
        """What a process that died was writing. Only for whoever knows that nobody else writes here."""
        if self.folder is not None:
            for path in (self.folder / under).rglob(f"*{_UNFINISHED}*"):
                path.unlink(missing_ok=True)

    def tidy(self, under: str) -> None:
        """Takes away folders in which nothing is left."""
        if self.folder is not None:
            for path in sorted((self.folder / under).rglob("*"), reverse=True):
                if path.is_dir():
                    with contextlib.suppress(OSError):
                        path.rmdir()
            with contextlib.suppress(OSError):
                (self.folder / under).rmdir()


def open_place(where: str, settings: Settings, *, named: str, make: bool = True) -> Place:
    """A folder's path, or s3://bucket/prefix. A bucket is reached as AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL_S3 and AWS_REGION say where they are set, so that backups may have credentials of their own; else
    as that of EVOKE_FILES_URL is. Raises SettingsWrong, which says `named`."""
    if "://" not in where:
        return _folder(Path(where), where, named=named, make=make)
    url = urlsplit(where)
    if url.scheme != "s3" or not url.hostname or url.query or url.fragment or "@" in url.netloc:
        raise SettingsWrong(f"{named}: {where} is neither a folder nor an address like s3://bucket/prefix.")
    config: dict[str, Any] = {}
    if settings.files_checksum != "none":
        config["checksum_algorithm"] = settings.files_checksum
    if not os.environ.get("AWS_ACCESS_KEY_ID") and settings.files_access_key:
        config["access_key_id"] = settings.files_access_key
        config["secret_access_key"] = settings.files_secret_key.get_secret_value()
    if not os.environ.get("AWS_ENDPOINT_URL_S3") and settings.files_endpoint:
        config["aws_endpoint_url_s3"] = settings.files_endpoint.rstrip("/")
    if not os.environ.get("AWS_REGION") and settings.files_region:
        config["region"] = settings.files_region
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or endpoint_of(settings)
    if endpoint.startswith("http://") and not settings.files_allow_http:
        raise SettingsWrong(
            f"{named}: the S3 service’s address is not HTTPS. Use one that is, or set EVOKE_FILES_ALLOW_HTTP to true "
            "where nobody else can reach the network between."
        )
    store = S3Store(
        url.netloc, prefix=url.path.strip("/") or None, config=cast(Any, config),
        client_options={
            "allow_http": settings.files_allow_http, "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=settings.files_timeout_seconds),
        },
        retry_config={"max_retries": 10, "retry_timeout": timedelta(seconds=settings.files_retry_seconds)},
    )  # fmt: skip
    return Place(cast("ObjectStore", store), where)


def files_place(settings: Settings) -> Place:
    """Where the stored files lie. Raises SettingsWrong."""
    folder = None if settings.files_url else (settings.open_data_dir() / "files").resolve()
    return Place(open_store(settings), settings.files_url or str(folder), folder)


def beside_files(settings: Settings) -> Place:
    """Their bucket; without one the data folder, of which they are a part. Raises SettingsWrong."""
    if settings.files_url:
        return files_place(settings)
    return _folder(settings.open_data_dir(), str(settings.data_dir), named="EVOKE_DATA_DIR", make=False)


def _folder(path: Path, where: str, *, named: str, make: bool) -> Place:
    try:
        if make:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = path.resolve(strict=True)
        if not path.is_dir():
            raise NotADirectoryError(20, "it is a file")
    except OSError as error:
        raise SettingsWrong(f"{named}: the folder {where} cannot be used ({error.strerror}).") from error
    return Place(LocalStore(str(path)), where, path)


def kept_of(meta: Any) -> Kept:
    """Of a list and of an answer alike: S3 tells the time of a change less exactly in the one than in the other."""
    return Kept(meta["path"], meta["size"], meta.get("e_tag") or meta["last_modified"].isoformat())
