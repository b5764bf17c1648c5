"""On PostgreSQL several machines make and prune backups: one at a time, and a lock that is lost is noticed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

import models.backup.make as making
import models.backup.prune as pruning
from api.house import House
from models.backup.make import make_backup
from models.backup.one_at_a_time import BackupLockLost, BackupUnderWay, one_at_a_time
from models.backup.prune import Keep, prune
from models.backup.sets import set_names
from models.database import Database
from models.places import Place
from models.settings import Settings
from tests.conftest import People
from tests.fixtures.role_play import MONO
from tests.web.conftest import Client
from tests.web.test_withdrawal import add

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
_LOCKED_BY = (
    "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND datname = current_database()"
)


@pytest.fixture
def another(settings: Settings, tmp_path: Path) -> Iterator[tuple[Database, Settings]]:
    """Another machine of the same installation."""
    folder = tmp_path / "another machine"
    folder.mkdir()
    there = settings.model_copy(update={"data_dir": folder})
    database = Database.of(there)
    yield database, there
    database.close()


def _cut(settings: Settings) -> None:
    """Ends the connection that holds the lock, as a network or an administrator may."""
    with psycopg.connect(settings.database_url, autocommit=True) as server:
        [(pid,)] = server.execute(_LOCKED_BY).fetchall()
        server.execute("SELECT pg_terminate_backend(%s)", [pid])
        while server.execute(_LOCKED_BY).fetchall():
            time.sleep(0.01)


def _first(does: Callable[[], object], call: Callable[..., object]) -> Callable[..., object]:
    """Does that once, before the first call."""
    done: list[object] = []

    def called(*arguments: object) -> object:
        if not done:
            done.append(does())
        return call(*arguments)

    return called


def test_a_server_that_ends_idle_transactions_leaves_the_lock_alone(
    settings: Settings, house: House, another: tuple[Database, Settings]
) -> None:
    name = make_url(settings.database_url).database
    with psycopg.connect(settings.database_url, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '100ms'")
    with one_at_a_time(house.database, settings) as require_held:
        time.sleep(0.5)
        require_held()
        with pytest.raises(BackupUnderWay), one_at_a_time(*another):
            pass


@pytest.mark.parametrize(("before", "was_written"), [("lines_of", False), ("write_manifest", True)])
def test_no_set_is_made_once_another_machine_could_prune(
    client: Client, people: People, house: House, place: Place, another: tuple[Database, Settings],
    monkeypatch: pytest.MonkeyPatch, before: str, was_written: bool,
) -> None:  # fmt: skip
    add(client(people.owner), MONO.name, MONO.read_bytes())
    written: list[Place] = []

    def somebody_prunes() -> None:
        _cut(house.settings)
        assert prune(*another, place, Keep(newest=1)).files == 1, "no manifest names it yet"

    real = making.write_manifest
    monkeypatch.setattr(making, "write_manifest", lambda *given: (written.append(place), real(*given)))
    monkeypatch.setattr(making, before, _first(somebody_prunes, getattr(making, before)))
    with pytest.raises(BackupLockLost):
        make_backup(house.database, house.settings, place)
    assert bool(written) == was_written
    assert set_names(place) == []
    assert make_backup(house.database, house.settings, place).anew == 1


@pytest.mark.parametrize(("before", "left"), [("utc_now", 2), ("delete_set", 1)])
def test_nothing_is_pruned_once_another_machine_could_make_a_set(
    client: Client, people: People, house: House, place: Place, monkeypatch: pytest.MonkeyPatch, before: str, left: int
) -> None:
    add(client(people.owner), MONO.name, MONO.read_bytes())
    make_backup(house.database, house.settings, place)
    house.storage.delete(house.storage.keys()[0])
    make_backup(house.database, house.settings, place)
    monkeypatch.setattr(pruning, before, _first(lambda: _cut(house.settings), getattr(pruning, before)))
    with pytest.raises(BackupLockLost):
        prune(house.database, house.settings, place, Keep(newest=1))
    assert len(set_names(place)) == left
    assert len(list(place.files("files"))) == 1, "a set that is made meanwhile may build upon it"
