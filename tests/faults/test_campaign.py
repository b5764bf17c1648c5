"""A small fault campaign on each profile, from a seed: what `python -m benchmarks.faults` does for hours."""

import pytest

from benchmarks.faults.campaign import run
from benchmarks.faults.plan import Plan
from benchmarks.faults.site import PROFILES


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_a_few_kills_do_no_harm(profile: str) -> None:
    plan = Plan(profile, kills=3, sessions=4, recordings=0, seed=3, faults=("twice",), lease_seconds=5, patience=60)
    report = run(plan)
    assert report.verdict.wrongs == [], "\n".join(report.lines())
    assert report.kills.total() == 3
    assert report.accepted + report.unanswered == 4  # one whose website was killed is told 409 for five minutes
