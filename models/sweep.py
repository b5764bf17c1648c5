"""Files that no row names: what is left when a process dies in the middle of an upload."""

import contextlib
import logging
import re
import time
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import select

from models.database import Database
from models.organisation import Organisation
from models.practice import Recording
from models.settings import Settings

log = logging.getLogger("evoke.sweep")
LOST = "lost"
_UNFINISHED = re.compile(r"\.sealed#\d+$")
"""How obstore calls a file while it is written."""


@dataclass(frozen=True)
class Swept:
    """How many files: `unfinished` are deleted, `lost` set aside, `put_back` were set aside and have a row again."""

    unfinished: int
    lost: int
    put_back: int


def sweep_files(database: Database, settings: Settings, *, older_than_hours: float = 24) -> Swept:
    """For the start of a worker; touches no file that an upload could still be writing.

    Only an upload that was never finished is deleted. A finished recording without a row goes to files/lost: perhaps
    it is the row that is missing, after an older backup or with another database. Files of an organisation that this
    database does not know are left alone.
    """
    root = settings.data_dir / "files"
    before = time.time() - older_than_hours * 3600
    old = [path for path in root.rglob("*") if _is_older(path, before)]
    with database.read() as session:
        known = set(session.exec(select(Recording.storage_key)).all())
        ours = {str(one) for one in session.exec(select(Organisation.id)).all()}
    unfinished = lost = put_back = 0
    for path in old:
        key = path.relative_to(root)
        if key.parts[0] == LOST:
            named = key.relative_to(LOST)
            if str(named) in known and not (root / named).exists():
                put_back += _move(path, root / named)
        elif _UNFINISHED.search(path.name):
            path.unlink(missing_ok=True)
            unfinished += 1
        elif path.suffix == ".sealed" and key.parts[0] in ours and str(key) not in known:
            lost += _move(path, root / LOST / key)
    log.info("swept %s: %d unfinished deleted, %d set aside, %d put back", root, unfinished, lost, put_back)
    if lost:
        log.warning(
            "%d recordings that this database does not name are now in %s. Is it the right database?", lost, root / LOST
        )
    return Swept(unfinished, lost, put_back)


def _is_older(path: Path, before: float) -> bool:
    with contextlib.suppress(FileNotFoundError):  # another worker sweeps at the same time
        return path.is_file() and path.stat().st_mtime < before
    return False


def _move(path: Path, to: Path) -> bool:
    to.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.rename(to)
        return True
    return False
