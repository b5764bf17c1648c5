"""How many clips a graphics card hears at once."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")

_MOST = 16  # measured on an H200: 16 and 8 clips hear most in a second, 32 and 64 less, for all sizes of models but one
_UNKNOWN_MEMORY = 8
_LEAST_A_CLIP = 64_000_000  # bytes
_MODEL_TO_CLIP = 8  # of the model's own bytes, a clip at most: five beams took far less on the card that was measured


def batch_size(device: str, model_folder: Path, card: int = 0) -> int:
    """1 on a CPU, which gains nothing. On a GPU by the memory that is free once the model is loaded, 8 where that is
    not known: a rule set by hand, so a batch that does not fit after all is heard in halves (`in_fitting_batches`)."""
    if device != "cuda":
        return 1
    free = free_gpu_bytes(card)
    if free is None:
        return _UNKNOWN_MEMORY
    a_clip = max(_LEAST_A_CLIP, (model_folder / "model.bin").stat().st_size // _MODEL_TO_CLIP)
    return max(1, min(_MOST, free // a_clip))


def free_gpu_bytes(card: int, command: Sequence[str] = ("nvidia-smi",)) -> int | None:
    """None where the card's own tool does not tell."""
    query = [*command, "--query-gpu=memory.free", "--format=csv,noheader,nounits", f"--id={card}"]
    try:
        told = subprocess.run(query, capture_output=True, check=True, timeout=10, text=True).stdout  # noqa: S603
        return int(told.split()[0]) * 1024 * 1024
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def in_fitting_batches(work: Callable[[Sequence[T]], list[U]], items: Sequence[T]) -> list[U]:
    """`work` on all items at once, or on halves of them where memory does not suffice. Raises what `work` raises for
    one item, and other errors at once."""
    try:
        return work(items)
    except RuntimeError as error:
        if "out of memory" not in str(error).lower() or len(items) < 2:
            raise
    half = len(items) // 2
    return in_fitting_batches(work, items[:half]) + in_fitting_batches(work, items[half:])
