"""`python -m benchmarks.faults`: sessions are added while everything fails, and then it is judged: docs/faults.md."""

import argparse
import sys

from benchmarks.faults.campaign import run
from benchmarks.faults.kills import EVERY
from benchmarks.faults.plan import FAULTS, Plan
from benchmarks.faults.site import EMBEDDED, PROFILES

NOT_MADE = 2
"""The status where nothing is wrong, but a fault that was asked for by its name could not be made here."""


def main(argv: list[str] | None = None) -> int:
    faults = "\n".join(f"  {name:<16} {one.words}" for name, one in FAULTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.faults", description=__doc__, epilog=f"faults:\n{faults}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--profile", choices=PROFILES, default=EMBEDDED)
    parser.add_argument("--kills", type=int, default=100, help="processes that are killed (default 100)")
    parser.add_argument("--sessions", type=int, default=30, help="sessions that are added meanwhile (default 30)")
    parser.add_argument("--recordings", type=int, default=2, help="of these so many are recordings (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="the same one gives the same faults (default 1)")
    parser.add_argument("--every", type=float, default=EVERY, help=f"seconds between kills, in the mean ({EVERY})")
    parser.add_argument("--lease", type=int, default=15, help="EVOKE_JOB_LEASE_SECONDS (default 15)")
    parser.add_argument("--patience", type=float, default=900, help="seconds until all has to be at its end (900)")
    parser.add_argument(
        "--fault",
        action="append",
        choices=[*FAULTS, "all"],
        default=[],
        metavar="NAME",
        help="beside kills; or all, which are those that can be made here",
    )
    given = parser.parse_args(argv)
    chosen = tuple(FAULTS) if "all" in given.fault else tuple(dict.fromkeys(given.fault))
    report = run(
        Plan(
            given.profile, given.kills, given.sessions, given.recordings, given.seed, chosen, given.every, given.lease,
            given.patience,
        )
    )  # fmt: skip
    print("\n".join(report.lines()))
    unmade = [one for one in chosen if one in given.fault and one in report.impossible]
    if unmade:
        print(f"ASKED FOR, AND NOT MADE: {', '.join(unmade)}.")
    return 1 if report.verdict.wrongs else NOT_MADE if unmade else 0


if __name__ == "__main__":
    sys.exit(main())
