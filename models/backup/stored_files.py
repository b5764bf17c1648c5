"""Which stored files belong to the rows of a database, and copying them to where backups lie."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import obstore
from sqlmodel import Session, col, select

from models.backup.sets import FileInSet
from models.chunks import chunk_place, folder_of_chunks
from models.in_progress import InProgress
from models.listening_copy import listening_place
from models.places import PART, Kept, Place, kept_of
from models.practice import PracticeSession, Recording
from models.recording_in_progress import RecordedChunk, RecordingInProgress
from models.resumable_upload import ResumableUpload, UploadPiece
from models.retention import Part, RetentionStep
from models.upload_pieces import piece_place

_AT_ONCE = 8
_KINDS: tuple[type[InProgress], ...] = (RecordingInProgress, ResumableUpload)


@dataclass(frozen=True)
class Named:
    """What the rows name: `needed` must be there, `perhaps` may be, and so may whatever lies in `folders`. The
    sound of spoken answers is not among them: it is kept for minutes. Their rows are, and go in the first sweep."""

    needed: frozenset[str]
    perhaps: frozenset[str]
    folders: frozenset[str]

    def takes(self, name: str) -> bool:
        return name in self.needed or name in self.perhaps or name.rpartition("/")[0] in self.folders


@dataclass
class Copied:
    """`files` are in the place of backups now, `anew` of them were copied; `gone` and `missing` as in the manifest."""

    files: list[FileInSet] = field(default_factory=list)
    anew: int = 0
    anew_bytes: int = 0
    gone: int = 0
    missing: tuple[str, ...] = ()


def named_by(session: Session) -> Named:
    recordings = select(Recording.storage_key, Recording.session_id)
    keys = dict(session.exec(recordings).all())
    going = set(session.exec(select(PracticeSession.id).where(col(PracticeSession.withdrawn_at).is_not(None))))
    going |= set(session.exec(select(RetentionStep.session_id).where(col(RetentionStep.part) == Part.RECORDING)))
    needed = {key for key, session_id in keys.items() if session_id not in going}
    folders = set()
    for kind in _KINDS:
        open_ones = session.exec(select(kind).where(col(kind.state) == kind.OPEN)).all()
        folders |= {folder_of_chunks(one.organisation_id, one.id) for one in open_ones}
    needed |= _bits(session)
    return Named(frozenset(needed), frozenset({*keys, *map(listening_place, keys)}), frozenset(folders))


def _bits(session: Session) -> set[str]:
    """What has come of open recordings and uploads. A row is there after its file, and goes before it."""
    chunks = (
        select(RecordingInProgress.organisation_id, RecordingInProgress.id, RecordedChunk.number)
        .join(RecordedChunk, col(RecordedChunk.recording_id) == col(RecordingInProgress.id))
        .where(col(RecordingInProgress.state) == RecordingInProgress.OPEN)
    )
    pieces = (
        select(ResumableUpload.organisation_id, ResumableUpload.id, UploadPiece.id)
        .join(UploadPiece, col(UploadPiece.upload_id) == col(ResumableUpload.id))
        .where(col(ResumableUpload.state) == ResumableUpload.OPEN)
    )
    return {chunk_place(*one) for one in session.exec(chunks)} | {piece_place(*one) for one in session.exec(pieces)}


def copy_files(named: Named, *, store: Place, to: Place, known: Mapping[tuple[str, int, str], FileInSet]) -> Copied:
    """`known` are those of the last set by name, size and mark: what is as it was then is not read again. Which of the
    needed ones are not there any more is the caller's to judge: see `Copied.missing`."""
    there = {one.name: one for one in store.files() if named.takes(one.name)}
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
