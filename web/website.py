"""The website's own process: the application and its server, and nothing that they do not need."""

import gc
import socket
import sys
import time
from types import FrameType

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from models.moving.state import require_whole
from models.running import run_on
from models.settings import Settings, get_settings
from models.trace import hand_over
from web.logs import set_up_logs
from web.parent import end_with_parent
from web.telemetry import set_up_traces

COLLECT_AFTER = (10_000, 20, 10)
KEPT_ALIVE_SECONDS = 75
"""A connection may be silent for so long: longer than people look at a page and than proxies keep theirs (a minute).
Whoever asks on one that is just being closed gets no answer."""


def make_app() -> FastAPI:
    """The application, with what it is made of left out of every later search for garbage.

    Python looks through all objects for rings of them that nobody holds any more, and everything stands still
    meanwhile: a quarter of a second each time, every few seconds, for the hundreds of thousands that the application
    and its libraries are. They stay as long as the process does, so only what requests make is looked through."""
    from web.app import create_app

    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    return app


class Server(uvicorn.Server):
    """Told to stop, it says so where a proxy asks whether it is ready, and answers for `unready_seconds` more; told
    again, no longer. Then it takes no more connections, ends answers that go on for as long as something changes (it
    would wait for them, and then break them off), and gives the others `grace_seconds`."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app, host=settings.host, port=settings.port, log_level="warning", access_log=False, log_config=None,
                timeout_graceful_shutdown=settings.grace_seconds, server_header=False, loop="asyncio", ws="none",
                forwarded_allow_ips=settings.trusted_proxies, timeout_keep_alive=KEPT_ALIVE_SECONDS,
            )
        )  # fmt: skip
        self._house, self._draining = app.state.house, app.state.draining
        self._closes_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        current_default_thread_limiter().total_tokens = self._house.settings.website_threads
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        seconds = self._house.settings.unready_seconds
        if self._closes_at is None and seconds:
            self._captured_signals.append(sig)
            self._closes_at = time.monotonic() + seconds
        else:
            super().handle_exit(sig, frame)
        self._draining.set()

    async def on_tick(self, counter: int) -> bool:
        if self._closes_at is not None and time.monotonic() >= self._closes_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._draining.set()
        self._house.watching.end()
        await super().shutdown(sockets)
        hand_over()  # here, as the signal that ended it is raised once more next, and then nothing else is done


def run_web(*, parent: int | None, listening: int | None = None) -> None:
    """`listening` is the number of an open socket that several websites answer on; without it, a socket of its own."""
    end_with_parent(parent)
    settings = get_settings()
    set_up_logs(settings)
    set_up_traces("evoke-web")
    run_on(settings)
    app = make_app()
    if parent is None:  # who started it has looked
        require_whole(app.state.house.database)
    server = Server(app, settings)
    server.run(sockets=None if listening is None else [socket.socket(fileno=listening)])
    if not server.started:
        sys.exit(1)


def _told(name: str) -> int | None:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else None


if __name__ == "__main__":
    run_web(parent=_told("--parent"), listening=_told("--listening"))
