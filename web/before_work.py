"""What a website or worker that is started by itself makes sure of first: `evoke serve` sees to it otherwise."""

import logging
import time

from sqlalchemy.exc import OperationalError

from models.database import Database
from models.master_key import MasterKeys
from models.master_key_fits import check_master_key
from models.schema_version import Schema, schema_of
from models.settings import Settings

log = logging.getLogger("evoke.start")
LOOK_EVERY = 1.0
"""Seconds."""


def wait_for_its_turn(settings: Settings) -> None:
    """Until the database is there and `evoke migrate` of this version has run: machines start in any order. Raises
    MasterKeyUnusable."""
    database, told = Database.of(settings), ""
    while (what := _missing(database)) is not None:
        if what != told:
            log.warning("%s; waiting", what)
            told = what
        time.sleep(LOOK_EVERY)
    _check(database, settings)


def check_keys(settings: Settings) -> None:
    """Where the database is there already. Raises MasterKeyUnusable."""
    database = Database.of(settings)
    if _missing(database) is None:
        _check(database, settings)
    database.close()


def _missing(database: Database) -> str | None:
    try:
        with database.read() as session:
            behind = schema_of(session) in (Schema.OLDER, Schema.NONE)
        return "the database waits for `evoke migrate`" if behind else None
    except OperationalError as error:
        cause = " ".join(str(error.orig).split())  # libpq's words: server, user and database, and no password
        return f"the database cannot be used ({cause}): start it, or correct EVOKE_DATABASE_URL"


def _check(database: Database, settings: Settings) -> None:
    check_master_key(database, MasterKeys(settings))
    database.close()
