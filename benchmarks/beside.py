"""What runs beside a measurement, each in a process of its own or on a server of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.dashboards import postgres
from models.database import Database
from models.migrations import upgrade
from models.settings import Settings


@contextmanager
def site_on_postgres() -> Iterator[tuple[Settings, Database]]:
    """An empty installation with a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory() as name, postgres(Path(name)) as url:
        data = Path(name) / "data"  # which is closed to all others, and PostgreSQL is another user
        settings = Settings(_env_file=None, data_dir=data, database_url=url)  # type: ignore[call-arg]
        settings.open_data_dir()
        database = Database.of(settings)
        upgrade(database)
        yield settings, database
        database.close()


@contextmanager
def ready_to_go(settings: Settings, code: str, each: Sequence[tuple[str, ...]]) -> Iterator[Callable[[], None]]:
    """A process of `code` for `each`, with these words as its arguments, once all have said that they are ready. What
    is given tells them to go. At the end they are killed."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, *words],
            env=os.environ | settings.as_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for words in each
    ]  # fmt: skip

    def go() -> None:
        for one in processes:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()

    try:
        for one in processes:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        yield go
    finally:
        for one in processes:
            one.kill()
            one.wait()


@contextmanager
def s3_in_memory() -> Iterator[str]:
    """The address of the tests' own double of an S3 service."""
    command = [sys.executable, "-m", "tests.s3_service"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
