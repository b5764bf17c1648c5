"""The stored files of a set, put back where the installation's files lie. What lies there already stays if it is as it
was, or whole and made later; what is damaged gives way to what the set has."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import obstore
from sqlmodel import Session, col, select

from coding.listening import NAME as LISTENING
from models.backup.check import blob_problem
from models.backup.sets import BackupDamaged, FileInSet
from models.backup.stored_files import digest_of
from models.cipher import SealBroken
from models.keys import WordsGone
from models.listening_copy import forget_copy
from models.places import PART, Place
from models.practice import PracticeSession, Recording
from models.queue import enqueue
from models.settings import Settings
from models.storage import Storage, open_recording

_AT_ONCE = 8
_READ = 1 << 20
_SOME = 500


@dataclass(frozen=True)
class CopiedBack:
    """`files` were copied, `there` lay in the storage already; `others` too, but not with the bytes of the set."""

    files: int
    there: int
    others: tuple[FileInSet, ...]


def copy_back(wanted: Sequence[FileInSet], place: Place, to: Place) -> CopiedBack:
    """Raises BackupDamaged."""
    with ThreadPoolExecutor(_AT_ONCE, "restore") as pool:
        done = list(pool.map(lambda one: _copy(one, place, to), wanted))
    others = tuple(one for one, how in zip(wanted, done, strict=True) if how == "other")
    return CopiedBack(done.count("copied"), done.count("there"), others)


def settle_others(
    session: Session, settings: Settings, place: Place, to: Place, others: Sequence[FileInSet], *,
    report: Callable[[str], None],
) -> tuple[int, int]:  # fmt: skip
    """Once the rows are there, and with them the keys: how many were whole and newer, and how many were damaged.

    A recording that opens to its end can only be a later one, such as with a tone over a name: it stays, and its row
    is told. Whatever else is not as in the set becomes as it is there. Raises BackupDamaged, FilesUnreachable.
    """
    if not others:
        return 0, 0
    report(f"Stored files that are not as in the set: {len(others)}")
    storage, newer, names = Storage(settings), set(), [one.name for one in others]
    for start in range(0, len(names), _SOME):
        some = select(Recording).where(col(Recording.storage_key).in_(names[start : start + _SOME]))
        for recording in session.exec(some).all():
            if _is_newer(session, storage, recording):
                newer.add(recording.storage_key)
    damaged = [one for one in others if one.name not in newer]
    for one in damaged:
        if said := blob_problem(place, one):  # before the last of what is there is written over
            raise BackupDamaged(said)
        _write(one, place, to)
    return len(newer), len(damaged)


def _is_newer(session: Session, storage: Storage, recording: Recording) -> bool:
    """If so, its copy to listen to is of the older one, and is made anew."""
    digest, size = hashlib.sha256(), 0
    try:
        with open_recording(session, storage, recording) as clear:
            while some := clear.read(_READ):
                digest.update(some)
                size += len(some)
    except (SealBroken, WordsGone, FileNotFoundError):
        return False
    recording.size_bytes, recording.sha256 = size, digest.hexdigest()
    session.add(recording)
    forget_copy(session, storage, recording)
    practice = session.get_one(PracticeSession, recording.session_id)
    enqueue(session, LISTENING, organisation_id=practice.organisation_id, recording_id=recording.id)
    return True


def _copy(one: FileInSet, place: Place, to: Place) -> str:
    if to.look(one.name) is not None:
        return "there" if digest_of(to, one.name) == (one.bytes, one.sha256) else "other"
    _write(one, place, to)
    return "copied"


def _write(one: FileInSet, place: Place, to: Place) -> None:
    """Raises BackupDamaged."""
    digest = hashlib.sha256()
    try:
        with obstore.open_writer(to.store, one.name, buffer_size=PART) as out:
            for piece in place.pieces(one.blob):
                digest.update(piece)
                out.write(piece)
    except FileNotFoundError:
        to.delete(one.name)
        raise BackupDamaged(f"{place.shown}/{one.blob}, which is {one.name}, is missing.") from None
    if digest.hexdigest() != one.sha256:
        to.delete(one.name)
        raise BackupDamaged(f"{place.shown}/{one.blob}, which is {one.name}, was changed.")
