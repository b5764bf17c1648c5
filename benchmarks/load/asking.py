"""Those who ask, in a process of their own (locust), and what it counted."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.options import LOAD

JOURNEYS = Path(__file__).with_name("journeys.py")
ROOT = Path(__file__).parents[2]
LOOKED_EVERY = 5.0


@dataclass(frozen=True)
class Said:
    """`pages`: of each page, its 95th percentile in ms. `errors` include what went wrong with who asked."""

    all_within: float
    pages: dict[str, float]
    errors: int
    people: int
    rate: float


def ask(address: str, folder: Path, meanwhile: Callable[[], None]) -> Said:
    """`meanwhile` is called every few seconds. Tells each page and each error on stderr."""
    command = [
        sys.executable, "-m", "locust", "-f", str(JOURNEYS), "--headless", "--host", address,
        "--users", str(LOAD.users), "--spawn-rate", str(max(1, LOAD.users // 30)), "--run-time", f"{LOAD.seconds}s",
        "--csv", str(folder / "load"), "--only-summary", "--reset-stats", "--exit-code-on-error", "0",
    ]  # fmt: skip
    environment = os.environ | {"EVOKE_LOAD_READERS": str(folder / "readers"), "PYTHONPATH": str(ROOT)}
    with (folder / "locust.log").open("wb") as log:
        asking = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        while True:
            try:
                asking.wait(LOOKED_EVERY)
                break
            except subprocess.TimeoutExpired:
                meanwhile()
    assert asking.returncode == 0, (folder / "locust.log").read_text()[-2000:]
    return _said(folder)


def _said(folder: Path) -> Said:
    rows = _table(folder / "load_stats.csv")
    for row in rows:
        print(f"  {row['Type']} {row['Name']}: {row['Request Count']}, 95 % within {row['95%']} ms", file=sys.stderr)
    for row in _table(folder / "load_failures.csv"):
        print(f"  {row['Method']} {row['Name']}: {row['Occurrences']} times {row['Error']}", file=sys.stderr)
    broken = _table(folder / "load_exceptions.csv")
    for row in broken:
        print(f"  {row['Count']} times {row['Message']}", file=sys.stderr)
    whole = next(row for row in rows if row["Name"] == "Aggregated")
    errors = int(whole["Failure Count"]) + sum(int(row["Count"]) for row in broken)
    pages = {row["Name"]: float(row["95%"]) for row in rows if row["Type"] == "GET" and "/api/" not in row["Name"]}
    people = max(int(row["User Count"]) for row in _table(folder / "load_stats_history.csv"))
    return Said(float(whole["95%"]), pages, errors, people, float(whole["Requests/s"]))


def _table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))
