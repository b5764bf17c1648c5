"""A fault campaign: people add sessions, everything fails, and at the end it is judged whether anything is wrong."""

import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

from api.house import House
from benchmarks.faults.fault import Fault, Scene
from benchmarks.faults.judge import Kind, Wrong, judge
from benchmarks.faults.kills import Kills
from benchmarks.faults.people import make_practitioners
from benchmarks.faults.plan import FAULTS, Plan
from benchmarks.faults.report import Report
from benchmarks.faults.site import Site, site, wait_until_up
from benchmarks.faults.uploads import Uploads
from benchmarks.faults.watch import Watch
from models.migrations import upgrade
from tests.conftest import LINEAR_CODER

_PRACTITIONERS = 3
_QUIET = 3.0
"""Seconds of nothing left until we believe it: a deletion may just be about to be asked for."""


def run(plan: Plan) -> Report:
    with tempfile.TemporaryDirectory(prefix="evoke-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        coder = folder / "coder"
        shutil.copytree(LINEAR_CODER, coder)
        with site(
            plan.profile, folder, lease_seconds=plan.lease_seconds, coder=coder, faults=frozenset(plan.faults)
        ) as made:
            house = House.of(made.settings)
            upgrade(house.database)
            try:
                return _run(plan, made, house)
            finally:
                house.database.close()


def _run(plan: Plan, made: Site, house: House) -> Report:
    began = time.monotonic()
    rng = Random(plan.seed)
    kills = Kills(made, Random(rng.random()), plan.every)
    kinds = [FAULTS[name]() for name in plan.faults]
    impossible = {one.name: why for one in kinds if (why := one.impossible(made))}
    faults = [one for one in kinds if one.name not in impossible]
    rng.shuffle(faults)
    over = [0.0]
    uploads = Uploads(
        made.address,
        make_practitioners(house, _PRACTITIONERS),
        plan.sessions,
        plan.seed,
        lambda: over[0],
        plan.recordings,
    )
    watch = Watch(house.database)
    scene = Scene(made, uploads, rng, plan.lease_seconds, [])
    made.start()
    wait_until_up(made)
    watch.start()
    uploads.start()
    try:
        _let_fail(plan, kills, faults, scene, over)
        over[0] = 1.0
        stuck = _settle(plan, uploads, watch)
    finally:
        watch.end()
        unanswered = uploads.unanswered
        uploads.end()
        made.rest()
    verdict = judge(made.settings, house.database, uploads.said)
    verdict.wrongs += [Wrong(Kind.LOST, one) for one in scene.problems]
    verdict.wrongs += [Wrong(Kind.STUCK, one) for one in stuck]
    return Report(
        plan, verdict, kills.done, [one.name for one in faults], impossible, len(uploads.said.accepted),
        uploads.said.refused, unanswered, uploads.sent_again, watch.longest, watch.which, time.monotonic() - began,
    )  # fmt: skip


def _let_fail(plan: Plan, kills: Kills, faults: Sequence[Fault], scene: Scene, over: list[float]) -> None:
    """Kills evenly, and faults one after another beside them; `over` is told how much of it is."""

    def fail() -> None:
        for number, fault in enumerate(faults):
            while kills.done.total() < plan.kills * number / len(faults):
                time.sleep(0.1)
            if not plan.kills:
                scene.lasted = partial(_tell, over, number, len(faults))
            try:
                fault.run(scene)
            except Exception as error:
                scene.problems.append(f"{fault.name} could not be made: {type(error).__name__}: {error}")
            if not plan.kills:
                _tell(over, number, len(faults), 1.0)

    thread = threading.Thread(target=fail, daemon=True)
    thread.start()
    while kills.done.total() < plan.kills:
        kills.pause()
        kills.kill_one()
        over[0] = min(1.0, kills.done.total() / plan.kills)
    thread.join()


def _tell(over: list[float], before: int, faults: int, part: float) -> None:
    """`before` of all faults are over, and `part` of the next."""
    over[0] = (before + part) / faults


def _settle(plan: Plan, uploads: Uploads, watch: Watch) -> list[str]:
    """Until nothing is left to do, or something stands still for too long. What is wrong with that, in words."""
    until, quiet = time.monotonic() + plan.patience, 0.0
    while time.monotonic() < until:
        now = time.monotonic()
        if watch.stands(now) > plan.limit:
            break
        busy = uploads.unanswered > 0 or watch.left != 0
        quiet = 0.0 if busy else quiet or now
        if quiet and now - quiet > _QUIET:
            break
        time.sleep(0.2)
    words = []
    if watch.longest > plan.limit:
        words.append(f"a job stood still for {watch.longest:.0f} s: {watch.which}")
    elif watch.left:
        words.append(f"{watch.left} jobs and sessions are not at their end after {plan.patience:.0f} s")
    return words
