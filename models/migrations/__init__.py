"""Alembic migrations, run by code: `upgrade(database)` brings any Evoke database to this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from models.database import Database


def alembic_config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = database.write_engine
    return config


def upgrade(database: Database) -> None:
    command.upgrade(alembic_config(database), "head")
