"""A move that was killed goes on from where it was."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
import pytest
from sqlalchemy import text
from sqlmodel import select

from api.house import House
from models.columns import new_id
from models.database import Database
from models.job import Job, JobState
from models.moving import move as moving
from models.moving import tables as moving_tables
from models.moving.files import _put as put_file
from models.moving.refused import MoveRefused
from models.moving.state import require_whole
from models.organisation import Organisation
from models.storage import Storage
from models.table_copy import put_rows
from tests.conftest import People
from tests.models.moving.installation import SOUND, only_sqlite, opened, quiet, sums, take_key_along
from web.cli import main
from web.move_command import target_of


class Killed(Exception):
    pass


@only_sqlite
def test_it_goes_on_wherever_it_was_killed(
    house: House, people: People, recorded: dict[UUID, bytes], target_url: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with house.database.write() as session:
        session.add_all([Job(name="old", args={"id": str(new_id())}, state=JobState.DONE) for _ in range(30)])
    to = target_of(house.settings, database=target_url, files=str(tmp_path / "new"))
    take_key_along(house.settings, to)
    monkeypatch.setattr("models.table_copy._FIRST", 4)
    monkeypatch.setattr("models.table_copy._MOST", 4)
    monkeypatch.setattr("models.moving.files._WRITTEN_DOWN", 1)
    dice = random.Random(3)
    kills = 0

    def dying(work: Callable[..., Any], chance: float) -> Callable[..., Any]:
        """Before it, or after it and before the transaction ends."""

        def maybe(*args: Any, **named: Any) -> Any:
            if dice.random() < chance:
                raise Killed
            done = work(*args, **named)
            if dice.random() < chance:
                raise Killed
            return done

        return maybe

    while True:
        with monkeypatch.context() as patched:
            if kills < 8:
                patched.setattr(moving_tables, "put_rows", dying(put_rows, 0.15))
                patched.setattr("models.moving.files._put", dying(put_file, 0.15))
                patched.setattr(moving, "count_on", dying(moving.count_on, 0.2))
            try:
                done = moving.move(house.settings, to, tell=quiet)
                break
            except Killed:
                kills += 1
                target = Database.of(to)
                with pytest.raises(MoveRefused, match="not finished"):
                    require_whole(target)
                target.close()
    assert kills >= 5
    assert done.is_whole
    target = Database.of(to)
    assert sums(target) == sums(house.database)
    target.close()
    assert list(opened(to, recorded).values()) == [*SOUND, None]


ONE_BY_ONE = """
import time
from models import table_copy
from models.moving import move, tables
from models.settings import get_settings
from web.move_command import target_of
import sys

table_copy._FIRST = table_copy._MOST = 3
put = tables.put_rows
def slowly(session, table, rows):
    done = put(session, table, rows)
    if table.name == "job":
        print("put", flush=True)
        time.sleep(0.05)
    return done
tables.put_rows = slowly
move.move(get_settings(), target_of(get_settings(), database=sys.argv[1], files=sys.argv[2]), tell=lambda _: None)
"""


@only_sqlite
def test_a_process_that_is_killed_leaves_what_the_command_goes_on_from(
    house: House, people: People, recorded: dict[UUID, bytes], target_url: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with house.database.write() as session:
        session.add_all([Job(name="old", args={}, state=JobState.DONE) for _ in range(60)])
    environment = house.settings.as_environment()
    child = subprocess.Popen(
        [sys.executable, "-c", ONE_BY_ONE, target_url, str(tmp_path / "new")], env=os.environ | environment,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    for _ in range(4):
        assert child.stdout.readline() == b"put\n"
    child.kill()
    child.wait()
    to = target_of(house.settings, database=target_url, files=str(tmp_path / "new"))
    target = Database.of(to)
    with target.read() as session:
        assert 0 < len(session.exec(select(Job.id)).all()) < 61
    with pytest.raises(MoveRefused, match="not finished"):
        require_whole(target)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)
    report = tmp_path / "report.json"
    told = ["migrate-to", "--database", target_url, "--files", str(tmp_path / "new"), "--report", str(report)]
    assert main(told) == 0
    said = capsys.readouterr()
    assert "Everything at the target is as at the source." in said.out
    assert f"EVOKE_DATA_DIR={tmp_path / 'new'}" in said.out
    assert "To go back" in said.out
    assert len(said.err.splitlines()) <= 11
    assert sums(target) == sums(house.database)
    assert '"whole": true' in report.read_text()

    # Somebody changes a row and a file at the target: the check finds both.
    with target.write() as session:
        session.connection().execute(text("UPDATE team SET name = 'Other' WHERE id = :id"), {"id": people.team.id})
    there = Storage(to)
    key = sorted(there.keys())[0]
    obstore.put(there.store, key, there.read(key)[:-1] + b"?")
    assert main([*told, "--check"]) == 1
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines() if "NO: " in line] == ["team"]
    assert f"  {key}" in said.out
    assert "The target is NOT as the source" in said.out
    target.close()


@only_sqlite
def test_a_source_that_changed_in_between_is_found(
    house: House, people: People, target_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = target_of(house.settings, database=target_url, files="")
    with monkeypatch.context() as patched:
        patched.setattr(moving, "_finish", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            moving.move(house.settings, to, tell=quiet)
    with house.database.write() as session:
        session.get_one(Organisation, people.owner.organisation_id).name = "New"
    with pytest.raises(MoveRefused, match=r"has changed since the move began \(in organisation\)"):
        moving.move(house.settings, to, tell=quiet)
