"""`make bench [NAME=area]`: measures, prints a line a figure, and keeps them in results.json."""

import importlib
import sys
from pathlib import Path

from benchmarks.figure import keep

AREAS = ("foundation", "coder", "speech", "identifiers", "privacy", "review", "learning", "dashboards", "lms", "scale")


def main(names: list[str]) -> int:
    built = [area for area in AREAS if (Path(__file__).parent / f"{area}.py").exists()]
    for name in names or built:
        if name not in AREAS:
            print(f"There is no area {name}. Areas: {', '.join(AREAS)}", file=sys.stderr)
            return 2
        if name not in built:
            print(f"Nothing is measured for {name} yet.", file=sys.stderr)
            return 2
        for figure in importlib.import_module(f"benchmarks.{name}").measure():
            print(figure.line(), flush=True)
            keep(name, figure)  # at once: a later one may fail, and the first took minutes
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
