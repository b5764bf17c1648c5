"""The coach's bench: what agreement between coders rests on."""

from collections.abc import Iterator

from benchmarks import agreement, listening
from coding.coder.figures import Figure


def measure() -> Iterator[Figure]:
    yield from agreement.measure()
    yield from listening.measure()
