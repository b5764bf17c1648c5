"""Whether anything is lost, doubled or stuck when processes are killed at random moments, 1,000 times on one machine
with SQLite and 300 times on PostgreSQL with three workers. It takes most of an hour; EVOKE_BENCH_SHARE takes a part of
it, for a try. `python -m benchmarks.faults` makes campaigns of other kinds and sizes."""

import os
import sys
from collections.abc import Iterator

from benchmarks.faults.campaign import run
from benchmarks.faults.plan import Plan
from benchmarks.faults.site import EMBEDDED, SPREAD
from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_most, for_information

KILLS, KILLS_SPREAD, SESSIONS = 1000, 300, 300
_RECORDINGS = 0.04
"""Share of the sessions: each keeps a worker busy for some seconds."""
_UNEXPLAINED = "answers that did not say why"


def measure() -> Iterator[Figure | NotMeasured]:
    for profile, kills, on in (
        (EMBEDDED, KILLS, "one machine, SQLite"), (SPREAD, KILLS_SPREAD, "3 workers, PostgreSQL"),
    ):  # fmt: skip
        share = float(os.environ.get("EVOKE_BENCH_SHARE", "1"))
        sessions = max(5, round(SESSIONS * share))
        plan = Plan(profile, max(5, round(kills * share)), sessions, max(1, round(sessions * _RECORDINGS)), seed=10)
        yield from _of(plan, f"{on}, {plan.kills:,} kills over {plan.sessions} sessions")


def _of(plan: Plan, on: str) -> Iterator[Figure | NotMeasured]:
    try:
        report = run(plan)
    except (TimeoutError, ImportError) as error:
        why = f"the installation did not come up here ({type(error).__name__})"
        for what in ("lost", "duplicated", _UNEXPLAINED, f"stuck longer than {plan.limit:.0f} s"):
            yield NotMeasured(f"{on}: {what}", "0", why)
        return
    print("\n".join(f"  {line}" for line in report.lines()), file=sys.stderr)
    yield at_most(f"{on}: lost", report.lost, 0)
    yield at_most(f"{on}: duplicated", report.duplicated, 0)
    yield at_most(f"{on}: {_UNEXPLAINED}", report.unexplained, 0)
    yield at_most(f"{on}: stuck longer than {plan.limit:.0f} s", report.stuck, 0)
    yield for_information(f"{on}: longest that a job stood still", report.longest, "s")
    yield for_information(f"{on}: coded", report.verdict.coded)
    yield for_information(f"{on}: stopped with a sentence", report.verdict.told)
    yield for_information(f"{on}: taken back, and gone wholly", report.verdict.deleted)
    yield for_information(f"{on}: seconds in all", report.seconds, "s")
