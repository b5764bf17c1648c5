"""What a set looks like in the place of backups.

    sets/NAME/manifest.json       written last: a folder without it is no set
    sets/NAME/TABLE.sealed        the rows of a table, one JSON array a line, packed, sealed under the set's key
    sets/NAME/files.jsonl         which stored files belong to it, one a line
    files/ab/abcdef….sealed       stored files, sealed as they were; sets share them
    ledger/                       a copy of the ledger of deletions

The manifest is signed and has the SHA-256 of every other file, so that a changed byte is found and named. It and the
list of files hold ids, times and numbers: nothing of a person, and nothing that opens anything.
"""

import base64
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.errors import EvokeError, NotFound
from models.places import Place
from models.table_copy import Sum

FORMAT = "evoke backup 1"
SETS, FILES = "sets", "files"
_MANIFEST = "manifest.json"


class BackupDamaged(EvokeError):
    """Names what is not as it was written."""

    status = 409
    code = "backup_damaged"


@dataclass(frozen=True)
class TableInSet:
    """`sha256` and `bytes` are those of the sealed file; `checksum` is that of `models.table_copy.Sum`."""

    name: str
    columns: tuple[str, ...]
    count: int
    checksum: str
    bytes: int
    sha256: str

    @property
    def sum(self) -> Sum:
        return Sum(self.count, self.checksum)


@dataclass(frozen=True)
class FileInSet:
    """A stored file: `name` is its key in the storage, `mark` what it was known by when it was copied, `blob` where it
    lies in the place of backups."""

    name: str
    bytes: int
    mark: str
    sha256: str

    @property
    def blob(self) -> str:
        """Another one for another content, known before a byte of it is read."""
        digest = hashlib.sha256(f"{self.name} {self.bytes} {self.mark}".encode()).hexdigest()
        return f"{FILES}/{digest[:2]}/{digest}.sealed"


@dataclass(frozen=True)
class Manifest:
    """`gone` counts files of what was deleted or thrown away while the set was made. `missing` are files that the
    database names and the storage did not have. `came_whole` counts recordings in pieces that became sessions
    meanwhile: the set has them as still coming, and not their sound. `signed_by` is the public key, in base64."""

    set_id: UUID
    name: str
    made_at: datetime
    version: str
    head: str
    database: str
    ledger: UUID
    wrapped_key: dict[str, str]
    tables: tuple[TableInSet, ...]
    files: int
    files_bytes: int
    files_list_sha256: str
    gone: int
    missing: tuple[str, ...]
    came_whole: int = 0
    signed_by: str = ""

    @property
    def folder(self) -> str:
        return folder_of(self.name)

    @property
    def rows(self) -> int:
        return sum(one.count for one in self.tables)


def folder_of(name: str) -> str:
    return f"{SETS}/{name}"


def table_file(name: str, table: str) -> str:
    return f"{folder_of(name)}/{table}.sealed"


def table_id(set_id: UUID, table: str) -> UUID:
    """The record under which a table's rows are sealed: they cannot pass for another table's, or another set's."""
    return uuid5(set_id, table)


def files_list(name: str) -> str:
    return f"{folder_of(name)}/files.jsonl"


def write_manifest(place: Place, manifest: Manifest, key: Ed25519PrivateKey) -> None:
    values = {"format": FORMAT, **asdict(manifest), "signed_by": _text(key.public_key().public_bytes_raw())}
    signed = json.loads(json.dumps(values, default=_plain))
    signed["signature"] = _text(key.sign(_bytes(signed)))
    place.put(f"{manifest.folder}/{_MANIFEST}", json.dumps(signed, indent=1, sort_keys=True).encode())


def read_manifest(place: Place, name: str) -> Manifest:
    """Raises NotFound, BackupDamaged."""
    path = f"{folder_of(name)}/{_MANIFEST}"
    try:
        kept = place.get(path)
    except FileNotFoundError:
        raise NotFound(f"{place.shown} has no set {name}. See those it has: evoke backup list PLACE") from None
    try:
        values = json.loads(kept)
        signature = base64.b64decode(values.pop("signature"), validate=True)
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(values["signed_by"], validate=True))
        public.verify(signature, _bytes(values))
        if values.pop("format") != FORMAT or values["name"] != name:
            raise ValueError("another format or another set's")
        tables = tuple(TableInSet(**{**one, "columns": tuple(one["columns"])}) for one in values.pop("tables"))
        return Manifest(
            **{
                **values, "set_id": UUID(values["set_id"]), "made_at": datetime.fromisoformat(values["made_at"]),
                "ledger": UUID(values["ledger"]), "missing": tuple(values["missing"]), "tables": tables,
            }
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, InvalidSignature) as error:
        raise BackupDamaged(f"{place.shown}/{path} was changed, or is of another version of Evoke.") from error


def set_names(place: Place) -> list[str]:
    """Whole sets, the oldest first."""
    return [name for name in place.folders(SETS) if place.look(f"{folder_of(name)}/{_MANIFEST}") is not None]


def unfinished_sets(place: Place) -> list[str]:
    whole = set(set_names(place))
    return [name for name in place.folders(SETS) if name not in whole]


def delete_set(place: Place, name: str) -> None:
    """The manifest first: what is killed here leaves no set that looks whole."""
    place.delete(f"{folder_of(name)}/{_MANIFEST}")
    for one in list(place.files(folder_of(name))):
        place.delete(one.name)
    place.tidy(folder_of(name))


def lines_of(files: Iterable[FileInSet]) -> bytes:
    return b"".join(json.dumps(asdict(one), sort_keys=True).encode() + b"\n" for one in files)


def files_of(place: Place, manifest: Manifest) -> Iterator[FileInSet]:
    """Raises BackupDamaged."""
    path = files_list(manifest.name)
    try:
        kept = place.get(path)
    except FileNotFoundError:
        raise BackupDamaged(f"{place.shown}/{path} is missing.") from None
    if hashlib.sha256(kept).hexdigest() != manifest.files_list_sha256:
        raise BackupDamaged(f"{place.shown}/{path} was changed.")
    for line in kept.splitlines():
        yield FileInSet(**json.loads(line))


def signed_by_one_of(manifest: Manifest, known: Collection[bytes]) -> bool:
    """`known` are public keys."""
    return manifest.signed_by in {_text(one) for one in known}


def _bytes(values: dict[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
