"""`evoke serve` with settings that cannot work: one sentence that names the variable, and no child started."""

import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from api.house import House
from models.master_key import MasterKeyUnusable
from models.settings import Settings
from tests.conftest import People
from web import serve


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"EVOKE_PORT": "abc"}, "EVOKE_PORT"),
        ({"EVOKE_PORT": "99999"}, "EVOKE_PORT"),
        ({"EVOKE_MASTER_KEY": "abc"}, "EVOKE_MASTER_KEY"),
        ({"EVOKE_METRICS_TOKEN": "secret"}, "EVOKE_METRICS_TOKEN"),
        ({"EVOKE_HOST": "203.0.113.7"}, "EVOKE_HOST"),
        ({"EVOKE_HOST": "no host"}, "EVOKE_HOST"),
        ({"EVOKE_DATA_DIR": "/dev/null"}, "EVOKE_DATA_DIR"),
        ({"EVOKE_FILES_URL": "s3://evoke", "EVOKE_FILES_ENDPOINT": "http://127.0.0.1:1"}, "EVOKE_FILES_ENDPOINT"),
        ({"EVOKE_DATABASE_URL": "nonsense"}, "EVOKE_DATABASE_URL"),
        ({"EVOKE_LEDGER_URL": "ftp://somewhere"}, "EVOKE_LEDGER_URL"),
        ({"EVOKE_BACKUP_KEY": "abc"}, "EVOKE_BACKUP_KEY"),
        ({"EVOKE_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/evoke"}, "EVOKE_DATABASE_URL"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value.values()),
)
def test_a_wrong_setting_is_named_in_a_sentence(tmp_path: Path, wrong: dict[str, str], named: str) -> None:
    environment = os.environ | {"EVOKE_DATA_DIR": str(tmp_path / "data"), "EVOKE_PORT": str(free_port())} | wrong
    command = [sys.executable, "-m", "web.cli", "serve"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("evoke: ")
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "already listens" not in ended.stderr
    assert "secret" not in ended.stderr


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_port_in_use_is_told_as_such(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(_env_file=None, data_dir=tmp_path, port=taken.getsockname()[1])
        with pytest.raises(serve.PortTaken, match="already listens"):
            serve.serve(settings, demo=False)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_lost_master_key_is_noticed_before_anything_is_sealed_with_another(
    house: House, people: People, settings: Settings
) -> None:
    (settings.data_dir / "master.key").unlink()
    with pytest.raises(MasterKeyUnusable, match=r"master\.key"):
        serve.serve(settings.model_copy(update={"port": free_port()}), demo=False)


def test_the_address_is_announced_behind_a_proxy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with HTTPServer(("127.0.0.1", 0), Healthy) as website:
        threading.Thread(target=website.serve_forever, daemon=True).start()
        stopping = threading.Event()
        giving_up = threading.Timer(5, stopping.set)
        giving_up.start()
        serve._announce(Settings(_env_file=None, port=website.server_port), [], stopping)
        assert not stopping.is_set(), "the website was not found"
        giving_up.cancel()
        website.shutdown()
    assert f"Evoke is at http://127.0.0.1:{website.server_port}" in capsys.readouterr().out
