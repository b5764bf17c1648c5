"""How many clips a graphics card is given at once."""

import stat
from pathlib import Path

import pytest

from coding.speech import batches
from coding.speech.batches import batch_size, free_gpu_bytes, in_fitting_batches


class Card:
    """Doubles numbers, as many at once as it has memory for."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.done: list[list[int]] = []

    def double(self, numbers: list[int]) -> list[int]:
        if len(numbers) > self.memory:
            raise RuntimeError("CUDA failed with error out of memory")
        self.done.append(numbers)
        return [2 * number for number in numbers]


@pytest.mark.parametrize(("memory", "batches_done"), [(7, 1), (4, 2), (2, 4), (1, 7)])
def test_a_batch_that_does_not_fit_is_heard_in_halves_and_in_order(memory: int, batches_done: int) -> None:
    card = Card(memory)

    assert in_fitting_batches(card.double, [1, 2, 3, 4, 5, 6, 7]) == [2, 4, 6, 8, 10, 12, 14]
    assert len(card.done) == batches_done


def test_one_clip_that_does_not_fit_and_other_errors_are_told() -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        in_fitting_batches(Card(0).double, [1, 2])

    def broken(numbers: list[int]) -> list[int]:
        raise RuntimeError("cuDNN failed")

    with pytest.raises(RuntimeError, match="cuDNN"):
        in_fitting_batches(broken, [1, 2])


def tool(folder: Path, says: str) -> list[str]:
    script = folder / "tool"
    script.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return [str(script)]


def test_free_memory_is_what_the_cards_tool_tells(tmp_path: Path) -> None:
    assert free_gpu_bytes(1, tool(tmp_path, "echo 22528; echo $@ > $0.asked")) == 22_528 * 1024 * 1024
    assert "--id=1" in (tmp_path / "tool.asked").read_text()


@pytest.mark.parametrize("says", ["echo '[N/A]'", "exit 9", "true"])
def test_memory_that_is_not_told_is_not_known(tmp_path: Path, says: str) -> None:
    assert free_gpu_bytes(1, tool(tmp_path, says)) is None
    assert free_gpu_bytes(0, [str(tmp_path / "none")]) is None


@pytest.mark.parametrize(
    ("free", "model", "clips"),
    [(None, 100, 8), (16 * 10**9, 1_600_000_000, 16), (3 * 10**9, 1_600_000_000, 15), (10**8, 1_600_000_000, 1)],
)
def test_a_batch_is_as_large_as_free_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int | None, model: int, clips: int
) -> None:
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(model)  # takes no room on the disk
    monkeypatch.setattr(batches, "free_gpu_bytes", lambda card: free)

    assert batch_size("cuda", tmp_path) == clips
    assert batch_size("cpu", tmp_path) == 1
