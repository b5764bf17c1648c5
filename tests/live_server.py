"""A site on a real socket, with a worker that works beside it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from models.settings import Settings
from web.app import create_app
from web.website import Server
from web.worker import Worker


class Website:
    """The website's own server, in a thread of this process."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self.server = Server(self.app, settings.model_copy(update={"port": 0}))
        self._thread = threading.Thread(target=self.server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 60
        while not self.server.started:
            assert self._thread.is_alive(), "the site did not start"
            assert time.monotonic() < deadline, "the site did not start in time"
            time.sleep(0.02)
        self.address = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    @property
    def listening(self) -> int:
        """How many hear of progress as it changes."""
        return len(self.app.state.house.watching._streams)

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(20)
        self.app.state.house.database.close()


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Its address."""
    website = Website(settings)
    try:
        yield website.address
    finally:
        website.stop()


@contextmanager
def working(worker: Worker) -> Iterator[None]:
    """Its jobs are done as they come, in a thread."""

    def work() -> None:
        while not worker.stopping.is_set():
            if not worker.run_one():
                worker.stopping.wait(0.05)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stopping.set()
        thread.join(30)
        worker.stopping.clear()
