"""What Evoke beyond one machine must show: every file beside this one that is named scale_…, one a topic."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure


def measure() -> Iterator[Figure | NotMeasured]:
    for path in sorted(Path(__file__).parent.glob("scale_*.py")):
        yield from importlib.import_module(f"benchmarks.{path.stem}").measure()
