"""What the foundation must show: the linear coder's figures, its speed, a transcript's way, and an upload's memory."""

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import psutil

from benchmarks.code_speed import authored_talks, code_speed
from benchmarks.figure import NotMeasured
from benchmarks.running import running_evoke, signed_in, wait_until
from benchmarks.training_files import find_training_file
from coding.coder.figures import Figure, at_least, at_most
from coding.coder.model import LINEAR

UPLOAD_MB = 400
MARKER = b"EVOKE CLEAR BYTES MUST NOT LIE ON DISK "


def measure() -> Iterator[Figure | NotMeasured]:
    yield from _coder_figures()
    yield from _speed()
    yield from _served()


def _coder_figures() -> Sequence[Figure | NotMeasured]:
    targets = (
        ("AnnoMI practitioner 4-class macro-F1", ">= 0.74"), ("AnnoMI client 3-class macro-F1", ">= 0.51"),
        ("AnnoMI open/closed macro-F1", ">= 0.73"), ("AnnoMI role of whole transcripts", ">= 98"),
    )  # fmt: skip
    annomi, pair = find_training_file("annomi-train.csv"), find_training_file("pair.csv")
    if annomi is None:
        why = "set EVOKE_TRAINING_DATA to the folder with annomi-train.csv"
        return [NotMeasured(name, target, why) for name, target in targets]
    from coding.coder.report import report

    return report(annomi=annomi, pair=pair)


def _speed() -> list[Figure]:
    """Of the linear coder; the encoder's are measured in benchmarks/coder.py."""
    talks = authored_talks(10_000)
    speed = code_speed(talks, LINEAR, start_ups=5)
    rate = sum(map(len, talks)) / speed.coding
    return [
        at_least("evoke code, utterances a second on one core", rate, 1500, "/s"),
        at_most("evoke code, start-up", speed.start_up, 3, "s"),
    ]


DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less at weekends"}


def _transcript() -> bytes:
    from coding.corpus.load import load_corpus_rows

    rows = load_corpus_rows()
    first = [r for r in rows if r[0] == rows[0][0]]
    return "\n".join(f"{'Worker' if r[3] == 'practitioner' else 'Parent'}: {r[4]}" for r in first).encode()


def _served() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory() as name,
        running_evoke(Path(name)) as (address, web),
        signed_in(address) as client,
    ):
        wait_until(lambda: all(s["stage"] == "ready" for s in client.get("/api/v1/sessions").json()["sessions"]), 120)
        waits = [_transcript_seconds(client) for _ in range(10)]
        peak, found, size = _upload(client, web, Path(name))
    return [
        at_most("transcript uploaded to coded session, slowest of 10", max(waits), 5, "s"),
        at_most("transcript uploaded to coded session, median", statistics.median(waits), 5, "s"),
        at_most(f"web process while {size} MB are uploaded, peak resident", peak / 1e6, 100, "MB"),
        at_most("files on disk holding clear bytes of the upload", found, 0, "files"),
    ]


def _transcript_seconds(client: httpx.Client) -> float:
    started = time.perf_counter()
    answer = client.post("/api/v1/sessions", data=DETAILS, files={"file": ("role play.txt", _transcript())})
    url = answer.raise_for_status().json()["url"]
    wait_until(lambda: client.get(f"{url}/progress").json()["stage"] == "ready", 60)
    return time.perf_counter() - started


def _wav_head(data_bytes: int) -> bytes:
    from struct import pack

    fmt = pack("<HHIIHH", 1, 1, 44_100, 88_200, 2, 16)
    return b"RIFF" + pack("<I", 36 + data_bytes) + b"WAVEfmt " + pack("<I", 16) + fmt + b"data" + pack("<I", data_bytes)


def _upload(client: httpx.Client, web: psutil.Process, folder: Path) -> tuple[float, int, int]:
    """Peak resident bytes of the web process during one upload, files found with clear bytes while and after it."""
    size = UPLOAD_MB * 1_000_000
    block = (MARKER * (1_000_000 // len(MARKER) + 1))[:1_000_000]
    boundary = "benchmark"
    head = (
        "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in DETAILS.items()
        )
        + f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="long.wav"\r\n\r\n'
    )

    def body() -> Iterator[bytes]:
        yield head.encode() + _wav_head(size)
        for _ in range(UPLOAD_MB):
            yield block
        yield f"\r\n--{boundary}--\r\n".encode()

    peak, found, done = 0.0, set[str](), threading.Event()
    already = clear_files(folder, web)  # a copy of this very file, for one

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max(peak, web.memory_info().rss)

    def look() -> None:
        while not done.wait(1):
            found.update(clear_files(folder, web))

    watchers = [threading.Thread(target=watch), threading.Thread(target=look)]
    for thread in watchers:
        thread.start()
    try:
        answer = client.post(
            "/api/v1/sessions", content=body(), headers={"content-type": f"multipart/form-data; boundary={boundary}"}
        )
        answer.raise_for_status()
    finally:
        done.set()
        for thread in watchers:
            thread.join()
    found.update(clear_files(folder, web))
    return peak, len(found - already), UPLOAD_MB


def clear_files(folder: Path, web: psutil.Process) -> set[str]:
    """Files with the marker: in `folder`, in the temporary folder, and those without a name that `web` has open."""
    holding = set()
    for place in (folder, tempfile.gettempdir(), f"/proc/{web.pid}/fd"):
        for at, _, names in os.walk(place):  # passes over folders that vanish meanwhile
            for path in (Path(at) / name for name in names):
                try:
                    if path.is_file() and path.stat().st_size > 1000 and _holds_marker(path):
                        holding.add(str(path))
                except OSError:
                    continue
    return holding


def _holds_marker(path: Path) -> bool:
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            if MARKER in block:
                return True
    return False
