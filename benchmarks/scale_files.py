"""Files in a folder and in a bucket: how fast they are written and read, what an upload of 400 MB takes of the
website's memory, and how soon somebody hears that the bucket does not answer.

The S3 service is the tests' own double on this machine, in a process of its own: it shows what Evoke adds, not what a
network or a real service takes.
"""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
from pydantic import SecretStr

from benchmarks.beside import s3_in_memory
from benchmarks.lms_uploads import _token as token_of
from benchmarks.running import wait_until
from coding.coder.figures import Figure, at_most, for_information
from models.cipher import CHUNK
from models.settings import Settings
from models.storage import Storage
from tests.s3_service import ACCESS_KEY, SECRET_KEY
from web.serve import LEAN_MEMORY

SIZE = 200 * CHUNK
UPLOAD = 400_000_000
RATE = 48_000  # of the upload's two channels: 35 minutes


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, s3_in_memory() as address:
        local = Settings(_env_file=None, data_dir=Path(name))  # type: ignore[call-arg]
        bucket = local.model_copy(
            update={
                "files_url": "s3://evoke/bench",
                "files_endpoint": address,
                "files_allow_http": True,
                "files_access_key": ACCESS_KEY,
                "files_secret_key": SecretStr(SECRET_KEY),
            }
        )
        for where, settings in (("a folder", local), ("a bucket", bucket)):
            yield from _speed(where, Storage(settings))
        for where, settings in (("a folder", local), ("a bucket", bucket)):
            yield from _upload(where, settings)
        yield from _nobody_there(bucket)


def _speed(where: str, storage: Storage) -> Iterator[Figure]:
    key, record, piece = os.urandom(32), uuid4(), os.urandom(CHUNK)
    begun = time.perf_counter()
    writer = storage.writer("bench/a.sealed", key=key, record_id=record)
    for _ in range(SIZE // CHUNK):
        writer.write(piece)
    writer.finish()
    yield for_information(f"files, {where}: written and sealed", SIZE / 1e6 / (time.perf_counter() - begun), "MB/s")
    begun = time.perf_counter()
    with storage.open("bench/a.sealed", key=key, record_id=record) as clear:
        while clear.read(CHUNK):
            pass
    yield for_information(f"files, {where}: read and opened", SIZE / 1e6 / (time.perf_counter() - begun), "MB/s")
    begun, times = time.perf_counter(), 50
    for number in range(times):
        with storage.open("bench/a.sealed", key=key, record_id=record) as clear:
            clear.seek(number * 3 * CHUNK)
            clear.read(1 << 16)
    took = 1000 * (time.perf_counter() - begun) / times
    yield for_information(f"files, {where}: a jump in the playback", took, "ms")
    storage.delete("bench/a.sealed")


def _upload(where: str, settings: Settings) -> Iterator[Figure]:
    with _website(settings) as (client, web):
        client.get("/health")
        before, peak, done = web.memory_info().rss, [0], threading.Event()

        def watch() -> None:
            while not done.wait(0.02):
                peak[0] = max(peak[0], web.memory_info().rss)

        watching = threading.Thread(target=watch)
        watching.start()
        begun = time.perf_counter()
        answer = client.post("/api/v1/sessions", content=_form(), headers={"content-type": f"{_FORM}; boundary=edge"})
        took = time.perf_counter() - begun
        done.set()
        watching.join()
        if answer.status_code != 201:
            raise RuntimeError(answer.text)
    what = f"files, {where}: an upload of {UPLOAD // 1_000_000} MB"
    yield at_most(f"{what}, the website's memory grows by", (peak[0] - before) / 1e6, 100, "MB")
    yield for_information(f"{what}, with the look inside it", UPLOAD / 1e6 / took, "MB/s")


_FORM = "multipart/form-data"


def _form() -> Iterator[bytes]:
    """A recording of silence, WAV."""
    part = '--edge\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    for name, value in (("kind", "role_play"), ("agreement_confirmed", "yes")):
        yield (part.format(name, "") + value + "\r\n").encode()
    yield part.format("file", '; filename="long.wav"').encode()
    sound = struct.pack("<IHHIIHH", 16, 1, 2, RATE, RATE * 4, 4, 16)
    yield b"RIFF" + struct.pack("<I", UPLOAD + 36) + b"WAVEfmt " + sound + b"data" + struct.pack("<I", UPLOAD)
    piece = bytes(1 << 18)
    for at in range(0, UPLOAD, len(piece)):
        yield piece[: min(len(piece), UPLOAD - at)]
    yield b"\r\n--edge--\r\n"


@contextmanager
def _website(settings: Settings) -> Iterator[tuple[httpx.Client, psutil.Process]]:
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = settings.model_copy(update={"data_dir": Path(name), "port": port})
        headers = {"authorization": f"Bearer {token_of(settings)}"}
        command = [sys.executable, "-m", "web.website", "--parent", str(os.getpid())]
        environment = LEAN_MEMORY | os.environ | settings.as_environment()
        with (
            subprocess.Popen(command, env=environment) as process,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=300, trust_env=False) as client,
        ):
            try:
                wait_until(lambda: client.get("/health").status_code == 200, 180)
                yield client, psutil.Process(process.pid)
            finally:
                process.terminate()


def _nobody_there(bucket: Settings) -> Iterator[Figure]:
    """With the settings that ship."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # nobody listens
        settings = bucket.model_copy(update={"files_endpoint": f"http://127.0.0.1:{silent.getsockname()[1]}"})
        with _website(settings) as (client, _):
            sent = {"data": {"kind": "role_play", "agreement_confirmed": "yes"}, "files": {"file": ("a.wav", bytes(9))}}
            begun = time.perf_counter()
            answer = client.post("/api/v1/sessions", **sent)  # type: ignore[arg-type]
            took = time.perf_counter() - begun
    if answer.status_code != 503:
        raise RuntimeError(answer.text)
    yield at_most("files, a bucket that does not answer: somebody is told so after", took, 30, "s")
