"""Copying sealed files as they lie, several at a time: nothing is opened, so no key is needed. Each one is read again
at the target."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import obstore

from models.files_errors import files_reached
from models.moving.state import FileSum
from models.storage import Storage, StoredFile

AT_ONCE = 6
_WRITTEN_DOWN = 240
_SMALL = 8 << 20
"""Bytes; of a larger file two parts of so many are on their way at once."""

Count = Callable[[int, int], None]
"""Hears of so many files and bytes more."""


@dataclass(frozen=True)
class FilesMoved:
    """`differ` are not at the target as they are at the source; `gone` are not at the source any more."""

    sums: tuple[FileSum, ...] = ()
    differ: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(one.size for one in self.sums)

    @property
    def checksum(self) -> str:
        """Of all, in the order of their keys."""
        lines = "".join(f"{one.sha256}  {one.size}  {one.key}\n" for one in sorted(self.sums, key=lambda one: one.key))
        return hashlib.sha256(lines.encode()).hexdigest()


def copy_files(
    files: Sequence[StoredFile], source: Storage, target: Storage, *, before: Mapping[str, FileSum],
    write_down: Callable[[Sequence[FileSum]], None], count: Count,
) -> FilesMoved:  # fmt: skip
    """`before` are those that were copied and compared already. Raises FilesUnreachable, FilesFull."""
    return _each(
        files, lambda one: _copy(one, source, target), before=before, target=target, write_down=write_down, count=count
    )


def compare_files(files: Sequence[StoredFile], source: Storage, target: Storage, *, count: Count) -> FilesMoved:
    """Reads both sides. Raises FilesUnreachable."""
    return _each(
        files, lambda one: _compare(one, source, target), before={}, target=None, write_down=lambda _: None, count=count
    )


def _each(
    files: Sequence[StoredFile], work: Callable[[StoredFile], FileSum | str], *, before: Mapping[str, FileSum],
    target: Storage | None, write_down: Callable[[Sequence[FileSum]], None], count: Count,
) -> FilesMoved:  # fmt: skip
    sums = [before[one.key] for one in files if one.key in before]
    differ: list[str] = []
    gone: list[str] = []
    left = [one for one in files if one.key not in before]
    with ThreadPoolExecutor(AT_ONCE, "move") as pool:
        for some in _batches(left, _WRITTEN_DOWN):
            done = []
            for one, found in zip(some, pool.map(work, some), strict=True):
                count(1, one.size)
                if isinstance(found, FileSum):
                    done.append(found)
                else:
                    (gone if found == _GONE else differ).append(one.key)
            if target is not None and target.folder is not None:
                os.sync()  # what is written down is on the disk, whatever happens to this machine
            write_down(done)
            sums += done
    return FilesMoved(tuple(sums), tuple(differ), tuple(gone))


_GONE, _DIFFERS = "gone", "differs"


def _copy(one: StoredFile, source: Storage, target: Storage) -> FileSum | str:
    for _ in range(2):
        try:
            there = _put(one, source, target)
        except FileNotFoundError:
            return _GONE
        if _sum(target, one) == there:
            return there
    return _DIFFERS


def _compare(one: StoredFile, source: Storage, target: Storage) -> FileSum | str:
    try:
        there = _sum(source, one)
    except FileNotFoundError:
        return _GONE
    try:
        return there if _sum(target, one) == there else _DIFFERS
    except FileNotFoundError:
        return _DIFFERS


def _sum(storage: Storage, one: StoredFile) -> FileSum:
    """Raises FileNotFoundError."""
    digest, size = hashlib.sha256(), 0
    for piece in [storage.read(one.key)] if one.size <= _SMALL else storage.pieces(one.key):
        digest.update(piece)
        size += len(piece)
    return FileSum(one.key, size, digest.hexdigest())


def _put(one: StoredFile, source: Storage, target: Storage) -> FileSum:
    """What was read. Raises FileNotFoundError."""
    if one.size <= _SMALL:
        sealed = source.read(one.key)
        target.put(one.key, sealed)
        return FileSum(one.key, len(sealed), hashlib.sha256(sealed).hexdigest())
    digest, size = hashlib.sha256(), 0
    with files_reached():
        out = obstore.open_writer(target.store, one.key, buffer_size=_SMALL, max_concurrency=2)
        with out:  # takes back what was sent, where it fails
            for piece in source.pieces(one.key):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
    return FileSum(one.key, size, digest.hexdigest())


def _batches(files: Sequence[StoredFile], count: int) -> Iterator[Sequence[StoredFile]]:
    for begin in range(0, len(files), count):
        yield files[begin : begin + count]
