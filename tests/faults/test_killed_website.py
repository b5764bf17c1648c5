"""Several processes of the website answer on one port; one that is killed leaves nobody without an answer."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from models.settings import Settings

PATIENCE = 240


@contextmanager
def evoke(folder: Path, **environment: str) -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"EVOKE_DATA_DIR": str(folder), "EVOKE_WHISPER_DEVICE": "cpu", **environment}
    command = [sys.executable, "-m", "web.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | own, cwd=Path(__file__).parents[2])
    try:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))


def websites(served: psutil.Process) -> list[psutil.Process]:
    found = []
    for one in served.children():
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):  # killed, and not waited for yet
            found += [one] if "web.website" in one.cmdline() else []
    return found


def wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if httpx.get(f"{address}/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the website did not answer"
        time.sleep(0.1)


@pytest.mark.slow
def test_who_comes_while_a_website_is_killed_is_answered(tmp_path: Path) -> None:
    with evoke(tmp_path, EVOKE_WEB_PROCESSES="2") as (address, served):
        wait_for(address)
        answered, lost, stopping = list[int](), list[httpx.TransportError](), threading.Event()

        def come() -> None:
            limits = httpx.Limits(max_keepalive_connections=0)  # what a killed one holds open is lost with it
            with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE, limits=limits) as client:
                while not stopping.is_set():
                    try:
                        answered.append(client.get("/health").status_code)
                    except (httpx.RemoteProtocolError, httpx.ReadError) as error:  # it was just answering
                        lost.append(error)

        def until(done: Callable[[], bool]) -> None:
            deadline = time.monotonic() + PATIENCE
            while not done():
                assert time.monotonic() < deadline, (len(answered), lost, websites(served))
                time.sleep(0.05)

        until(lambda: len(websites(served)) == 2)
        first = websites(served)
        readers = [threading.Thread(target=come) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for victim in first:
                before = len(answered)
                until(lambda before=before: len(answered) > before + 20)  # type: ignore[misc]
                victim.kill()
            before = len(answered)
            until(lambda: len(answered) > before + 20)
            until(lambda: len(websites(served)) == 2)
        finally:
            stopping.set()
            for reader in readers:
                reader.join()
        assert set(answered) == {200}
        assert not {one.pid for one in first} & {one.pid for one in websites(served)}
        assert len(lost) <= 4, "only whom one of the two was just answering"


def test_how_many_websites_there_are_when_nobody_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    database = {"database_url": "postgresql://evoke@localhost/evoke"}
    assert Settings(_env_file=None).websites == 2  # type: ignore[call-arg]
    assert Settings(_env_file=None, **database).websites == 2  # type: ignore[call-arg, arg-type]
    assert Settings(_env_file=None, web_processes=5).websites == 5  # type: ignore[call-arg]
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert Settings(_env_file=None, **database).websites == 1  # type: ignore[call-arg, arg-type]
