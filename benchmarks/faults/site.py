"""An installation as plain processes: on one machine with SQLite, or spread, on PostgreSQL with a bucket."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from pydantic import SecretStr
from sqlalchemy import make_url

from benchmarks.faults.clock import Clock
from benchmarks.faults.disk import Disk, disk_of_its_own
from benchmarks.faults.kept import Kept, command_of
from benchmarks.faults.network import Network
from benchmarks.faults.postgres import Postgres
from benchmarks.running import wait_until
from models.master_key import MasterKeys
from models.settings import Settings
from tests.conftest import settings_of_tests
from tests.faults.machines import Proxy, free_port
from tests.fixtures.role_play import WHISPER
from tests.s3_service import S3Service, in_bucket, s3_service

HERE = Path(__file__).parents[2]
EMBEDDED, SPREAD = "embedded", "postgresql"
PROFILES = (EMBEDDED, SPREAD)
WORKERS, WEBSITES = 3, 2
OF_A_DISK = {"full-disk", "full-database-disk", "read-only-disk"}
_HEARS = "coding.speech.hearing_child"


@dataclass
class Site:
    """`settings` are those of whoever looks from outside: no fault lies between it and the database. Its processes are
    started again when they end, until it is at rest."""

    settings: Settings
    kept: list[Kept]
    clock: Clock
    address: str = ""
    disk: Disk | None = None
    postgres: Postgres | None = None
    network: Network | None = None
    s3: S3Service | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._ending.clear()
        for one in self.kept:
            one.wanted = True
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._ending.wait(0.1):
            for one in self.kept:
                one.tend()

    def rest(self) -> None:
        """All its processes end as an operator would have it."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
        for one in self.kept:
            one.end()

    def supervisors(self) -> list[psutil.Process]:
        return [one for kept in self.kept for one in kept.family()[:1] if " serve" in command_of(one)]

    def websites(self) -> list[psutil.Process]:
        return [one for one in self._all() if "web.website" in command_of(one) or command_of(one).endswith("cli web")]

    def workers(self) -> list[psutil.Process]:
        return [one for one in self._all() if "web.cli worker" in command_of(one)]

    def hearing(self) -> list[psutil.Process]:
        return [one for one in self._all() if _HEARS in command_of(one)]

    def _all(self) -> list[psutil.Process]:
        return [one for kept in self.kept for one in kept.family()]


@contextmanager
def site(profile: str, folder: Path, *, lease_seconds: int, coder: Path, faults: frozenset[str]) -> Iterator[Site]:
    """With an empty database, and not started. `coder` is the folder of the one that codes; `faults` names what is
    going to happen, as some need to be prepared."""
    with ExitStack() as stack:
        data = folder / "data"
        data.mkdir(mode=0o700)
        clock = Clock(folder, wanted="clock" in faults)
        common = {
            "coder": str(coder), "whisper_model": str(WHISPER), "whisper_download": False, "requests_per_minute": 0,
            "job_lease_seconds": lease_seconds, "drain_seconds": 2, "grace_seconds": 2,
            "web_processes": 0,
        }  # fmt: skip
        if profile == EMBEDDED:
            disk = stack.enter_context(disk_of_its_own(data)) if faults & OF_A_DISK else None
            settings = settings_of_tests(data, **common, port=free_port())
            serve = _process(folder, "serve", settings, clock, "serve", "--port", str(settings.port))
            made = Site(settings, [serve], clock, f"http://127.0.0.1:{settings.port}", disk)
        else:
            made = _spread(stack, folder, data, common, clock)
        stack.callback(made.rest)
        yield made


def _spread(stack: ExitStack, folder: Path, data: Path, common: dict[str, object], clock: Clock) -> Site:
    """Workers reach PostgreSQL over a network that can be cut; websites directly."""
    postgres = Postgres.start(folder)
    stack.callback(postgres.end)
    url = postgres.make_database("evoke")
    network = stack.enter_context(Network(postgres.socket).open())
    s3 = stack.enter_context(s3_service())
    settings = in_bucket(settings_of_tests(data, **common, database_url=url), s3)
    there = make_url(url).set(host="127.0.0.1", port=network.port, query={})
    over = settings.model_copy(update={"database_url": there.render_as_string(hide_password=False)})
    ports = [free_port() for _ in range(WEBSITES)]
    kept = [_process(folder, f"web-{one}", settings, clock, "web", port=port) for one, port in enumerate(ports)]
    for one in range(WORKERS):
        kept.append(_process(folder, f"worker-{one}", over, clock, "worker", "--name", f"worker-{one}"))
    address = stack.enter_context(Proxy(ports).open())
    return Site(settings, kept, clock, address, None, postgres, network, s3)


def _process(
    folder: Path, name: str, settings: Settings, clock: Clock, *arguments: str, port: int | None = None
) -> Kept:  # fmt: skip
    """One of several machines has a data folder of its own, and the master key."""
    own: dict[str, object] = {}
    if settings.database_url:
        _ = MasterKeys(settings).current  # made where there is none
        own = {"data_dir": folder / name, "master_key": SecretStr((settings.data_dir / "master.key").read_text())}
        (folder / name).mkdir(mode=0o700)
    if port is not None:
        own["port"] = port
    environment = os.environ | settings.model_copy(update=own).as_environment() | {
        "PYTHONPATH": os.pathsep.join([*clock.path, str(HERE)]), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        **clock.environment,
    }  # fmt: skip
    return Kept(name, [sys.executable, "-m", "web.cli", *arguments], environment, folder)


def wait_until_up(made: Site, seconds: float = 240) -> None:
    """Its website answers, and every worker that it should have is there."""
    wait_until(lambda: httpx.get(f"{made.address}/health", trust_env=False, timeout=10).status_code == 200, seconds)
    workers = 1 if made.postgres is None else WORKERS
    wait_until(lambda: len(made.workers()) == workers, seconds)
