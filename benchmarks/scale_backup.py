"""What a backup costs, and whether a drill of it is green: of a made-up programme with all that is said in it, on
SQLite with its files in a folder, and on PostgreSQL with its files in a bucket. Each is drilled into a database of its
own kind.

The S3 service is the tests' own double on this machine, in a process of its own that keeps all in memory: what a
network adds is not in it. The sets lie in a folder. EVOKE_BENCH_SHARE takes a part of the 20,000 sessions, for a try.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from pydantic import SecretStr
from sqlmodel import Session, col, select

from benchmarks.beside import s3_in_memory
from benchmarks.dashboards import make_database, named, postgres
from benchmarks.figure import NotMeasured
from benchmarks.programme import SMALL, Size, fill
from coding.actions import add_transcript_session
from coding.coder.figures import Figure, at_most, for_information
from coding.details import SessionDetails
from coding.restore.drill import drill, place_for_drill
from coding.restore.ledger_found import find_ledger
from coding.transcript.read import read_transcripts
from models.backup.keys import make_pair, read_private_key, write_private_key
from models.backup.make import make_backup
from models.backup.sets import read_manifest
from models.columns import new_id, utc_now
from models.database import Database
from models.keys import open_session_key
from models.migrations import upgrade
from models.person import Person
from models.places import open_place
from models.practice import PracticeSession, Recording, SessionKind
from models.session_words import RecordingWords, keep_recording_words
from models.settings import Settings
from models.sign_in import actor_of
from models.storage import Storage, new_storage_key
from tests.s3_service import ACCESS_KEY, SECRET_KEY

T = TypeVar("T")
SESSIONS, WITH_SOUND, CODED = 20_000, 0.1, 3
SOUND = Path(__file__).parents[1] / "tests/fixtures/two-minutes-mono.ogg"
TALK = "Worker: What would you like?\nParent: I want to stop drinking.\nWorker: You want to stop, for the children.\n"


def measure() -> Iterator[Figure | NotMeasured]:
    size = _size()
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(_env_file=None, data_dir=Path(name) / "site")  # type: ignore[call-arg]
        yield from _of(Path(name), settings, "", f"SQLite, {size.sessions:,} sessions", size)
    with tempfile.TemporaryDirectory() as name, postgres(Path(name)) as server, s3_in_memory() as address:
        folder = Path(name) / "data"  # which is closed to all others, and PostgreSQL is another user
        settings = Settings(
            _env_file=None, data_dir=folder / "site", database_url=named(server, "site"), files_url="s3://evoke/site",
            files_endpoint=address, files_allow_http=True, files_region="eu-west-2", files_access_key=ACCESS_KEY,
            files_secret_key=SecretStr(SECRET_KEY),
        )  # type: ignore[call-arg]  # fmt: skip
        for one in ("site", "drill"):
            make_database(server, one)
        on = f"PostgreSQL and a bucket, {size.sessions:,} sessions"
        yield from _of(folder, settings, named(server, "drill"), on, size)


def _size() -> Size:
    share = float(os.environ.get("EVOKE_BENCH_SHARE", "1"))
    return replace(SMALL, sessions=max(20, round(SESSIONS * share)), months=11, words=True)


def _of(folder: Path, settings: Settings, drilled_into: str, on: str, size: Size) -> Iterator[Figure]:
    """`drilled_into` is the address of an empty database for the drill; without one it is SQLite."""
    public, private = make_pair()
    folder.mkdir(exist_ok=True)
    write_private_key(folder / "backup.key", private)
    settings = settings.model_copy(update={"backup_key": public})
    database = Database.of(settings)
    upgrade(database)
    fill(database, size)
    recordings = _add_sound(database, settings, round(size.sessions * WITH_SOUND))
    _add_coded(database, settings)
    place = open_place(str(folder / "backups"), settings, named="PLACE")
    took, made = _timed(lambda: make_backup(database, settings, place))
    yield for_information(f"{on}, {recordings:,} recordings: a first backup", took, "s")
    yield for_information(f"{on}: rows in it", made.manifest.rows)
    yield for_information(f"{on}: sealed rows", made.rows_bytes / 1e6, "MB")
    yield for_information(f"{on}: stored files", made.manifest.files_bytes / 1e6, "MB")
    took, made = _timed(lambda: make_backup(database, settings, place))
    yield for_information(f"{on}: the next backup, of which {made.anew:,} files are new", took, "s")
    database.close()
    manifest = read_manifest(place, made.manifest.name)  # signed, as a drill finds it
    with place_for_drill(settings, database_url=drilled_into) as aside:
        ledger = find_ledger(settings, place, manifest, given=None, without=False)
        key = read_private_key(folder / "backup.key")
        took, done = _timed(lambda: drill(aside, place, manifest, private=key, ledger=ledger, sample=CODED))
    yield for_information(f"{on}: a drill of it", took, "s")
    short = (done.played < CODED) + (done.scored < CODED)
    yield at_most(f"{on}: problems of a drill that played {CODED} recordings and scored {CODED} sessions again",
                  len(done.problems) + short, 0)  # fmt: skip


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _add_sound(database: Database, settings: Settings, wanted: int) -> int:
    """Two minutes for each of so many sessions that still have their words."""
    clear, storage = SOUND.read_bytes(), Storage(settings)
    with database.write() as session:
        kinds = col(PracticeSession.kind).in_([SessionKind.ROLE_PLAY, SessionKind.REAL_PRACTICE])
        newest = select(PracticeSession).where(kinds).order_by(col(PracticeSession.held_on).desc()).limit(wanted)
        found = session.exec(newest).all()
        for practice in found:
            recording = Recording(
                id=new_id(), session_id=practice.id, storage_key="", size_bytes=len(clear), sha256="", seconds=120
            )  # fmt: skip
            recording.storage_key = new_storage_key(practice.organisation_id, recording.id)
            writer = storage.writer(recording.storage_key, key=_key(session, practice.id), record_id=recording.id)
            writer.write(clear)
            writer.finish()
            recording.sha256 = writer.sha256
            keep_recording_words(session, recording, RecordingWords("talk.ogg"))
            session.add(recording)
    return len(found)


def _key(session: Session, session_id: UUID) -> bytes:
    return open_session_key(session, session_id).file


def _add_coded(database: Database, settings: Settings) -> None:
    """A few that the coder really coded, so that a drill can score them again."""
    from web.worker import Worker

    (parsed,) = read_transcripts("talk.txt", TALK.encode())
    with database.write() as session:
        owner = session.exec(
            select(Person).join(PracticeSession, col(PracticeSession.practitioner_id) == col(Person.id)).limit(1)
        ).one()
        for _ in range(CODED):
            details = SessionDetails(
                practitioner_id=owner.id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(), agreement_confirmed=True
            )
            add_transcript_session(
                session, details=details, parsed=parsed, name="talk.txt", by=actor_of(session, owner)
            )  # fmt: skip
    worker = Worker(settings, "bench")
    while worker.run_one():
        pass
    worker.close()
