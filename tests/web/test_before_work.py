"""What a worker that is started by hand says before it begins, and what it does not begin with."""

import os
import socket
import time

import pytest
from sqlalchemy import make_url

from api.house import House
from models.settings import Settings
from models.worker_beat import WorkerBeat
from web import before_work
from web.cli import LONGEST_NAME, _parser, main


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_wrong_address_of_the_database_is_named_with_its_cause(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = make_url(settings.database_url)
    wrong = right.set(database="no_such_name", password="tiny steps").render_as_string(hide_password=False)
    waited = []

    def correct_it(_seconds: float) -> None:
        waited.append(1)
        if len(waited) == 3:
            monkeypatch.setattr(before_work, "_missing", lambda _database: None)

    monkeypatch.setattr(time, "sleep", correct_it)
    monkeypatch.setattr(before_work, "_check", lambda *_: None)
    before_work.wait_for_its_turn(settings.model_copy(update={"database_url": wrong}))
    [line] = [one.getMessage() for one in caplog.records if one.name == "evoke.start"]
    assert "EVOKE_DATABASE_URL" in line
    assert 'database "no_such_name" does not exist' in line
    assert "tiny" not in line


def test_a_name_that_no_column_holds_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    longest = WorkerBeat.__table__.c.name.type.length  # type: ignore[attr-defined]
    assert longest == LONGEST_NAME
    for name in ("w" * (longest + 1), ""):
        with pytest.raises(SystemExit):
            main(["worker", "--name", name])
        assert "1 to 100 characters" in capsys.readouterr().err


def test_workers_of_two_containers_have_names_of_their_own_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is the first process of its container."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    names = []
    for host in ("3f2a9c", "77be01", "h" * 200):
        monkeypatch.setattr(socket, "gethostname", lambda host=host: host)
        names.append(_parser().parse_args(["worker"]).name)
    assert names[:2] == ["3f2a9c-hand-1", "77be01-hand-1"]
    assert len(names[2]) == LONGEST_NAME
