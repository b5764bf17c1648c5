"""What cannot be moved is refused in words that say why, and what is in a row is not among them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Table, text
from sqlmodel import Session, select

from api.house import House
from models.database import Database
from models.errors import EvokeError
from models.job import Job
from models.moving import move as moving
from models.moving import tables as moving_tables
from models.moving.refused import MoveBroken
from models.organisation import Organisation
from models.running import BeingMoved, StillRunning, run_on, stopped
from models.settings import Settings
from models.table_copy import Row, RowsRefused, put_rows
from tests.conftest import People
from tests.models.moving.installation import only_sqlite, quiet, sums
from web.move_command import target_of


@only_sqlite
def test_it_is_refused_before_anything_is_written(
    house: House, people: People, target_url: str, tmp_path: Path, settings: Settings
) -> None:
    to = target_of(settings, database=target_url, files=str(tmp_path / "new"))

    def refused(match: str, target: Settings = to, source: Settings = settings) -> None:
        with pytest.raises(EvokeError, match=match):
            moving.move(source, target, tell=quiet)

    wrong = settings.model_copy(update={"master_key": SecretStr("A" * 43 + "=")})
    refused("The master key is not the one", source=wrong)
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new" / "master.key").write_text("A" * 43 + "=")
    refused("is another master key")
    (tmp_path / "new" / "master.key").unlink()
    with house.database.write() as session:
        session.exec(select(Organisation.id)).all()
        refused("Somebody writes")
    refused("cannot be used", to.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"}))
    with pytest.raises(EvokeError, match="give an address like"):
        target_of(settings, database="mysql://here", files="")
    target = Database.of(to)
    with target.write() as session:
        session.add(Job(name="already here", args={}))
    refused("the target is not empty .there are rows in job")
    with target.write() as session:
        session.connection().execute(text("DELETE FROM job"))
        session.connection().execute(text("UPDATE alembic_version SET version_num = 'other'"))
    refused("the target is at version other")
    assert set(sums(target).values()) == {moving.Sum()}
    target.close()
    nothing = settings.model_copy(update={"data_dir": tmp_path / "nothing"})
    refused("at version none", source=nothing)


@only_sqlite
def test_who_runs_is_seen_and_who_would_start_meanwhile_is_told(settings: Settings, tmp_path: Path) -> None:
    script = (
        "from models.running import run_on; from models.settings import get_settings; run_on(get_settings());"
        "print('runs', flush=True); input()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | settings.as_environment(), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == b"runs\n"
    with pytest.raises(StillRunning), stopped(settings):
        pass
    child.kill()
    child.wait()
    with stopped(settings), pytest.raises(BeingMoved):
        run_on(settings)
    with pytest.raises(BlockingIOError), stopped(settings):
        raise BlockingIOError  # of something else, which is not told as a website that runs


@only_sqlite
def test_a_row_that_postgresql_does_not_take_is_named_without_what_is_in_it_and_a_lost_connection_too(
    house: House, people: People, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        session.connection().execute(
            text("UPDATE person SET name = :name WHERE email LIKE 'olu%'"), {"name": "Secretly" * 60}
        )
    to = target_of(house.settings, database=target_url, files="")
    with pytest.raises(RowsRefused) as refused:
        moving.move(house.settings, to, tell=quiet)
    assert "person" in refused.value.message
    assert "name" in refused.value.message
    assert "Secretly" not in refused.value.message
    with house.database.write() as session:
        session.connection().execute(text("UPDATE person SET name = 'Olu' WHERE email LIKE 'olu%'"))

    def cut_off(session: Session, table: Table, rows: list[Row]) -> int:
        session.connection().execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return put_rows(session, table, rows)

    with monkeypatch.context() as patched:
        patched.setattr(moving_tables, "put_rows", cut_off)
        with pytest.raises(MoveBroken, match=r"failed on the way \(AdminShutdown 57P01\)"):
            moving.move(house.settings, to, tell=quiet)
    assert moving.move(house.settings, to, tell=quiet).is_whole
