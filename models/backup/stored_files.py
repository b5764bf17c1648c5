"""Copying the stored files that a database names to where backups lie. Spoken answers are not among them: they are kept
for minutes."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import obstore

from models.backup.sets import FileInSet
from models.named_files import NamedFiles
from models.places import PART, Kept, Place, kept_of

_AT_ONCE = 8


@dataclass
class Copied:
    """`files` are in the place of backups now, `anew` of them were copied; `missing` are those of the needed ones that
    are not there any more."""

    files: list[FileInSet] = field(default_factory=list)
    anew: int = 0
    anew_bytes: int = 0
    missing: tuple[str, ...] = ()


def copy_files(
    named: NamedFiles, *, store: Place, to: Place, known: Mapping[tuple[str, int, str], FileInSet]
) -> Copied:
    """`known` are those of the last set by name, size and mark: what is as it was then is not read again. What became
    of the missing ones is the caller's to judge: see `models.backup.went`."""
    there = {one.name: one for one in store.files() if named.lasts(one.name)}
    blobs = {one.name: one.size for one in to.files("files")} if known else {}
    done = Copied()
    wanted: list[Kept] = []
    for one in sorted(there.values(), key=lambda kept: kept.name):
        before = known.get((one.name, one.size, one.mark))
        if before is not None and blobs.get(before.blob) == before.bytes:
            done.files.append(before)
        else:
            wanted.append(one)
    with ThreadPoolExecutor(_AT_ONCE, "backup") as pool:
        for made in pool.map(lambda kept: _copy(kept.name, store, to), wanted):
            if made is not None:
                done.files.append(made)
                done.anew += 1
                done.anew_bytes += made.bytes
    done.files.sort(key=lambda one: one.name)
    done.missing = tuple(sorted(named.needed - {one.name for one in done.files}))
    return done


def _copy(name: str, store: Place, to: Place) -> FileInSet | None:
    """None where it went meanwhile. It is named by what is read, not by what was listed: perhaps it was made anew."""
    try:
        found = obstore.get(store.store, name)
    except FileNotFoundError:
        return None
    meta = kept_of(found.meta)
    digest, size = hashlib.sha256(), 0
    blob = FileInSet(name, meta.size, meta.mark, "").blob
    with obstore.open_writer(to.store, blob, buffer_size=PART) as out:
        for piece in found.stream(min_chunk_size=1 << 20):
            held = bytes(piece)
            digest.update(held)
            size += len(held)
            out.write(held)
    return FileInSet(name, size, meta.mark, digest.hexdigest())


def digest_of(place: Place, name: str) -> tuple[int, str]:
    """Size and SHA-256. Raises FileNotFoundError."""
    digest, size = hashlib.sha256(), 0
    for piece in place.pieces(name):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()
