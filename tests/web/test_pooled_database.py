"""Behind a pooler, which gives every transaction another connection: nothing stays on one."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from api.house import House
from models.database import Database
from models.scrub import scrub
from models.settings import Settings, SettingsWrong
from tests.conftest import CONVERSATION, People, work_off
from tests.faults.machines import free_port
from tests.web.conftest import Client
from web.serve import serve
from web.worker import Worker

ROOT = Path(__file__).parents[2]
LEFT = "SELECT name, setting FROM pg_settings WHERE source = 'session' AND name NOT LIKE 'transaction_%'"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"database_pooled": True, "database_connections": 4})


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_the_tables_are_brought_up_as_behind_a_pooler(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def upgrade(database: Database) -> None:
        raise SettingsWrong(f"pooled: {database.connecting.pooled}")

    monkeypatch.setattr("models.migrations.upgrade", upgrade)
    with pytest.raises(SettingsWrong, match="pooled: True"):
        serve(settings.model_copy(update={"port": free_port()}), demo=False)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_cut_network_is_noticed_by_every_process(house: House) -> None:
    with house.database.write_engine.connect() as connection:
        said = connection.connection.dbapi_connection.info.get_parameters()
    assert (said["keepalives_idle"], said["tcp_user_timeout"]) == ("20", "40000")


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_nothing_is_left_on_a_connection(
    house: House, people: People, client: Client, worker: Worker, settings: Settings
) -> None:
    """Whether a page is read, a session added, its job done or tables written anew."""
    answer = client(people.owner).post(
        "/api/v1/sessions", data={"agreement_confirmed": "yes"}, files={"file": ("a.txt", CONVERSATION.encode())}
    )
    for _ in range(8):  # as often as the driver would begin to prepare what it sends
        assert client(people.owner).get(answer.json()["url"]).status_code == 200
    assert work_off(worker)
    scrub(house.database, "session_key")
    for database in (house.database, worker.database):
        with database.write_engine.connect() as connection:
            assert connection.execute(text("SHOW random_page_cost")).scalar() == "1.1"
            driver = connection.connection.dbapi_connection
            connection.rollback()
            for left in ("SELECT name, '' FROM pg_prepared_statements", LEFT):
                assert driver.execute(left).fetchall() == []
            (locks,) = driver.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
            assert (locks, driver.execute("SHOW random_page_cost").fetchone()) == (0, ("4",))
            driver.rollback()


def test_every_command_connects_as_it_is_told() -> None:
    rooms = (path for room in ("models", "coding", "training", "api", "web") for path in (ROOT / room).rglob("*.py"))
    past = re.compile(r"\bDatabase\(\w*settings")
    assert [path.name for path in rooms if past.search(path.read_text(encoding="utf-8"))] == []


def test_what_needs_a_connection_of_its_own_goes_past_the_pooler() -> None:
    def settings_with(**others: object) -> Settings:
        return Settings(_env_file=None, database_url="postgresql://evoke@pooler/evoke", **others)  # type: ignore[arg-type, call-arg]

    pooled = settings_with(database_pooled=True)
    assert (pooled.direct_url, Database.of(pooled).connecting.pooled, pooled.website_threads) == ("", True, 24)
    past = settings_with(database_pooled=True, database_direct_url="postgres://evoke@db/evoke")
    assert past.direct_url == Database.of(past).connecting.direct == "postgresql+psycopg://evoke@db/evoke"
    assert settings_with().direct_url == "postgresql+psycopg://evoke@pooler/evoke"
    assert Settings(_env_file=None).direct_url == ""  # type: ignore[call-arg]
