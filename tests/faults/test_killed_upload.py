"""The website's own process, killed with SIGKILL in the middle of a piece: what it kept stays, and it goes on."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from api.house import House
from api.take_piece import KEPT_EVERY
from models.settings import Settings
from tests.coding.speech.making import tone, write_sound
from tests.conftest import People
from tests.faults.test_killed_worker import wait_for
from tests.web.resumable import FIELDS, metadata
from tests.web.streams import token_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@contextmanager
def website(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mine = settings.model_copy(update={"port": port})
    command = [sys.executable, "-m", "web.website", "--parent", str(os.getpid())]
    with subprocess.Popen(command, env=os.environ | mine.as_environment()) as process:
        try:
            with httpx.Client(trust_env=False) as client:
                wait_for(lambda: client.get(f"http://127.0.0.1:{port}/health").status_code == 200)
            yield process, port
        finally:
            process.kill()


@pytest.mark.slow
def test_a_website_killed_in_the_middle_of_a_piece(settings: Settings, house: House, people: People) -> None:
    sound = write_sound(tone(60, 48_000), 48_000, "wav", "pcm_s16le") * 2  # 11 MB, of which the first half is heard
    headers = {"authorization": f"Bearer {token_of(house, people.owner)}"}
    came = 0

    def offset(client: httpx.Client, url: str) -> int:
        return int(client.head(url).headers["upload-offset"])

    with (
        website(settings) as (process, port),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client,
    ):
        new = {"upload-length": str(len(sound)), "upload-metadata": metadata(FIELDS)}
        url = client.post("/api/v1/uploads", headers=new).headers["location"]
        head = (
            f"PATCH {url} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {headers['authorization']}\r\n"
            f"upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\n"
            f"content-length: {len(sound)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.sendall(head.encode() + sound[: 2 * KEPT_EVERY + 500_000])
            wait_for(lambda: offset(client, url) >= 2 * KEPT_EVERY)
            came = offset(client, url)
            process.kill()
            process.wait()
    with (
        website(settings) as (_, port),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60, trust_env=False) as client,
    ):
        assert offset(client, url) == came >= 2 * KEPT_EVERY
        piece = {"upload-offset": str(came), "content-type": "application/offset+octet-stream"}
        assert client.patch(url, content=sound[came:], headers=piece).status_code == 204
        done = client.post(f"{url}/finish")
        assert done.status_code == 201, done.text
