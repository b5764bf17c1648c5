"""How many seconds of speech a device hears in one, by models of real shapes with made-up weights.

`python -m benchmarks.hearing_speed --device cuda --shapes small.en,large-v3-turbo --batches 1,8,32`: clips of half a
minute go the way that recordings go (five beams, times of words), each with as many tokens as English at 150 words a
minute has. Left out, since they depend on the recording: finding where speech is, telling voices apart, and hearing
doubtful clips again, which takes at most a quarter more."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.made_up_speech_model import SHAPES, make_speech_model
from coding.speech.batches import free_gpu_bytes
from coding.speech.decode import RATE
from coding.speech.hearing import Hearing

CLIP_SECONDS = 30
TOKENS_A_SECOND = 2.5 * 1.35
"""150 words a minute, and 1.35 tokens for a word of English."""


class AsMuchSaid(Hearing):
    """What the made-up weights say has no end of its own; CTranslate2 stops at half of what it is given."""

    def _most_tokens(self, seconds: float) -> int | None:
        return round(2 * TOKENS_A_SECOND * seconds)


def hearing_speeds(
    shape: str, *, device: str, compute: str, batches: Sequence[int], threads: int, most_seconds: float
) -> Iterator[dict[str, Any]]:
    """One for each size of batch: `speed` in seconds of speech a second, and the GPU memory that a clip took."""
    from faster_whisper import WhisperModel

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / shape
        make_speech_model(folder, SHAPES[shape])
        model = WhisperModel(str(folder), device=device, compute_type=compute, cpu_threads=threads)
        size = (folder / "model.bin").stat().st_size
        hearing = AsMuchSaid(model, "en", 5, None)
        rng = np.random.default_rng(1)
        for batch in batches:
            clips = [rng.normal(0, 0.1, CLIP_SECONDS * RATE).astype(np.float32) for _ in range(batch)]
            before = free_gpu_bytes(0) if device == "cuda" else None
            took: list[float] = []
            words = 0
            until = time.monotonic() + most_seconds
            while len(took) < 2 or (time.monotonic() < until and len(took) < 6):
                begun = time.perf_counter()
                heard = [hearing.hear(clips[0])] if batch == 1 else hearing.hear_many(clips)
                took.append(time.perf_counter() - begun)
                words = sum(len(segment.words) for one in heard for segment in one)
            after = free_gpu_bytes(0) if device == "cuda" else None
            yield {
                "shape": shape, "device": device, "compute": compute, "threads": threads, "batch": batch,
                "speed": round(batch * CLIP_SECONDS / min(took[1:]), 2), "first_seconds": round(took[0], 2),
                "words": words, "model_bytes": size,
                "clip_bytes": None if before is None or after is None else (before - after) // batch,
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.hearing_speed")
    parser.add_argument("--shapes", default="small.en")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compute", default="")
    parser.add_argument("--batches", default="1")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--most-seconds", type=float, default=20.0)
    asked = parser.parse_args()
    compute = asked.compute or ("float16" if asked.device == "cuda" else "int8")
    for shape in asked.shapes.split(","):
        found = hearing_speeds(
            shape, device=asked.device, compute=compute, batches=[int(one) for one in asked.batches.split(",")],
            threads=asked.threads, most_seconds=asked.most_seconds,
        )  # fmt: skip
        for one in found:
            print(json.dumps(one), flush=True)


if __name__ == "__main__":
    main()
