"""What speech must show: odd and broken files, and the memory of long recordings."""

from collections.abc import Iterator

from benchmarks.figure import NotMeasured
from benchmarks.recordings import measure_recordings
from coding.coder.figures import Figure


def measure() -> Iterator[Figure | NotMeasured]:
    yield from measure_recordings()
