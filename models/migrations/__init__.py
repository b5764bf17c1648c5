"""Alembic migrations, run by code: `upgrade(database)` brings any Evoke database to this version."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, String, inspect, text

from models import delivery_schema
from models.database import Database
from models.schema_version import Schema, schema_of
from models.scrub import scrub

log = logging.getLogger("evoke.migrations")


def alembic_config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = database.write_engine
    config.attributes["masters"] = database.masters
    return config


def upgrade(database: Database) -> None:
    """What lay in clear text in an older version is gone from the database's files afterwards. A database that a later
    version brought up to date is left as it is: this one runs beside it, or again after it."""
    with database.read() as session:
        later = schema_of(session) is Schema.NEWER
    if later:
        log.warning("the database is that of a later version; nothing is changed")
        return
    _note_to_scrub(database)
    command.upgrade(alembic_config(database), "head")
    if not database.is_sqlite:
        with database.write_engine.begin() as connection:
            one_at_a_time(connection)
            delivery_schema.bring_up(connection)
    if _is_to_be_scrubbed(database):
        with _alone(database):
            _scrub(database)


def one_at_a_time(connection: Connection) -> None:
    """Of machines that start at once, each waits here until the transaction of the one before has ended. SQLite has one
    that writes at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('evoke migrations'))"))


_TO_SCRUB = "to_be_scrubbed"
"""A table that is there from before the first migration that seals words until the database's files are free of what
was clear: also where the one or the other is cut off, and migrations have nothing left to do."""


def _note_to_scrub(database: Database) -> None:
    with database.write_engine.begin() as connection:
        one_at_a_time(connection)  # of two that make a table at once PostgreSQL fails the second, IF NOT EXISTS or not
        if _keeps_words_in_the_clear(connection):
            connection.execute(text(f"CREATE TABLE IF NOT EXISTS {_TO_SCRUB} (id INTEGER)"))


def _is_to_be_scrubbed(database: Database) -> bool:
    return inspect(database.write_engine).has_table(_TO_SCRUB)


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Tables are written anew on another connection, for which this one waits as long as it takes. SQLite, which writes
    on one connection, lets nobody else write meanwhile anyway."""
    if database.is_sqlite:
        yield
        return
    with database.write_engine.begin() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        one_at_a_time(connection)
        yield


def _scrub(database: Database) -> None:
    """Nothing where another machine has done it meanwhile: two at once would stand in each other's way, until one gives
    up waiting."""
    if not _is_to_be_scrubbed(database):
        return
    scrub(database)
    with database.write_engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {_TO_SCRUB}"))


def _keeps_words_in_the_clear(connection: Connection) -> bool:
    found = inspect(connection)
    if not found.has_table("participant"):
        return found.has_table("turn")
    labels = [one["type"] for one in found.get_columns("participant") if one["name"] == "label"]
    return found.has_table("turn") or any(isinstance(one, String) for one in labels)
