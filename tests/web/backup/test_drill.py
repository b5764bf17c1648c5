"""A drill proves a set, touches nothing of anybody's and leaves nothing behind."""

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from api.house import House
from coding.restore.drill import place_for_drill
from models.backup.drill_folder import sweep_drills
from models.backup.make import make_backup, read_note
from models.places import Place
from models.settings import Settings
from tests.conftest import People
from tests.web.backup.command import run
from tests.web.conftest import Client
from tests.web.test_withdrawal import add


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_drill_on_a_server_touches_nothing_of_anybodys_and_leaves_nothing(
    client: Client, people: People, house: House, place: Place, private: Path, postgres_server: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add(client(people.owner))
    make_backup(house.database, house.settings, place)
    name = f"test_{uuid.uuid4().hex}"
    url = postgres_server.replace("/postgres?", f"/{name}?")
    drilled = ("drill", f"{place.shown}/latest", "--key", str(private), "--database", url)
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(url, autocommit=True) as there:
                there.execute("CREATE TABLE somebody_elses (id int)")
                assert run(monkeypatch, house.settings, *drilled) == 2
                assert "somebody_elses" in capsys.readouterr().err
                assert there.execute(tables).fetchall() == [("somebody_elses",)]
                there.execute("DROP TABLE somebody_elses")
                with monkeypatch.context() as broken:
                    broken.setattr("coding.restore.restore._carry_on", _raises(OSError(5, "Input/output error")))
                    assert run(monkeypatch, house.settings, *drilled) == 2  # when all rows are there
                assert (read_note(house.settings, "last_drill.json") or {})["result"] == "failed"
                assert there.execute(tables).fetchall() == []
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert list(house.settings.data_dir.glob("drill-*")) == []


def _raises(error: Exception) -> Callable[..., None]:
    def raises(*_: object) -> None:
        raise error

    return raises


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_folder_of_a_drill_goes_however_it_ends(settings: Settings) -> None:
    left_behind = settings.open_data_dir() / "drill-killed"
    left_behind.mkdir()
    (left_behind / "evoke.sqlite3").write_bytes(b"everybody")
    assert threading.current_thread() is threading.main_thread()
    with pytest.raises(SystemExit), place_for_drill(settings, database_url="") as aside:  # noqa: PT012  one story
        assert not left_behind.exists()
        assert sweep_drills(settings) == 0, "one is at it"
        assert aside.data_dir.is_dir()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    assert list(settings.data_dir.glob("drill-*")) == []
