"""A filled database of an older version, whose migration is killed half way, again and again, until it gets through."""

import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.faults.fault import Fault, Scene
from benchmarks.faults.judge_migrated import judge_migrated, remember
from benchmarks.faults.older_version import Size, make_older
from benchmarks.faults.postgres import Postgres
from models.database import Database
from models.settings import Settings

_KILLS, _PATIENCE = 4, 300
"""Times; seconds that one run may take."""
_HERE = str(Path(__file__).parents[2])
_MIGRATE = """
import logging, sys
logging.basicConfig(level=logging.INFO, format="%(message)s")
from web.cli import main
sys.exit(main(["migrate"]))
"""
"""`evoke migrate`, which lets Alembic say which migration it begins."""
_BEGINS = re.compile(r"Running upgrade \w* -> (\w+)")


class HalfMigration(Fault):
    """Of two installations beside that an older version filled: one comes to this version undisturbed, which shows how
    long each migration takes; the other is killed at a random moment of what is left to do, several times.

    On PostgreSQL they have a server of their own: the campaign may kill the other one meanwhile."""

    name, words = "half-migration", "`evoke migrate` is killed in the middle, several times, and then run to its end"
    seconds = 0.0

    def __init__(self, size: Size | None = None) -> None:
        self.size = size or Size()

    def begin(self, scene: Scene) -> None:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evoke-migration-")))
            postgres = Postgres.start(folder) if scene.site.postgres else None
            if postgres:
                stack.callback(postgres.end)
            for name in ("undisturbed", "killed"):
                url = postgres.make_database(name) if postgres else ""
                beside = scene.site.settings.model_copy(update={"data_dir": folder / name, "database_url": url})
                database = Database.of(beside)
                stack.callback(database.close)
                make_older(database, self.size)
                before = remember(database)
                database.close()
                if name == "undisturbed":
                    steps, problem = _run_to_the_end(beside)
                else:
                    problem = _kill_and_run(beside, steps, scene.rng)
                wrong = [problem] if problem else judge_migrated(beside, database, before)
                scene.problems += [f"evoke migrate, {name}: {one}" for one in wrong]
                if wrong:
                    return


def _kill_and_run(settings: Settings, steps: dict[str, float], rng: Random) -> str:
    """`steps` are the seconds of each migration, in their order. What went wrong."""
    killed = 0
    for number in range(_KILLS):
        run = _Run(settings)
        # The first falls into the first quarter: beside kills and restarts the undisturbed run may have taken more than
        # twice as long as this one, and one at least has to be half way.
        if not run.kill_within(steps, rng.uniform(0, 1 if number else 0.25)):
            break
        killed += 1
    if not killed:
        return "it was through before it could be killed"
    return _run_to_the_end(settings)[1]


def _run_to_the_end(settings: Settings) -> tuple[dict[str, float], str]:
    """Seconds by migration, in their order, and what it said where it did not get there."""
    run, began = _Run(settings), {}
    while begins := run.next_migration():
        began[begins] = time.monotonic()
    ended = time.monotonic()
    if run.process.wait(_PATIENCE):
        return {}, f"run to its end, it says: {run.said[-500:]}"
    until = [*began.values(), ended][1:]
    return {name: end - begin for (name, begin), end in zip(began.items(), until, strict=True)}, ""


@dataclass
class _Run:
    settings: Settings
    said: str = ""

    def __post_init__(self) -> None:
        environment = os.environ | self.settings.as_environment() | {"PYTHONPATH": _HERE}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MIGRATE], env=environment, text=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )  # fmt: skip

    def next_migration(self) -> str:
        """Once it has begun; empty where the process ended."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if found := _BEGINS.search(line):
                return found[1]
        return ""

    def kill_within(self, steps: dict[str, float], share: float) -> bool:
        """At `share` (0-1) of the time that takes what it finds to do. Whether it was killed before its end."""
        names = [*steps]
        begun = self.next_migration()
        if not begun:
            self.process.wait(_PATIENCE)
            return False
        left = names[names.index(begun) :]
        wait = share * sum(steps[one] for one in left)
        for one, following in zip(left, [*left[1:], None], strict=True):
            if following is None or wait < steps[one]:
                break
            wait -= steps[one]
            begun = self.next_migration()
        try:
            self.process.wait(wait if begun else _PATIENCE)
            return False
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return True
