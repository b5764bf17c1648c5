"""`evoke migrate-to` of a made-up programme with all that is said in it: SQLite with a file for each session to
PostgreSQL and a bucket, killed once half way and gone on with, and compared at the end. And how large either database
is.

The sessions are of the last eleven months, so that no words' time is over. Of 100 sessions 55 are as recordings are,
some 28 minutes long with a moment for each word, and the others are texts of some 19 minutes.

The time is that of both processes together. The S3 service is the tests' own double on this machine, in a process of
its own that keeps all in memory; so the files are small (SOUND bytes each): what a network and large recordings add is
not in it. EVOKE_BENCH_SHARE takes a part of the 20,000 sessions, for a try; EVOKE_BENCH_UTTERANCES is how many a text
has in the mean, and a recording half as many again.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import Session, col, select

from benchmarks.beside import s3_in_memory
from benchmarks.dashboards import postgres
from benchmarks.programme import SMALL, fill
from coding.coder.figures import Figure, at_least, at_most, for_information
from models.columns import new_id
from models.database import Database
from models.keys import open_session_key, open_session_keys
from models.many_rows import put_rows, row
from models.migrations import upgrade
from models.practice import PracticeSession, Recording
from models.settings import Settings
from models.storage import Storage, new_storage_key
from tests.s3_service import ACCESS_KEY, SECRET_KEY

SESSIONS, UTTERANCES, SOUND = 20_000, 250, 32_000
MINUTES, MEGABYTES = 15, 300
KILLED_AT = 40
"""Per cent."""


def measure() -> Iterator[Figure]:
    share = float(os.environ.get("EVOKE_BENCH_SHARE", "1"))
    sessions = max(20, round(SESSIONS * share))
    utterances = int(os.environ.get("EVOKE_BENCH_UTTERANCES", UTTERANCES))
    size = replace(SMALL, sessions=sessions, utterances=utterances, months=11, words=True)
    with tempfile.TemporaryDirectory() as name, postgres(Path(name)) as url, s3_in_memory() as address:
        settings = Settings(
            _env_file=None, data_dir=Path(name) / "site", files_endpoint=address, files_allow_http=True,
            files_region="eu-west-2", files_access_key=ACCESS_KEY, files_secret_key=SecretStr(SECRET_KEY),
        )  # type: ignore[call-arg]  # fmt: skip
        database = Database.of(settings)
        upgrade(database)
        utterances = fill(database, size).utterances
        with database.write() as session:
            _add_files(session, Storage(settings))
        kept = _bytes(database)
        database.close()
        what = f"{sessions:,} sessions, {utterances:,} utterances, {sessions:,} files"
        yield from _move(what, settings, url, Path(name) / "report.json")
        moved = Database.of(settings.model_copy(update={"database_url": url}))
        for where, size_there in (("SQLite", kept), ("PostgreSQL", _bytes(moved))):
            yield for_information(f"{what}: the database in {where}, a session", size_there / sessions / 1000, "kB")
        moved.close()


def _bytes(database: Database) -> int:
    with database.read() as session:
        asked = _IN_SQLITE if database.is_sqlite else "SELECT pg_database_size(current_database())"
        return int(session.connection().execute(text(asked)).scalar_one())


_IN_SQLITE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"


def _move(what: str, settings: Settings, url: str, report: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "web.cli", "migrate-to", "--database", url, "--files", "s3://evoke/moved"]
    command += ["--report", str(report)]
    began = time.monotonic()
    killed = _Run(command, settings)
    killed.until(KILLED_AT)
    killed.process.kill()
    killed.process.wait()
    first = time.monotonic() - began
    second = _Run(command, settings)
    took = second.ended()
    yield for_information(f"{what}: until it was killed at {KILLED_AT} %", first / 60, "min")
    yield at_most(f"{what}: moved to PostgreSQL and a bucket, killed once", (first + took) / 60, MINUTES, "min")
    yield at_most(f"{what}: most memory of the command", max(killed.most, second.most) / 1e6, MEGABYTES, "MB")
    yield at_least(f"{what}: all tables and files equal", float(second.process.returncode == 0), 1)
    checking = _Run([*command, "--check"], settings)
    yield for_information(f"{what}: compared again", checking.ended() / 60, "min")


class _Run:
    """The command, and how much memory it took at most, looked at four times a second."""

    def __init__(self, command: list[str], settings: Settings) -> None:
        environment = os.environ | settings.as_environment()
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.most = 0
        self._began = time.monotonic()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()

    def _watch(self) -> None:
        process = psutil.Process(self.process.pid)
        while self.process.poll() is None:
            try:
                self.most = max(self.most, process.memory_info().rss)
            except psutil.NoSuchProcess:
                return
            time.sleep(0.25)

    def until(self, percent: int) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            found = re.match(rb" *(\d+) %", line)
            if found and int(found[1]) >= percent:
                return

    def ended(self) -> float:
        """Seconds."""
        assert self.process.stderr is not None
        self.process.stderr.read()
        self.process.wait()
        self._watching.join()
        return time.monotonic() - self._began


def _add_files(session: Session, storage: Storage) -> None:
    """One for each session, sealed as a recording is. The rows are put at once."""
    sound, rows = os.urandom(SOUND), []
    practices = select(PracticeSession.id, PracticeSession.organisation_id).order_by(col(PracticeSession.id))
    found = session.exec(practices).all()
    for begin in range(0, len(found), 500):
        open_session_keys(session, [one for one, _ in found[begin : begin + 500]])
        for session_id, organisation_id in found[begin : begin + 500]:
            record_id = new_id()
            place = new_storage_key(organisation_id, record_id)
            writer = storage.writer(place, key=open_session_key(session, session_id).file, record_id=record_id)
            writer.write(sound)
            writer.finish()
            rows.append(
                row(
                    id=record_id, session_id=session_id, storage_key=place, size_bytes=SOUND,
                    sha256=writer.sha256,
                )
            )  # fmt: skip
    put_rows(session, Recording, rows)
