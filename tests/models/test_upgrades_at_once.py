"""Two machines bring one PostgreSQL database up to date: the second waits for the first, and finds all done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, text

from api.house import House
from benchmarks.running import wait_until
from models import delivery_schema
from models.database import Database
from models.migrations import alembic_config, one_at_a_time, upgrade

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
WAIT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def upgrade_while(house: House, first: Callable[[Connection], None]) -> None:
    """Of another machine, from when `first` was done until it is waited for."""
    with ThreadPoolExecutor(1) as beside:
        with house.database.write_engine.begin() as connection:
            one_at_a_time(connection)
            first(connection)
            second = beside.submit(upgrade, house.database)
            wait_until(lambda: second.done() or waited_for(house.database), 30)
        second.result()


def waited_for(database: Database) -> bool:
    with database.write_engine.connect() as connection:
        return bool(connection.execute(text(WAIT)).scalar())


def test_of_a_version_that_kept_words_in_the_clear(house: House) -> None:
    command.downgrade(alembic_config(house.database), "0006")
    upgrade_while(house, lambda connection: connection.execute(text("CREATE TABLE to_be_scrubbed (id INTEGER)")))
    assert not inspect(house.database.write_engine).has_table("to_be_scrubbed")
    assert inspect(house.database.write_engine).has_table("transcript_version")


def test_with_a_newer_procrastinate(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in delivery_schema._migrations():
        (tmp_path / name).touch()
    (tmp_path / "90.00.00_01_pre_a.sql").write_text("CREATE TABLE of_90 (id int)")
    monkeypatch.setattr(delivery_schema, "_folder", lambda: tmp_path)
    monkeypatch.setattr(command, "upgrade", lambda *_: None)  # which waits too, and would alone be enough here
    upgrade_while(house, delivery_schema.bring_up)
    with house.database.read() as session:
        delivery_schema.check(session.connection())
