"""`evoke serve`: the website, in one process or several, and a worker as child processes, each started again when it
dies."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from coding.transcript.identifiers.name_model import check_name_model
from models.backup.keys import public_key_of
from models.database import Database
from models.deletion_ledger import check_places
from models.errors import EvokeError
from models.files_check import check_files
from models.master_key import MasterKeys
from models.master_key_fits import check_master_key
from models.moving.state import require_whole
from models.running import run_on
from models.scrub import NotScrubbed
from models.settings import Settings, SettingsWrong

LONGEST_WAIT, LONGEST_WAIT_KILLED = 10.0, 2.0
"""Seconds until a process that dies young is started again: one that ended by itself would do so again; one that was
killed, by the system for want of memory, say, is hardly at fault, and all that waits for it stands still."""
SPARE_SECONDS = 10.0
"""Above what a website may take to end, before it is killed."""
AFTER_DRAIN_SECONDS = 5
"""For a worker, from handing back its job to its end."""
LEAN_MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
    "PYTHONNODEBUGRANGES": "1",
}
"""For the website, whose threads only pass on pieces of an upload: with glibc's own settings each would keep a pool for
them. The last spares the columns of code that tracebacks mark."""


class PortTaken(EvokeError):
    code = "port_taken"


class NoDatabase(EvokeError):
    status = 503
    code = "no_database"


@dataclass
class Child:
    """One kept-alive process. Restarts wait 0.2 s, doubling to 10 s while it dies young, to 2 s where it is killed."""

    name: str
    arguments: list[str]  # a module, and what it is told
    environment: dict[str, str]
    inherits: tuple[int, ...] = ()  # numbers of open files
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 0.2
    restart_at: float = field(default=0.0)

    def tend(self) -> None:
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            print(f"evoke: the {self.name} ended ({self.process.returncode}); starting it again", file=sys.stderr)
            longest = LONGEST_WAIT_KILLED if self.process.returncode == -signal.SIGKILL else LONGEST_WAIT
            self.wait = 0.2 if now - self.started > 30 else min(longest, self.wait * 2)
            self.restart_at = now + self.wait
            self.process = None
        if now >= self.restart_at:
            command = [sys.executable, "-m", *self.arguments, "--parent", str(os.getpid())]
            self.process = subprocess.Popen(command, env=self.environment, pass_fds=self.inherits)  # noqa: S603
            self.started = now

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self) -> None:
        if self.lives and self.process is not None:
            self.process.terminate()

    def ended(self, deadline: float) -> None:
        if self.process is not None:
            try:
                self.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.process.kill()


def serve(settings: Settings, *, demo: bool) -> int:
    """Runs until told to stop (Ctrl-C or SIGTERM).

    Raises, before it starts a child that would only die of it again: PortTaken, SettingsWrong, MasterKeyUnusable,
    NoDatabase, NameModelUnusable, and NotEmpty for a demo.
    """
    check_name_model(settings.name_model)
    with _bound(settings) as listening:
        return _serve(settings, listening, demo=demo)


def _serve(settings: Settings, listening: socket.socket, *, demo: bool) -> int:
    settings = settings.model_copy(update={"data_dir": settings.data_dir.resolve()})
    from models.migrations import upgrade  # not for the website, whose process begins in this module too

    settings.open_data_dir()
    run_on(settings)
    check_files(settings)
    check_places(settings)
    if settings.backup_key:
        public_key_of(settings)
    masters = MasterKeys(settings)
    _ = masters.current  # which is read, or made, before anything needs it
    database = Database.of(settings, masters=masters)
    try:
        require_whole(database)
        upgrade(database)
    except OperationalError as error:
        raise NoDatabase(
            f"The database cannot be used ({str(error.orig).strip()}). Start it, or correct EVOKE_DATABASE_URL."
        ) from error
    except NotScrubbed as error:
        raise NoDatabase(
            f"The database's tables cannot be written anew, without what was deleted ({error}). Make room on its disk, "
            "as much as its largest table takes, and start Evoke again."
        ) from error
    check_master_key(database, masters)
    lines = []
    if demo:
        from web.demo import plant_demo

        lines = plant_demo(database, settings)
    database.close()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    environment = os.environ | settings.as_environment()
    handed = listening.fileno()
    website = ["web.website", "--listening", str(handed)]
    of_websites = LEAN_MEMORY | environment | _counts_folder(settings)
    children = [
        *(Child("website", website, of_websites, (handed,)) for _ in range(settings.websites)),
        Child("worker", ["web.cli", "worker", "--name", f"{socket.gethostname()}-serve-{settings.port}"], environment),
    ]
    threading.Thread(target=_announce, args=(settings, lines, stopping), daemon=True).start()
    while not stopping.is_set():
        for child in children:
            child.tend()
        stopping.wait(0.2)
    closes_at = time.monotonic() + settings.unready_seconds
    for child in children:
        child.end()
    while time.monotonic() < closes_at and children[0].lives:
        time.sleep(0.1)
    listening.close()  # else who comes now would wait for an answer that nobody gives
    needed = max(settings.grace_seconds + SPARE_SECONDS, settings.drain_seconds + AFTER_DRAIN_SECONDS)
    deadline = time.monotonic() + needed
    for child in children:
        child.ended(deadline)
    return 0


def _counts_folder(settings: Settings) -> dict[str, str]:
    """Where several websites count their requests together, if that is wanted."""
    if not settings.shows_metrics:
        return {}
    from web.measured import counts_folder

    return counts_folder(settings)


def _bound(settings: Settings) -> socket.socket:
    """Held for as long as we run and handed to every website: one that was just killed leaves nobody refused, who comes
    meanwhile waits for another, or for its successor. The first website begins to listen.

    Raises PortTaken, SettingsWrong."""
    host, port = settings.host, settings.port
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OverflowError as error:
        bound.close()
        raise SettingsWrong(f"{port} is no port. Set EVOKE_PORT (or --port) to a number from 1 to 65535.") from error
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"Something already listens on port {port}. Stop it, or choose another: evoke serve --port {port + 1}"
            ) from error
        variable = "EVOKE_PORT (or --port)" if error.errno == errno.EACCES else "EVOKE_HOST (or --host)"
        raise SettingsWrong(
            f"Evoke cannot listen on {host}, port {port} ({error.strerror or error}). Set {variable} to one that "
            "this machine lets this user have."
        ) from error
    return bound


_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A proxy of the environment knows nothing of this machine's own addresses."""


def _announce(settings: Settings, lines: list[str], stopping: threading.Event) -> None:
    """Prints the address once it really answers."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    while not stopping.wait(0.2):
        try:
            with _DIRECTLY.open(f"{address}/health", timeout=2):
                break
        except (urllib.error.URLError, OSError):
            continue
    print("\n".join([f"Evoke is at {address}", *lines, "Press Ctrl-C to stop."]), flush=True)
