"""A recording of 200 MB in pieces over a connection that breaks 20 times, to a real website: how much is sent again,
and whether the website grows."""

import base64
import random
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from benchmarks.running import running_evoke, signed_in
from coding.coder.figures import Figure, at_most, for_information

SIZE, BREAKS = 200_000_000, 20
AT_ONCE = 1 << 18


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, running_evoke(Path(name)) as (address, web), signed_in(address) as one:
        yes = base64.b64encode(b"yes").decode()
        headers = {"upload-length": str(SIZE), "upload-metadata": f"agreement_confirmed {yes}"}
        made = one.post("/api/v1/uploads", headers=headers)
        made.raise_for_status()
        yield from _send(one, web, made.headers["location"])


def _send(client: httpx.Client, web: psutil.Process, url: str) -> Iterator[Figure]:
    chance, sent, offset, peak = random.Random(9), 0, 0, 0
    breaks = sorted(chance.randrange(1, SIZE) for _ in range(BREAKS))
    before, begun = web.memory_info().rss, time.perf_counter()
    for until in (*breaks, SIZE):
        if until <= offset:
            continue
        with _begun(client, url, offset) as wire:
            while sent_here := min(AT_ONCE, until - offset):
                wire.sendall(bytes(sent_here))
                sent, offset = sent + sent_here, offset + sent_here
                peak = max(peak, web.memory_info().rss)
            if until == SIZE:
                assert b" 204 " in wire.recv(4096)
        offset = _came(client, url)
    took = time.perf_counter() - begun
    what = f"a recording of {SIZE // 1_000_000} MB over {BREAKS} breaks"
    yield at_most(f"{what}: bytes sent again", 100 * (sent - SIZE) / SIZE, 2, "%")
    yield at_most(f"{what}: the website's memory grows by", (peak - before) / 1e6, 30, "MB")
    yield for_information(f"{what}: bytes a second", SIZE / took / 1e6, "MB/s")


def _begun(client: httpx.Client, url: str, offset: int) -> socket.socket:
    base = client.base_url
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    wire = socket.create_connection((base.host, base.port or 80))
    head = (
        f"PATCH {url} HTTP/1.1\r\nhost: {base.host}:{base.port}\r\ncookie: {cookie}\r\nupload-offset: {offset}\r\n"
        f"content-type: application/offset+octet-stream\r\ncontent-length: {SIZE - offset}\r\n\r\n"
    )
    wire.sendall(head.encode())
    return wire


def _came(client: httpx.Client, url: str) -> int:
    """Once what was on its way when the connection broke has been kept."""
    last = -1
    while (now := int(client.head(url).headers["upload-offset"])) != last:
        last = now
        time.sleep(0.1)
    return now
