"""Sessions coded a minute by 1, 2 and 4 worker processes on PostgreSQL, from transcripts, with the coder that ships.

Each worker has one core to itself as long as there are any; from then on they share them, and more workers cannot code
more. So a number is held against one worker's, times the workers or the cores, whichever are fewer. PostgreSQL runs on
the same cores.
"""

import os
import time
from collections.abc import Iterator

from sqlalchemy import text

from benchmarks.beside import ready_to_go, site_on_postgres
from benchmarks.figure import NotMeasured
from benchmarks.running import wait_until
from coding.actions import add_transcript_session
from coding.coder.figures import Figure, at_least, for_information
from coding.details import SessionDetails
from coding.transcript.read import read_transcripts
from models.columns import utc_now
from models.database import Database
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Role
from models.practice import SessionKind
from models.settings import Settings
from models.sign_in import make_organisation
from tests.conftest import CONVERSATION, add_person

SESSIONS, TURNS, ORGANISATIONS, WORKERS = 60, 120, 3, (1, 2, 4)
"""Sessions for each worker that has a core."""
WORKS = """
import logging, os, sys
os.sched_setaffinity(0, {int(sys.argv[2])})
from models.job_queues import JobQueue
from models.settings import get_settings
from web.worker import Worker
worker = Worker(get_settings(), sys.argv[1], (JobQueue.CPU,))
while worker.run_one():
    pass
print("ready", flush=True)
sys.stdin.readline()
worker.run()
"""


def measure() -> Iterator[Figure | NotMeasured]:
    cores = sorted(os.sched_getaffinity(0))
    with site_on_postgres() as (settings, database):
        people = [_organisation(database, number) for number in range(ORGANISATIONS)]
        alone = 0.0
        for workers in WORKERS:
            used = min(workers, len(cores))
            rate = _rate(database, settings, people, cores, workers, SESSIONS * used)
            yield for_information(f"sessions coded a minute by {workers} workers, {len(cores)} cores", rate, "/min")
            alone = alone or rate
            if workers > 1:
                name = f"{workers} workers: of {used} times what one codes, {len(cores)} cores"
                yield at_least(name, rate / (alone * used), 0.85)


def _rate(
    database: Database, settings: Settings, people: list[Actor], cores: list[int], workers: int, sessions: int
) -> float:  # fmt: skip
    """A minute. Each worker has coded one session before, so that its coder is loaded."""
    _add(database, people, workers)
    each = [(f"bench-{workers}-{number}", str(cores[number % len(cores)])) for number in range(workers)]
    with ready_to_go(settings, WORKS, each) as go:
        go()  # they load the coder, each, before they take a job
        wait_until(lambda: _alive(database) == workers, 300)
        before = _coded(database)
        _add(database, people, sessions)
        began = time.perf_counter()
        wait_until(lambda: _coded(database) >= before + sessions, 3600)
        return 60 * sessions / (time.perf_counter() - began)


def _alive(database: Database) -> int:
    with database.read() as session:
        beats = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '8 seconds'"
        return int(session.connection().execute(text(beats)).scalar_one())


def _coded(database: Database) -> int:
    with database.read() as session:
        done = "SELECT count(*) FROM job WHERE name = 'code_transcript' AND state = 'done'"
        return int(session.connection().execute(text(done)).scalar_one())


def _organisation(database: Database, number: int) -> Actor:
    with database.write() as session:
        home: Organisation = make_organisation(session, name=f"Authority {number}")
        team = Team(organisation_id=home.id, name="North")
        session.add(team)
        session.flush()
        return add_person(session, home, f"Olu Owner {number}", team=team, role=Role.TRAINEE, role_team=team)


def _add(database: Database, people: list[Actor], sessions: int) -> None:
    """All in one transaction, so that the work begins at once and adding it takes no part of it."""
    exchanges = CONVERSATION.splitlines()
    talk = "\n".join(exchanges[number % len(exchanges)] for number in range(TURNS))
    (parsed,) = read_transcripts("talk.txt", talk.encode())
    with database.write() as session:
        for number in range(sessions):
            owner = people[number % len(people)]
            details = SessionDetails(
                practitioner_id=owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
                agreement_confirmed=True,
            )  # fmt: skip
            add_transcript_session(session, details=details, parsed=parsed, name="talk", by=owner)
