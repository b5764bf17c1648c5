"""A 20-minute role play from `POST` to its scores, by a program's requests to a real `evoke serve`: website and worker
share one core, the coder is the one that is shipped, and the program that asks has another core where there is one.

A request: the transcript as JSON turns (150 words a minute make 20), then `…/progress`, listened to as it changes
(server-sent events) until the session is ready, then `…/scores`: as the guide for integrators tells programs to."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count, groupby
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.bench_site import Said, conversation
from benchmarks.running import running_evoke, wait_until
from coding.coder.figures import Figure, at_most, for_information

MINUTES = 20
WORDS_A_SECOND = 2.5
TIMES = 20
MOST_SECONDS = 2
PAUSE_SECONDS = 1
"""Between two: whoever sends the next does not find the worker just awake."""


def measure() -> Iterator[Figure]:
    here = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    with (
        tempfile.TemporaryDirectory() as name,
        running_evoke(Path(name), cores={here[-1]}) as (address, web),
    ):
        if len(here) > 1:
            os.sched_setaffinity(0, set(here[:-1]))
        try:
            yield from _measure(Path(name), address, web)
        finally:
            if len(here) > 1:
                os.sched_setaffinity(0, set(here))


def _measure(folder: Path, address: str, web: psutil.Process) -> Iterator[Figure]:
    headers = {"Authorization": f"Bearer {_token(folder)}"}
    with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as program:
        wait_until(lambda: _all_ready(program), 300)
        turns = role_play()
        processes = [web, *(child for child in web.parent().children() if child.pid != web.pid)]
        time.sleep(3)  # what else begins with a site, such as the night's figures
        first, *_ = _once(program, turns)
        took, used = [], []
        for _ in range(TIMES):
            time.sleep(PAUSE_SECONDS)
            before = _cpu(processes)
            took.append(_once(program, turns)[0])
            used.append(_cpu(processes) - before)
        words = sum(len(turn["text"].split()) for turn in turns)
    what = f"{MINUTES}-minute transcript, POST to scores on one core"
    yield at_most(f"{what}, slowest of {TIMES}", max(took), MOST_SECONDS, "s")
    yield at_most(f"{what}, median", statistics.median(took), MOST_SECONDS, "s")
    yield for_information(f"{what}, the first after the start", first, "s")
    yield for_information(f"{what}, work of the website and the worker, median", statistics.median(used), "s")
    yield for_information(f"{what}, words in it", words, "words")


def _token(folder: Path) -> str:
    from web.demo import DEMO_TRAINEE_EMAIL

    command = [sys.executable, "-m", "web.cli", "token", DEMO_TRAINEE_EMAIL]
    environment = os.environ | {"EVOKE_DATA_DIR": str(folder), "EVOKE_DATABASE_URL": ""}
    return subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout.strip()


def _all_ready(program: httpx.Client) -> bool:
    rows = program.get("/api/v1/sessions").raise_for_status().json()["sessions"]
    return all(row["stage"] == "ready" for row in rows)


def role_play() -> list[dict[str, Any]]:
    """The turns of one conversation of that length."""
    words = round(MINUTES * 60 * WORDS_A_SECOND)
    return _turns(next(said for lines in count(50, 5) if _words(said := conversation(lines)) >= words))


def _words(said: list[Said]) -> int:
    return sum(len(one.text.split()) for one in said)


def _turns(said: list[Said]) -> list[dict[str, Any]]:
    return [
        {"speaker": {"practitioner": "Worker"}.get(role.value, "Parent"), "text": " ".join(one.text for one in run)}
        for role, run in groupby(said, key=lambda one: one.speaker)
    ]


def _once(program: httpx.Client, turns: list[dict[str, Any]]) -> tuple[float, dict[str, Any]]:
    """Seconds, and the scores. The conversation is another each time by its title alone."""
    asked = {"agreement_confirmed": True, "change_goal": "drink less at weekends", "title": "Twenty minutes"}
    started = time.perf_counter()
    made = program.post("/api/v1/sessions", json={**asked, "turns": turns}).raise_for_status().json()
    with program.stream("GET", f"{made['url']}/progress", headers={"Accept": "text/event-stream"}) as told:
        assert "event: ready" in told.raise_for_status().iter_lines(), "it is told that the session is ready"
    scores: dict[str, Any] = program.get(f"{made['url']}/scores").raise_for_status().json()
    took = time.perf_counter() - started
    assert scores["scores"], "a session that is ready has scores"
    assert scores["counts"], "a session that is ready has counts"
    return took, scores


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)
