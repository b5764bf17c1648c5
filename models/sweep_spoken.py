"""Spoken answers that nobody fetched go after their hour, sound and words."""

import logging

from sqlmodel import col, select

from models.columns import utc_now
from models.database import Database
from models.organisation import Organisation
from models.settings import Settings
from models.spoken_answer import KEPT_FOR, SPOKEN, SpokenAnswer, forget_spoken
from models.storage import Storage

log = logging.getLogger("evoke.sweep")


def sweep_spoken_answers(database: Database, settings: Settings) -> int:
    """How many went. A file that no row names is deleted too once it is as old: a process died beside it."""
    old = select(SpokenAnswer).where(col(SpokenAnswer.made_at) < utc_now() - KEPT_FOR)
    storage = Storage(settings)
    with database.read() as session:
        if session.exec(old.limit(1)).first() is None:
            _delete_files(database, storage)
            return 0  # takes no write lock, every few minutes
    with database.write() as session:
        found = session.exec(old.with_for_update(skip_locked=True)).all()
        places = [one.place for one in found]
        for one in found:
            forget_spoken(session, one, why="expired", by=None)
    for place in places:
        storage.delete_or_leave(place)  # without a row it goes below, now or later
    _delete_files(database, storage)
    log.info("swept %d spoken answers that nobody fetched", len(places))
    return len(places)


def _delete_files(database: Database, storage: Storage) -> None:
    before = utc_now() - KEPT_FOR
    with database.read() as session:
        organisations = session.exec(select(Organisation.id)).all()
    old = [
        one.key for each in organisations for one in storage.files(f"{each}/{SPOKEN}") if one.changed_at < before
    ]  # fmt: skip
    if not old:
        return
    with database.read() as session:
        known = {str(one) for one in session.exec(select(SpokenAnswer.id)).all()}
    for key in old:
        if key.rpartition("/")[2].partition(".")[0] not in known:
            storage.delete(key)
