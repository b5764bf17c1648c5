"""The coach's bench: its page in a browser, what listening needs, and what agreement between coders rests on."""

from collections.abc import Iterator

from benchmarks import agreement, bench_page, listening
from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure


def measure() -> Iterator[Figure | NotMeasured]:
    yield from agreement.measure()
    yield from listening.measure()
    yield from bench_page.measure()
