"""A drill proves a set, touches nothing of anybody's and leaves nothing behind."""

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlmodel import select

from api.house import House
from coding.restore.drill import _look, place_for_drill
from models.backup.drill_folder import sweep_drills
from models.backup.make import make_backup, read_note
from models.coding import Coding
from models.places import Place
from models.settings import Settings
from tests.conftest import People, work_off
from tests.fixtures.role_play import MONO
from tests.s3_service import S3Service, in_bucket
from tests.web.backup.command import run
from tests.web.conftest import Client
from tests.web.test_withdrawal import add
from web.worker import Worker


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_drill_on_a_server_touches_nothing_of_anybodys_and_leaves_nothing(
    client: Client, people: People, house: House, place: Place, private: Path, postgres_server: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add(client(people.owner))
    make_backup(house.database, house.settings, place)
    with _empty_database(postgres_server) as url, psycopg.connect(url, autocommit=True) as there:
        drilled = ("drill", f"{place.shown}/latest", "--key", str(private), "--database", url)
        there.execute("CREATE TABLE somebody_elses (id int)")
        assert run(monkeypatch, house.settings, *drilled) == 2
        assert "somebody_elses" in capsys.readouterr().err
        assert there.execute(_TABLES).fetchall() == [("somebody_elses",)]
        there.execute("DROP TABLE somebody_elses")
        with monkeypatch.context() as broken:
            broken.setattr("coding.restore.restore._carry_on", _raises(OSError(5, "Input/output error")))
            assert run(monkeypatch, house.settings, *drilled) == 2  # when all rows are there
        assert (read_note(house.settings, "last_drill.json") or {})["result"] == "failed"
        assert there.execute(_TABLES).fetchall() == []
    assert list(house.settings.data_dir.glob("drill-*")) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_scores_are_compared_though_most_sessions_were_coded_by_an_older_coder(
    client: Client, people: People, house: House, worker: Worker, place: Place, private: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add(client(people.owner))
    work_off(worker)
    with house.database.write() as session:
        coding = session.exec(select(Coding)).one()
        kept = coding.model_dump(exclude={"id"}) | {"created_at": coding.created_at - timedelta(days=300)}
        session.add_all(Coding(**kept | {"model_version": "of last year"}) for _ in range(50))
    make_backup(house.database, house.settings, place)
    monkeypatch.setattr("coding.restore.drill._LOOKED_AT", 1)
    drilled = ("drill", f"{place.shown}/latest", "--key", str(private), "--sample", "1")
    assert run(monkeypatch, house.settings, *drilled) == 0
    assert "Sessions scored again: 1" in capsys.readouterr().out


class TestWithFilesInABucket:
    @pytest.fixture
    def settings(self, settings: Settings, s3: S3Service) -> Settings:
        return in_bucket(settings, s3)

    @pytest.mark.parametrize("database_kind", ["postgresql"])
    def test_a_set_of_a_server_is_proved_on_a_server(
        self, client: Client, people: People, house: House, worker: Worker, place: Place, private: Path,
        postgres_server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        owner = client(people.owner)
        add(owner)
        work_off(worker)
        add(owner, MONO.name, MONO.read_bytes())
        kept = house.storage.keys()
        made = make_backup(house.database, house.settings, place).manifest
        assert (made.database, made.files) == ("PostgreSQL", 1)
        there: list[object] = []

        def looking(settings: Settings, *others: Any) -> None:
            with psycopg.connect(settings.database_url) as restored:
                there.extend((settings.database_url, restored.execute("SELECT id FROM practice_session").rowcount))
            _look(settings, *others)

        monkeypatch.setattr("coding.restore.drill._look", looking)
        with _empty_database(postgres_server) as url:
            drilled = ("drill", f"{place.shown}/latest", "--key", str(private), "--database", url)
            assert run(monkeypatch, house.settings, *drilled) == 0
            assert there == [url, 2]
            with psycopg.connect(url) as left:
                assert left.execute(_TABLES).fetchall() == []
        said = capsys.readouterr().out
        assert "\nGREEN" in said
        assert "1 opened and played" in said
        assert "Sessions scored again: 1" in said
        assert house.storage.keys() == kept
        assert (read_note(house.settings, "last_drill.json") or {})["result"] == "ok"


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@contextmanager
def _empty_database(server: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield server.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
