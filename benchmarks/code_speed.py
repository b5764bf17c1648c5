"""How long `evoke code` takes on one core."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coding.coder.result import UtteranceToCode


@dataclass(frozen=True)
class CodeSpeed:
    """Seconds, the best of a few runs. `coding` is without `start_up`, which is what two utterances take."""

    start_up: float
    coding: float


def code_speed(talks: Sequence[Sequence[UtteranceToCode]], coder: Path, start_ups: int = 3) -> CodeSpeed:
    """`evoke code` reads, parses nothing (boundaries are given), codes, scores and writes."""
    with tempfile.TemporaryDirectory() as folder:
        small, large, out = (Path(folder) / name for name in ("small.csv", "large.csv", "out.csv"))
        _write(small, [talks[0][:2]])
        _write(large, talks)
        start_up = min(_evoke_code(small, out, coder) for _ in range(start_ups))
        return CodeSpeed(start_up, min(_evoke_code(large, out, coder) for _ in range(3)) - start_up)


def _evoke_code(path: Path, out: Path, coder: Path) -> float:
    started = time.perf_counter()
    on_one_core("-m", "web.cli", "code", str(path), "--coder", str(coder), "--format", "csv", "--out", str(out))
    return time.perf_counter() - started


def on_one_core(*arguments: str) -> str:
    """What Python prints with these arguments, pinned to one core."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = os.environ | dict.fromkeys(threads, "1")
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, check=True, env=environment, preexec_fn=_pinned, capture_output=True, text=True
    ).stdout  # fmt: skip


def _pinned() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def authored_talks(utterances: int) -> list[list[UtteranceToCode]]:
    """Whole authored conversations that hold at least so many utterances together."""
    from coding.corpus.load import load_corpus

    found: list[list[UtteranceToCode]] = []
    count = 0
    for talk in load_corpus():
        if count >= utterances:
            break
        found.append([UtteranceToCode(u.turn, u.utterance, u.speaker, u.text) for u in talk.utterances])
        count += len(found[-1])
    return found


def _write(path: Path, talks: Sequence[Sequence[UtteranceToCode]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("transcript_id", "turn", "utterance", "speaker", "text"))
        for number, talk in enumerate(talks):
            rows.writerows((number, u.turn, u.utterance, u.speaker.value, u.text) for u in talk)
