"""Spoken answers that nobody fetched go after their hour, sound and words."""

import contextlib
import logging
import time
from pathlib import Path

from sqlmodel import col, select

from models.columns import utc_now
from models.database import Database
from models.settings import Settings
from models.spoken_answer import KEPT_FOR, SPOKEN, SpokenAnswer, forget_spoken
from models.storage import Storage

log = logging.getLogger("evoke.sweep")


def sweep_spoken_answers(database: Database, settings: Settings) -> int:
    """How many went. A file that no row names is deleted too once it is as old: a process died beside it."""
    old = select(SpokenAnswer).where(col(SpokenAnswer.made_at) < utc_now() - KEPT_FOR)
    with database.read() as session:
        if session.exec(old.limit(1)).first() is None:
            _delete_files(database, settings)
            return 0  # takes no write lock, every few minutes
    with database.write() as session:
        found = session.exec(old.with_for_update(skip_locked=True)).all()
        places = [one.place for one in found]
        for one in found:
            forget_spoken(session, one, why="expired", by=None)
    storage = Storage(settings)
    for place in places:
        storage.delete(place)
    _delete_files(database, settings)
    log.info("swept %d spoken answers that nobody fetched", len(places))
    return len(places)


def _delete_files(database: Database, settings: Settings) -> None:
    root = settings.data_dir / "files"
    before = time.time() - KEPT_FOR.total_seconds()
    old = [path for path in root.glob(f"*/{SPOKEN}/*") if _is_older(path, before)]
    if not old:
        return
    with database.read() as session:
        known = set(session.exec(select(SpokenAnswer.id)).all())
    for path in old:
        if path.name.partition(".")[0] not in {str(one) for one in known}:
            path.unlink(missing_ok=True)


def _is_older(path: Path, before: float) -> bool:
    with contextlib.suppress(FileNotFoundError):  # another worker sweeps at the same time
        return path.stat().st_mtime < before
    return False
