"""A network between workers and PostgreSQL that can be cut, or fall silent: a port that passes on to its socket."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Network:
    """`path` is the server's socket. While it is `cut`, whoever comes is refused and whoever was there is cut off;
    while it is `silent`, what is sent arrives only afterwards."""

    path: str
    port: int = 0
    silent: threading.Event = field(default_factory=threading.Event)
    is_cut: threading.Event = field(default_factory=threading.Event)
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def open(self) -> Iterator["Network"]:
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
            threading.Thread(target=self._take, args=(door,), daemon=True).start()
            try:
                yield self
            finally:
                with suppress(OSError):
                    door.shutdown(socket.SHUT_RDWR)
                self.cut()

    def cut(self) -> None:
        self.is_cut.set()
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _take(self, door: socket.socket) -> None:
        with suppress(OSError):  # closed
            while True:
                one = door.accept()[0]
                if self.is_cut.is_set():
                    one.close()
                else:
                    threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        with one, socket.socket(socket.AF_UNIX) as other, suppress(OSError):
            other.connect(self.path)
            with self._lock:
                self._open |= {one, other}
            there = threading.Thread(target=self._pass, args=(one, other), daemon=True)
            there.start()
            self._pass(other, one)
            there.join()
            with self._lock:
                self._open -= {one, other}

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while some := source.recv(1 << 16):
                while self.silent.is_set() and not self.is_cut.is_set():
                    time.sleep(0.02)
                sink.sendall(some)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
