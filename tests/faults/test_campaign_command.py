"""What `python -m benchmarks.faults` says at its end, and with which status, where a fault was not made."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import cast

import pytest

from benchmarks.faults import __main__ as command
from benchmarks.faults import worker_faults
from benchmarks.faults.clock import Clock
from benchmarks.faults.fault import Scene
from benchmarks.faults.judge import Kind, Verdict, Wrong
from benchmarks.faults.plan import FAULTS, Plan
from benchmarks.faults.report import Report
from benchmarks.faults.site import Site
from benchmarks.faults.uploads import Uploads
from tests.conftest import settings_of_tests

HERE = {"slow-s3": "files are in a folder there", "full-disk": "nobody may mount a disk here"}


@pytest.mark.parametrize(
    ("asked", "wrongs", "status", "named"),
    [
        (["clock"], 0, 0, None),
        (["all"], 0, 0, None),
        (["slow-s3"], 0, 2, "slow-s3"),
        (["clock", "slow-s3", "full-disk"], 0, 2, "slow-s3, full-disk"),
        (["all", "full-disk"], 0, 2, "full-disk"),
        (["slow-s3"], 1, 1, "slow-s3"),
        (["clock"], 1, 1, None),
    ],
)
def test_a_fault_that_was_asked_for_and_not_made_is_named_and_no_success(
    asked: Sequence[str], wrongs: int, status: int, named: str | None,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def run(plan: Plan) -> Report:
        verdict = Verdict([Wrong(Kind.LOST, "a session is not there")] * wrongs)
        impossible = {one: why for one, why in HERE.items() if one in plan.faults}
        return Report(plan, verdict, begun=[one for one in plan.faults if one not in HERE], impossible=impossible)

    monkeypatch.setattr(command, "run", run)
    assert command.main([word for one in asked for word in ("--fault", one)]) == status
    said = capsys.readouterr().out
    assert (f"ASKED FOR, AND NOT MADE: {named}." in said) is (named is not None)
    why = "Not made here: slow-s3, because files are in a folder there."
    assert (why in said) is bool({"slow-s3", "all"} & {*asked})
    assert HERE.keys() <= FAULTS.keys()


def test_where_no_worker_comes_none_was_paused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a fault raises, a campaign tells as one that could not be made, and ends with 1."""
    monkeypatch.setattr(worker_faults, "COMES_SECONDS", 0.1)
    site = Site(settings_of_tests(tmp_path), [], Clock(tmp_path, wanted=False))
    scene = Scene(site, cast("Uploads", None), Random(1), 5, [])
    with pytest.raises(TimeoutError, match="no worker"):
        worker_faults.PausedWorker().run(scene)


@pytest.mark.slow
def test_a_real_campaign_on_one_machine_cannot_slow_a_bucket(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--kills", "0", "--sessions", "1", "--recordings", "0", "--fault", "slow-s3"]
    assert command.main(arguments) == command.NOT_MADE
    said = capsys.readouterr().out
    assert "1 accepted" in said
    assert "Lost or half: 0. Duplicated: 0. Stuck: 0." in said
