"""A model hub on this machine: the two addresses that fetching asks, and connections that are cut."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """`cut_after` bytes of a file a connection is cut, `cuts` times. `asked` holds (file, first byte) of each request;
    `sent` counts the bytes of files. `promised` are checksums to tell instead of the right ones; `also` is the name
    of one more file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cut_after: int | None = None
        self.cuts = 0
        self.asked: list[tuple[str, int]] = []
        self.sent = 0
        self.promised: dict[str, str] = {}
        self.also = "README.md"
        self.address = ""

    def listing(self) -> bytes:
        siblings = [{"rfilename": self.also, "size": 5, "blobId": "0"}]
        for path in sorted(self.folder.iterdir()):
            data = path.read_bytes()
            one: dict[str, object] = {"rfilename": path.name, "size": len(data)}
            one["blobId"] = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            if path.name == "model.bin":
                sha256 = self.promised.get(path.name, hashlib.sha256(data).hexdigest())
                one["lfs"] = {"sha256": sha256, "size": len(data), "pointerSize": 134}
            siblings.append(one)
        return json.dumps({"sha": COMMIT, "siblings": siblings}).encode()


@contextmanager
def hub_of(folder: Path) -> Iterator[Hub]:
    hub = Hub(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/api/models/"):
                self._answer(200, hub.listing())
                return
            name = self.path.rpartition("/")[2]
            assert f"/resolve/{COMMIT}/" in self.path
            data = (hub.folder / name).read_bytes()
            first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
            hub.asked.append((name, first))
            self._answer(206 if first else 200, data[first:])

        def _answer(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if hub.cuts and hub.cut_after is not None and len(data) > hub.cut_after:
                hub.cuts -= 1
                data = data[: hub.cut_after]
            self.wfile.write(data)
            hub.sent += len(data)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
