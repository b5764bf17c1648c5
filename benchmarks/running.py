"""A running `evoke serve --demo` to measure from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil


@contextmanager
def running_evoke(
    folder: Path, cores: Collection[int] = (), **environment: str
) -> Iterator[tuple[str, psutil.Process]]:  # fmt: skip
    """Its address, and the web process. It keeps its data and its log in `folder`. All of it runs on `cores`, if any
    are named."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    whole = os.environ | {"EVOKE_DATA_DIR": str(folder), "EVOKE_WHISPER_DOWNLOAD": "false"} | environment
    command = [sys.executable, "-m", "web.cli", "serve", "--demo", "--port", str(port)]
    log = (folder / "serve.log").open("wb")

    def pin() -> None:
        if cores:
            os.sched_setaffinity(0, cores)

    process = subprocess.Popen(command, env=whole, stdout=log, stderr=log, preexec_fn=pin)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: httpx.get(f"{address}/health", trust_env=False).status_code == 200, 240)
        children = psutil.Process(process.pid).children()
        web = next(c for c in children if "web.website" in c.cmdline())
        yield address, web
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


@contextmanager
def signed_in(address: str, email: str = "") -> Iterator[httpx.Client]:
    """As the demo's trainee, or who else has the address."""
    from web.demo import DEMO_PASSWORD, DEMO_TRAINEE_EMAIL

    with httpx.Client(base_url=address, timeout=600, follow_redirects=True, trust_env=False) as client:
        client.post(
            "/sign-in", data={"email": email or DEMO_TRAINEE_EMAIL, "password": DEMO_PASSWORD}
        ).raise_for_status()
        yield client


def wait_until(done: Callable[[], bool], seconds: float) -> float:
    """The seconds it took. Raises TimeoutError."""
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        try:
            if done():
                return time.perf_counter() - started
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise TimeoutError
