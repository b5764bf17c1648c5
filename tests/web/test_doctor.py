"""`evoke doctor`: well, or what is wrong and what to do; and no secret in what it prints."""

import json
import socket
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from api.house import House
from models.columns import utc_now
from models.settings import Settings
from models.worker_beat import Beat, beat
from tests.conftest import People
from tests.faults.test_wrong_settings import free_port
from training.running.check import Check, State
from training.running.names import QUEUES
from training.running.start_checks import _database_settings
from web.cli import main
from web.doctor_command import look


def found(settings: Settings) -> dict[str, Check]:
    return {one.key: one for one in look(settings)}


@pytest.fixture
def alive(house: House, people: People) -> House:
    with house.database.write() as session:
        beat(session, Beat("here", ",".join(QUEUES), "linear-2", True, "", utc_now()))
    return house


@pytest.fixture
def mail_server() -> Iterator[int]:
    """Listens, and says nothing: a server that hangs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_well_installation(settings: Settings, alive: House, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    mine = settings.model_copy(update={"port": free_port()})
    monkeypatch.setattr("models.settings.get_settings", lambda: mine)
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    states = {one["check"]: one["state"] for one in told["checks"]}
    assert states.pop("speech") in ("ok", "look")  # the tests' machine may have no model
    assert {name for name, state in states.items() if state != "ok"} <= {
        "mail_server",
        "open_files",
        "database_settings",
    }
    assert {"keys", "coder", "files", "decoding", "migrations", "workers", "disk", "port"} <= set(states)
    assert main(["worker", "--check", "here"]) == 0
    assert main(["worker", "--check", "elsewhere"]) == 1
    assert "lives" in capsys.readouterr().out


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_wrong_is_said_with_what_to_do(settings: Settings, alive: House, mail_server: int, capsys) -> None:  # type: ignore[no-untyped-def]
    (settings.data_dir / "master.key").unlink()
    with alive.database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0040'")
    wrong = found(
        settings.model_copy(
            update={
                "coder": str(settings.data_dir), "port": mail_server, "host": "127.0.0.1", "smtp_host": "127.0.0.1",
                "smtp_port": mail_server, "site_url": "https://evoke.example", "open_streams": 10**9,
            }
        )
    )  # fmt: skip
    for key, state in {
        "keys": State.BROKEN, "migrations": State.BROKEN, "coder": State.BROKEN, "port": State.LOOK,
        "mail_server": State.BROKEN, "cookies": State.LOOK, "open_files": State.LOOK, "data_folder": State.OK,
    }.items():  # fmt: skip
        assert wrong[key].state is state, key
        assert wrong[key].do or state is State.OK
    assert "master.key" in wrong["keys"].do
    assert not (settings.data_dir / "master.key").exists()  # a new one would hide that it is lost
    assert "workers" not in wrong  # nothing is asked of a database that is of another version


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_secret_is_printed(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    secret = "hushhush"
    mine = settings.model_copy(
        update={
            "database_url": f"postgresql://me:{secret}@127.0.0.1:{free_port()}/evoke", "port": free_port(),
            "smtp_password": SecretStr(secret), "master_key": SecretStr(secret), "metrics_token": SecretStr(secret * 3),
        }
    )  # fmt: skip
    monkeypatch.setattr("models.settings.get_settings", lambda: mine)
    assert main(["doctor"]) == 1
    told = capsys.readouterr()
    assert "BROKEN  The database (PostgreSQL) does not answer" in told.out
    assert secret not in told.out + told.err


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_connections_are_counted_as_they_are_set(settings: Settings, alive: House) -> None:
    few, many = (
        _database_settings(settings.model_copy(update={"database_connections": most}), alive.database).what
        for most in (4, 500)
    )
    assert "max_connections" not in few
    assert f"max_connections is below {500 * settings.websites + 20}" in many
