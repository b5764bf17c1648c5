"""Three hundred people and a learning platform at once on the embedded profile, while two recordings are transcribed:
how long pages take, whether one fails, and whether the website grows.

EVOKE_LOAD_USERS, EVOKE_LOAD_SECONDS and EVOKE_LOAD_SESSIONS make it smaller, to try it; EVOKE_LOAD_THINK, the seconds
between pages, has as much asked in less time. Lines then say how much there was. Without locust (the extra `load`) it
is not measured. Evoke has two cores; those who ask have the others, where there are any.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from api.access import COOKIE
from benchmarks.dashboards_site import settings_of
from benchmarks.figure import NotMeasured
from benchmarks.load.asking import ask
from benchmarks.load.options import LOAD
from benchmarks.load.who_comes import let_come
from benchmarks.running import wait_until
from coding.coder.figures import Figure, at_least, at_most, for_information
from tests.lti_platform import fake_platform
from web.worker_process import BEHIND_PAGES

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
HEARD_AT_ONCE = 2
LONG_ENOUGH = 600
"""Seconds in which two recordings of two minutes are coded, whatever else is asked. Where they are not, the other
figures are of a machine that had nothing else to do."""
THIS_MACHINE = "127.0.0.1"
"""Where the learning platform is, whose keys the website fetches."""
NAME = LOAD.name


def measure() -> Iterator[Figure | NotMeasured]:
    if importlib.util.find_spec("locust") is None:
        yield NotMeasured(f"{NAME}: 95th percentile of all answers", "<= 400", "locust is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="evoke-load-") as name, fake_platform() as platform:
        folder = Path(name)
        settings = settings_of(folder / "data", "").model_copy(update={"outgoing_allowed": THIS_MACHINE})
        recorder = let_come(settings, folder / "readers", platform)
        with _serving(folder) as (address, process), _recordings(address, recorder) as heard:
            grown = list[int]()
            said = ask(address, folder, lambda: grown.append(_memory_of_websites(process)))
    name, slowest = max(said.pages.items(), key=lambda one: one[1])
    yield at_most(f"{NAME}: 95th percentile of all answers", said.all_within, 400, "ms")
    yield at_most(f"{NAME}: 95th percentile of the slowest page, {name}", slowest, 400, "ms")
    yield at_most(f"{NAME}: answers that were errors", said.errors, 0)
    yield at_least(f"{NAME}: people at once", said.people, LOAD.users)
    tenth = max(1, len(grown) // 10)
    early, late = sum(grown[tenth : 2 * tenth]) / tenth, sum(grown[-tenth:]) / tenth
    yield at_most(f"{NAME}: growth of the website's memory after its first tenth", (late / early - 1) * 100, 5, "%")
    yield for_information(f"{NAME}: requests a second", said.rate)
    yield at_least(
        f"{NAME}: recordings coded meanwhile, two workers, a small model",
        heard[0],
        HEARD_AT_ONCE if LOAD.seconds >= LONG_ENOUGH else 0,
    )


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """As an installation runs: `evoke serve`, on two cores, and a second `evoke worker` on them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "EVOKE_DATA_DIR": str(folder / "data"), "EVOKE_WHISPER_DOWNLOAD": "false", "EVOKE_WHISPER_DEVICE": "cpu",
        "EVOKE_UPLOADS_PER_HOUR": "0", "EVOKE_REQUESTS_PER_MINUTE": str(LOAD.requests_per_minute),
        "EVOKE_OUTGOING_ALLOWED": THIS_MACHINE,
        "EVOKE_WHISPER_MODEL": os.environ.get("EVOKE_WHISPER_MODEL", str(FIXTURES / "tiny-whisper")),
    }  # fmt: skip
    two = sorted(os.sched_getaffinity(0))[:2]
    with (folder / "serve.log").open("wb") as log:

        def begin(*words: str, nicer: int = 0) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                ["nice", "-n", str(nicer), sys.executable, "-m", "web.cli", *words], env=environment, stdout=log,
                stderr=log, preexec_fn=lambda: os.sched_setaffinity(0, two),
            )  # fmt: skip

        begun = [begin("serve", "--port", str(port))]
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: httpx.get(f"{address}/health", trust_env=False).status_code == 200, 240)
            begun.append(begin("worker", "--name", "second", nicer=BEHIND_PAGES))  # each hears one recording at a time
            yield address, psutil.Process(begun[0].pid)
            assert all(one.poll() is None for one in begun), "website and workers work to the end"
        finally:
            for one in begun:
                one.terminate()
            for one in begun:
                one.wait(60)


@contextmanager
def _recordings(address: str, cookie: str) -> Iterator[list[int]]:
    """Two at any time that are not coded yet; how many were. Raises at its end what went wrong meanwhile."""
    ended, heard = threading.Event(), [0]
    sound = (FIXTURES / "two-minutes-mono.ogg").read_bytes()
    details = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less at weekends"}

    def keep_up() -> None:
        under_way: list[str] = []
        with httpx.Client(base_url=address, cookies={COOKIE: cookie}, timeout=120, trust_env=False) as client:
            while not ended.wait(2.0):
                stages = {one: client.get(f"{one}/progress").raise_for_status().json()["stage"] for one in under_way}
                heard[0] += sum(stage == "ready" for stage in stages.values())
                under_way = [one for one, stage in stages.items() if stage not in ("ready", "stopped")]
                while len(under_way) < HEARD_AT_ONCE:
                    answer = client.post("/sessions", data=details, files={"file": ("talk.ogg", sound)})
                    under_way.append(answer.headers["location"])

    with ThreadPoolExecutor(1) as aside:
        kept_up = aside.submit(keep_up)
        try:
            yield heard
        finally:
            ended.set()
            kept_up.result()


def _memory_of_websites(serving: psutil.Process) -> int:
    return sum(_memory_of_website(one) for one in serving.children(recursive=True))


def _memory_of_website(process: psutil.Process) -> int:
    """0 for another process, and for one that has just ended."""
    try:
        return int(process.memory_info().rss) if "web.website" in process.cmdline() else 0
    except psutil.Error:
        return 0
