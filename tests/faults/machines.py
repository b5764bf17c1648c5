"""Several machines, played by processes: each has a data folder of its own; a proxy stands before their websites."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from models.settings import Settings


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Machine:
    """Of all that an installation has it shares the database, the master key and the place of files."""

    name: str
    data_dir: Path
    process: subprocess.Popen[bytes]
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, client: httpx.Client) -> bool:
        assert self.process.poll() is None, f"{self.name} ended"
        return client.get("/health").status_code == 200

    @property
    def keeps(self) -> set[str]:
        """What it has that no other machine has."""
        return {one.name for one in self.data_dir.iterdir() if not one.is_symlink()}


@contextmanager
def machine(folder: Path, settings: Settings, *arguments: str, **environment: str) -> Iterator[Machine]:
    """`settings` are those of the installation; their data folder has the master key and the files."""
    data_dir, port = folder / f"machine-{free_port()}", free_port()
    data_dir.mkdir(mode=0o700)
    if not settings.files_url:
        (data_dir / "files").symlink_to(settings.data_dir / "files", target_is_directory=True)
    own = {
        "EVOKE_DATA_DIR": str(data_dir), "EVOKE_PORT": str(port),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "EVOKE_MASTER_KEY": (settings.data_dir / "master.key").read_text(), **environment,
    }  # fmt: skip
    command = [sys.executable, "-m", "web.cli", *arguments]
    with subprocess.Popen(command, env=os.environ | settings.as_environment() | own, cwd=data_dir) as process:
        try:
            yield Machine(" ".join(arguments), data_dir, process, port)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()


@dataclass
class Proxy:
    """Gives each connection to the next website, and passes over those that do not answer."""

    ports: list[int]
    given: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def open(self) -> Iterator[str]:
        with socket.create_server(("127.0.0.1", 0)) as door:
            threading.Thread(target=self._take, args=(door,), daemon=True).start()
            try:
                yield f"http://127.0.0.1:{door.getsockname()[1]}"
            finally:
                with suppress(OSError):
                    door.shutdown(socket.SHUT_RDWR)

    def _take(self, door: socket.socket) -> None:
        with suppress(OSError):  # closed
            while True:
                threading.Thread(target=self._serve, args=(door.accept()[0],), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        with one:
            for _ in self.ports:
                with self._lock:
                    port = self.ports[len(self.given) % len(self.ports)]
                    self.given.append(port)
                with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)) as other:
                    there = threading.Thread(target=_pass, args=(one, other), daemon=True)
                    there.start()
                    _pass(other, one)
                    there.join()
                    return


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(1 << 16):
            sink.sendall(some)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
