"""The memory of the process that hears, over many short recordings one after the other."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coding.coder.figures import Figure, at_most, for_information
from coding.speech.hearing_process import HearingProcess
from models.settings import Settings

RECORDINGS = 200
_SETTLED = 20  # recordings after which every library has made its pools


def hearing_memory_figures(model: Path, recording: Path) -> Iterator[Figure]:
    """`model` is a Whisper's folder. No recording makes the process start anew here."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), whisper_model=str(model))
        process = HearingProcess(settings.as_environment())
        try:
            loaded, sizes = _sizes(process, recording)
        finally:
            process.end()
    yield for_information("hearing process, model loaded", loaded / 1e6, "MB")
    before, after = statistics.median(sizes[_SETTLED - 10 : _SETTLED + 10]), statistics.median(sizes[-20:])
    yield for_information(f"hearing process after {RECORDINGS} recordings", after / 1e6, "MB")
    name = f"hearing process, growth of memory from {_SETTLED} to {RECORDINGS} recordings"
    yield at_most(name, 100 * (after / before - 1), 10, "%")


def _sizes(process: HearingProcess, recording: Path) -> tuple[int, list[int]]:
    """Bytes when the model is loaded, and after each recording."""
    sizes = []
    process.load()
    loaded, pid = process.memory, process.pid
    for _ in range(RECORDINGS):
        process.hear(
            opener="tests.coding.speech.making.open_plain_file", args=[str(recording)],
            transcript_id="memory", turns=None, done=(), options={}, on_progress=lambda share: None,
            on_turns=lambda turns: None,
            on_clip=lambda clip: None, check=lambda: None,
        )  # fmt: skip
        assert process.pid == pid
        sizes.append(process.memory)
    return loaded, sizes
