"""A small server of the tests' own, on this machine, for as long as a test needs it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Quiet(BaseHTTPRequestHandler):
    """Writes no log. `STANDING` are headers of every answer."""

    STANDING: dict[str, str] = {}

    def answer(self, status: int, body: Any = None) -> None:
        """With JSON, or nothing."""
        self.answer_bytes(status, json.dumps(body).encode() if body is not None else b"", kind="application/json")

    def answer_bytes(self, status: int, content: bytes, *, kind: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(content)), **self.STANDING}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", "0")))

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port on 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
