"""Alembic migrations, run by code: `upgrade(database)` brings any Evoke database to this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from models.database import Database
from models.scrub import scrub


def alembic_config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = database.write_engine
    config.attributes["masters"] = database.masters
    return config


def upgrade(database: Database) -> None:
    """What lay in clear text in an older version is gone from the database's files afterwards."""
    was_clear = inspect(database.write_engine).has_table("turn")
    command.upgrade(alembic_config(database), "head")
    if was_clear:
        scrub(database)
