"""A migration that is killed half way, again and again, until it gets through."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from benchmarks.faults.fault import Fault, Scene
from models import tables  # noqa: F401 - so that all are known
from models.database import Database
from models.migrations import alembic_config

_KILLS, _BEGINS, _LASTS = 4, 1.0, 4.0
"""Times; seconds after which it can have begun, and in which it is killed from then on."""


class HalfMigration(Fault):
    """Of an installation beside: an empty database that `evoke migrate` brings to this version."""

    name, words = "half-migration", "`evoke migrate` is killed in the middle, several times, and then run to its end"
    seconds = 0.0

    def begin(self, scene: Scene) -> None:
        settings = scene.site.settings
        with tempfile.TemporaryDirectory() as name:
            url = scene.site.postgres.make_database("beside") if scene.site.postgres else ""
            beside = settings.model_copy(update={"data_dir": Path(name) / "data", "database_url": url})
            command = [sys.executable, "-m", "web.cli", "migrate"]
            here = str(Path(__file__).parents[2])
            environment = os.environ | beside.as_environment() | {"PYTHONPATH": here}
            for _ in range(_KILLS):
                running = subprocess.Popen(
                    command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                try:
                    running.wait(_BEGINS + scene.rng.uniform(0, _LASTS))
                    break
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait()
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                scene.problems.append(f"evoke migrate, run again after kills: {done.stderr[-500:]}")
            else:
                scene.problems += _not_whole(Database.of(beside))


def _not_whole(database: Database) -> list[str]:
    head = ScriptDirectory.from_config(alembic_config(database)).get_current_head()
    with database.read() as session:
        found = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        missing = set(SQLModel.metadata.tables) - set(inspect(session.connection()).get_table_names())
    database.close()
    wrong = [f"after kills the database's version is {found}, not {head}"] if found != [head] else []
    return wrong + [f"after kills there are no tables {sorted(missing)}"] * bool(missing)
