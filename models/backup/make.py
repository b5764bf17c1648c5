"""Making a set while the site goes on: rows from one snapshot, then the files that those rows name."""

import errno
import hashlib
import json
import logging
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import UUID, uuid4

from obstore.exceptions import BaseError as StoreError
from sqlmodel import Session

from models.backup.keys import public_key_of, signing_key, wrap_for
from models.backup.noted import Noted, note
from models.backup.one_at_a_time import one_at_a_time
from models.backup.rows import write_rows
from models.backup.sets import (
    FILES,
    SETS,
    FileInSet,
    Manifest,
    delete_set,
    files_list,
    files_of,
    lines_of,
    read_manifest,
    set_names,
    signed_by_one_of,
    table_file,
    table_id,
    unfinished_sets,
    write_manifest,
)
from models.backup.stored_files import copy_files
from models.backup.went import what_went
from models.cipher import new_key
from models.columns import utc_now
from models.database import Database
from models.deletion_ledger import LONG_AGO, copy_ledger, keep_up, ledger_id, ledger_places
from models.errors import EvokeError
from models.keys import masters_of
from models.named_files import files_named
from models.places import Place, files_place
from models.schema_version import known_revisions, revision_of
from models.settings import Settings
from models.table_copy import snapshot, tables_in_order

log = logging.getLogger("evoke.backup")
LAST_BACKUP, LAST_DRILL = "last_backup.json", "last_drill.json"
"""In the data folder, for whoever has no database at hand; a drill's is beside the sets too, as it may run on another
machine. Evoke itself reads the audit trail; see `models.backup.noted`."""
Report = Callable[[str], None]


class BackupFailed(EvokeError):
    status = 507
    code = "backup_failed"


class NotMigrated(EvokeError):
    status = 409
    code = "not_migrated"


@dataclass(frozen=True)
class Made:
    """`anew` of its files, of `anew_bytes`, were copied; the others the last set had already."""

    manifest: Manifest
    anew: int
    anew_bytes: int
    rows_bytes: int


def make_backup(database: Database, settings: Settings, place: Place, *, report: Report = lambda _: None) -> Made:
    """A set appears when its last byte is written, or not at all. `report` hears what is done just now.

    Raises BackupUnderWay, BackupLockLost, BackupFailed, SettingsWrong, NotMigrated.
    """
    public_key_of(settings)
    with one_at_a_time(database, settings) as require_held:
        for name in unfinished_sets(place):
            report(f"Takes away {name}, which was never finished")
            delete_set(place, name)
        place.sweep_unfinished(SETS)
        place.sweep_unfinished(FILES)
        started = utc_now()
        name = f"{started:%Y-%m-%dT%H-%M-%SZ}-{started.microsecond:05x}{uuid4().hex[0]}"  # in the order of time
        try:
            made = _make(database, settings, place, name, report, require_held)
        except (OSError, EvokeError, StoreError) as error:
            with suppress(Exception):
                delete_set(place, name)
            if isinstance(error, EvokeError):
                raise
            raise BackupFailed(_sentence(place, error)) from error
    _note(database, settings, place, made)
    return made


def _make(
    database: Database, settings: Settings, place: Place, name: str, report: Report, require_held: Callable[[], None]
) -> Made:  # fmt: skip
    made_at, set_id, key = utc_now(), uuid4(), new_key()
    keep_up(database, settings, back=LONG_AGO)
    ledger = ledger_id(ledger_places(settings))
    files = files_place(settings)
    tables = []
    with snapshot(database) as session:
        head = require_this_version(session)
        masters = masters_of(session)
        for table in tables_in_order():
            report(f"Rows of {table.name}")
            path, record_id = table_file(name, table.name), table_id(set_id, table.name)
            tables.append(write_rows(session, table, place, path, key=key, record_id=record_id))
        named = files_named(session)
    report(f"Stored files: {len(named.needed)} are named")
    last = _last(place, ours=[signing_key(one).public_key().public_bytes_raw() for one in masters.every])
    copied = copy_files(named, store=files, to=place, known={(one.name, one.bytes, one.mark): one for one in last})
    went = what_went(database, copied.missing)
    lines = lines_of(copied.files)
    place.put(files_list(name), lines)
    manifest = Manifest(
        set_id=set_id, name=name, made_at=made_at, version=_version(), head=head,
        database="SQLite" if database.is_sqlite else "PostgreSQL", ledger=ledger,
        wrapped_key=wrap_for(public_key_of(settings), key, set_id.bytes), tables=tuple(tables),
        files=len(copied.files), files_bytes=sum(one.bytes for one in copied.files),
        files_list_sha256=hashlib.sha256(lines).hexdigest(), gone=went.gone, missing=went.missing,
        came_whole=went.came_whole,
    )  # fmt: skip
    if place.folder is not None:
        os.sync()  # what the manifest vouches for is on the disk before it
    require_held()  # else another's prune may have taken away what no manifest names yet
    write_manifest(place, manifest, signing_key(masters.current))
    require_held()  # nor did one begin before the manifest was there
    copy_ledger(ledger_places(settings), to=place, until=made_at)
    return Made(manifest, copied.anew, copied.anew_bytes, sum(one.bytes for one in tables))


def require_this_version(session: Session) -> str:
    """The head of migrations, which is that of this program. Raises NotMigrated."""
    found, (_, ours) = revision_of(session), known_revisions()
    if found != ours:
        raise NotMigrated(
            f"The database is at {found} and this program at {ours}. Run evoke migrate first, or use the program that "
            "belongs to the database."
        )
    return ours


def _sentence(place: Place, error: Exception) -> str:
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(
        one in str(error) for one in ("No space left", "os error 28", "Disk quota", "os error 122")
    )
    if full:
        return (
            f"{place.shown} is full, so no set was made. What was there before is as it was. Make room, or take older "
            "sets away with evoke backup prune."
        )
    return (
        f"No set was made in {place.shown}: {type(error).__name__}. What was there before is as it was. Can this "
        f"user write there? The store said: {str(error).splitlines()[0][:200] if str(error) else 'nothing'}"
    )


def _last(place: Place, *, ours: Collection[bytes]) -> list[FileInSet]:
    """The files of the newest set that can be read and was signed by one of `ours`: what somebody else put there says
    nothing of files. None where there is no such set, so that all are copied anew."""
    for name in reversed(set_names(place)):
        try:
            manifest = read_manifest(place, name)
            if signed_by_one_of(manifest, ours):
                return list(files_of(place, manifest))
            log.error("the set %s is not built upon: it was signed with another key", name)
        except EvokeError as error:
            log.error("the set %s is not built upon: %s", name, error.message)
    return []


def _note(database: Database, settings: Settings, place: Place, made: Made) -> None:
    """For whoever asks when the last backup was: in the audit trail and in the data folder. Of a drill on
    another machine the place of backups tells."""
    manifest = made.manifest
    said: dict[str, object] = {
        "made_at": manifest.made_at.isoformat(), "set": manifest.name, "place": place.shown, "rows": manifest.rows,
        "files": manifest.files, "missing_files": len(manifest.missing),
        "result": "missing files" if manifest.missing else "ok",
    }  # fmt: skip
    write_note(settings, LAST_BACKUP, said)
    drilled: dict[str, object] = {}
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        drilled = json.loads(place.get(LAST_DRILL))
        if str(drilled["at"]) > str((read_note(settings, LAST_DRILL) or {}).get("at", "")):
            write_note(settings, LAST_DRILL, drilled)
    with database.write() as session:
        note(session, Noted.BACKUP, set_id=manifest.set_id, said=said)
        with suppress(KeyError, ValueError, TypeError):
            note(session, Noted.DRILL, set_id=UUID(str(drilled["set_id"])), said=drilled)


def write_note(settings: Settings, name: str, said: dict[str, object]) -> None:
    path = settings.open_data_dir() / name
    unfinished = path.with_name(f".{name}.{os.getpid()}")
    unfinished.write_text(json.dumps(said, indent=1) + "\n")
    unfinished.replace(path)


def read_note(settings: Settings, name: str) -> dict[str, object] | None:
    """None where there is none that can be read."""
    try:
        found = json.loads(Path(settings.data_dir / name).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _version() -> str:
    try:
        return version("evoke")
    except PackageNotFoundError:
        return "unknown"
