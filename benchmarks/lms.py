"""What connections to other systems must show: every file beside this one that is named lms_…, one a topic."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure


def measure() -> Iterator[Figure | NotMeasured]:
    for path in sorted(Path(__file__).parent.glob("lms_*.py")):
        yield from importlib.import_module(f"benchmarks.{path.stem}").measure()
