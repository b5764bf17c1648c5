"""The Python client against a server that is busy, breaks off or is not there."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.python_client.write import write_client
from tests.api.client_module import DOCUMENT, module_at


class _Flaky(BaseHTTPRequestHandler):
    """Refuses twice with 429, then answers; a connection that begins with `/api/v1/plan` breaks once."""

    protocol_version = "HTTP/1.1"
    came: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.came.append((self.path, self.headers.get("Authorization", "")))
        count = sum(path == self.path for path, _ in self.came)
        if "plan" in self.path and count == 1:
            self.connection.close()
            self.close_connection = True
            return
        status = 429 if "modules" in self.path and count <= 2 else 200
        if "agreement" in self.path:
            status = 429
        body = json.dumps({"code": "too_many", "detail": "Wait."} if status == 429 else {"modules": []}).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "3600" if "agreement" in self.path else "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.came.append((self.path, ""))
        self.connection.close()
        self.close_connection = True

    do_DELETE = do_POST

    def log_message(self, *_: object) -> None:
        pass


def test_what_comes_too_fast_waits_and_what_breaks_is_tried_again(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "flaky_client.py").write_text(write_client(DOCUMENT))
    module = module_at(tmp_path / "flaky_client.py")
    waits: list[float] = []
    monkeypatch.setattr(module.time, "sleep", waits.append)
    _Flaky.came.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Flaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with module.Evoke(f"http://127.0.0.1:{server.server_port}", token="evoke_x") as evoke:
        assert evoke.list_modules() == {"modules": []}
        assert len(waits) == 2
        assert evoke.read_plan()
        with pytest.raises(module.TooMany) as too_long:
            evoke.read_agreement()
        assert too_long.value.retry_after == 3600
        with pytest.raises(httpx.TransportError):
            evoke.delete_recording("x")  # may have been done: not sent twice
        assert sum("recordings" in path for path, _ in _Flaky.came) == 1
        with pytest.raises(httpx.TransportError):
            evoke.add_session({"turns": []})  # has a key: sent again
        assert sum(path == "/api/v1/sessions" for path, _ in _Flaky.came) == 5
    server.shutdown()


def test_a_token_address_that_is_not_there_is_asked_no_more_often(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "tokenless_client.py").write_text(write_client(DOCUMENT))
    module = module_at(tmp_path / "tokenless_client.py")
    monkeypatch.setattr(module.time, "sleep", lambda _seconds: None)
    came: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        came.append(request.url.path)
        raise httpx.ConnectError("nobody listens")

    http = httpx.Client(transport=httpx.MockTransport(refuse))
    evoke = module.Evoke("http://evoke.example", client_id="a", client_secret="b", http=http)
    with evoke, pytest.raises(httpx.TransportError):
        evoke.list_sessions()
    assert came == ["/api/v1/oauth/token"] * 5
