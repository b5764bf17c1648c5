"""A recording of 200 MB in pieces over a connection that breaks 20 times, to a real website: how much is sent again,
and whether the website grows.

Every other time the connection is closed; the other times it falls silent, as where a network is left, and nobody says
so. The client is as patient as the documentation asks: it waits two seconds before it asks how much has come. One that
asks at once, over a connection as fast as this one, hears less than what the website still takes from it, and sends
that much again.
"""

import base64
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import psutil

from benchmarks.running import wait_until
from coding.coder.figures import Figure, at_most, for_information
from models.api_token import add_short_token
from models.columns import utc_now
from models.database import Database
from models.migrations import upgrade
from models.person import Person
from models.settings import Settings
from models.sign_in import make_organisation
from web.serve import LEAN_MEMORY

SIZE, BREAKS = 200_000_000, 20
AT_ONCE = 1 << 18
PATIENCE = 2.0
"""Seconds."""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = Settings(_env_file=None, data_dir=Path(name), port=port)  # type: ignore[call-arg]
        token = _token(settings)
        environment = LEAN_MEMORY | os.environ | settings.as_environment()
        command = [sys.executable, "-m", "web.website", "--parent", str(os.getpid())]
        address, headers = f"http://127.0.0.1:{port}", {"authorization": f"Bearer {token}"}
        with (
            subprocess.Popen(command, env=environment) as process,
            httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as client,
        ):
            try:
                wait_until(lambda: client.get("/health").status_code == 200, 180)
                yield from _send(client, psutil.Process(process.pid))
            finally:
                process.terminate()


def _token(settings: Settings) -> str:
    database = Database.of(settings)
    upgrade(database)
    with database.write() as session:
        home = make_organisation(session, name="Ferndale Council")
        person = Person(organisation_id=home.id, name="A", email="a@example.org", password_hash="")
        session.add(person)
        session.flush()
        until = utc_now() + timedelta(hours=1)
        token = add_short_token(session, person_id=person.id, scopes="add_session", expires_at=until)
    database.close()
    return token


def _send(client: httpx.Client, web: psutil.Process) -> Iterator[Figure]:
    yes = base64.b64encode(b"yes").decode()
    new = {"upload-length": str(SIZE), "upload-metadata": f"agreement_confirmed {yes}"}
    made = client.post("/api/v1/uploads", headers=new)
    made.raise_for_status()
    url, chance = made.headers["location"], random.Random(9)
    sent = offset = peak = 0
    before, begun = web.memory_info().rss, time.perf_counter()
    breaks = sorted(chance.randrange(1, SIZE) for _ in range(BREAKS))
    with ExitStack() as silent:
        for number, until in enumerate((*breaks, SIZE)):
            wire = silent.enter_context(_begun(client, url, offset))
            while sent_here := min(AT_ONCE, max(0, until - offset)):
                wire.sendall(bytes(sent_here))
                sent, offset = sent + sent_here, offset + sent_here
                peak = max(peak, web.memory_info().rss)
            if until == SIZE and b" 204 " not in wire.recv(4096):
                raise RuntimeError("the last piece was refused")
            if number % 2 == 0:
                wire.close()
            time.sleep(PATIENCE)
            offset = int(client.head(url).headers["upload-offset"])
    took = time.perf_counter() - begun
    what = f"a recording of {SIZE // 1_000_000} MB over {BREAKS} breaks"
    yield at_most(f"{what}: bytes sent again", 100 * (sent - SIZE) / SIZE, 2, "%")
    yield at_most(f"{what}: the website's memory grows by", (peak - before) / 1e6, 30, "MB")
    yield for_information(f"{what}: bytes a second", SIZE / took / 1e6, "MB/s")


def _begun(client: httpx.Client, url: str, offset: int) -> socket.socket:
    base = client.base_url
    head = (
        f"PATCH {url} HTTP/1.1\r\nhost: {base.host}:{base.port}\r\nauthorization: {client.headers['authorization']}\r\n"
        f"upload-offset: {offset}\r\ncontent-type: application/offset+octet-stream\r\n"
        f"content-length: {SIZE - offset}\r\n\r\n"
    )
    wire = socket.create_connection((base.host, base.port or 80), timeout=60)
    wire.sendall(head.encode())
    return wire
