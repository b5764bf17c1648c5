"""The rows of one table as a sealed file: packed lines of JSON, in AES-256-GCM chunks as stored files are."""

import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import obstore
from sqlalchemy import Table
from sqlmodel import Session

from models.backup.sets import Manifest, TableInSet, table_file, table_id
from models.cipher import SealedReader, Sealer
from models.places import PART, Place
from models.table_copy import Row, Sum, rows_of, sum_rows

_PIECE = 1 << 18
_LEVEL = 3
"""Of packing: most of what is in rows is sealed and does not pack, so a higher one costs time for nothing."""


@dataclass
class _Counted:
    """Bytes and digest of what went through."""

    size: int = 0

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256()

    def add(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self.digest.update(piece)
        return piece


def write_rows(session: Session, table: Table, place: Place, path: str, *, key: bytes, record_id: UUID) -> TableInSet:
    """A few megabytes of it are in memory at a time."""
    sealer, packer, counted, total = Sealer(key, record_id), zlib.compressobj(_LEVEL), _Counted(), Sum()
    with obstore.open_writer(place.store, path, buffer_size=PART) as out:
        for rows in rows_of(session, table):
            total += sum_rows(table, rows)
            lines = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
            if sealed := sealer.update(packer.compress(lines.encode())):
                out.write(counted.add(sealed))
        out.write(counted.add(sealer.update(packer.flush()) + sealer.finish()))
    return TableInSet(
        table.name, columns_of(table), total.count, total.checksum, counted.size, counted.digest.hexdigest()
    )


def columns_of(table: Table) -> tuple[str, ...]:
    return tuple(one.name for one in table.columns)


def read_rows(place: Place, manifest: Manifest, kept: TableInSet, *, key: bytes) -> Iterator[Row]:
    """Raises SealBroken, FileNotFoundError."""
    path = table_file(manifest.name, kept.name)

    def fetch(start: int, length: int) -> bytes:
        return place.range(path, start, length)

    reader = SealedReader(fetch, kept.bytes, key, table_id(manifest.set_id, kept.name))
    clear, unpacker, rest = io.BufferedReader(cast(io.RawIOBase, reader), _PIECE), zlib.decompressobj(), b""
    while piece := clear.read(_PIECE):
        lines = (rest + unpacker.decompress(piece)).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield tuple(json.loads(line))
