"""A site on a real socket, with a worker that works beside it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from models.settings import Settings
from web.app import create_app
from web.worker import Worker


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Its address."""
    app = create_app(settings)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the site did not start"
        assert time.monotonic() < deadline, "the site did not start in time"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        app.state.house.database.close()


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
