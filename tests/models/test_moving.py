"""An installation moves to PostgreSQL and another place for its files, whatever happens on the way."""

import os
import random
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Table, text
from sqlmodel import Session, select

from api.house import House
from models.audit import record_audit
from models.columns import new_id
from models.database import Database
from models.errors import EvokeError
from models.job import Job, JobState
from models.keys import make_session_key
from models.moving import move as moving
from models.moving import tables as moving_tables
from models.moving.files import _put as put_file
from models.moving.refused import MoveBroken, MoveRefused
from models.moving.state import require_whole
from models.organisation import Organisation
from models.places import beside_files
from models.practice import PracticeSession, Recording, SessionKind
from models.queue import enqueue
from models.running import BeingMoved, StillRunning, run_on, stopped
from models.settings import Settings
from models.storage import LEDGER, Storage, new_storage_key, open_recording
from models.table_copy import Row, RowsRefused, put_rows, sum_of, tables_in_order
from tests.conftest import People
from tests.filled import fill_every_table
from tests.s3_service import ACCESS_KEY, SECRET_KEY, S3Service, s3_service
from web.cli import main
from web.move_command import target_of

SOUND = [bytes([number]) * size for number, size in enumerate((3, 70_000, 9 << 20))]
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def quiet(_progress: object) -> None:
    pass


@pytest.fixture
def target_url(postgres_server: str) -> Iterator[str]:
    """Of a database that is migrated and empty."""
    name = f"moved_{uuid.uuid4().hex}"
    template = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bucket() -> Iterator[S3Service]:
    with s3_service() as service:
        yield service


@pytest.fixture
def at_s3(settings: Settings, target_url: str, bucket: S3Service) -> Settings:
    to = target_of(settings, database=target_url, files="s3://evoke/moved")
    return to.model_copy(
        update={
            "files_endpoint": bucket.address, "files_region": "eu-west-2", "files_allow_http": True,
            "files_access_key": ACCESS_KEY, "files_secret_key": SecretStr(SECRET_KEY),
        }
    )  # fmt: skip


@pytest.fixture
def recorded(house: House, people: People) -> dict[UUID, bytes]:
    """Recordings with their sound, by id, a file that no row names, and a row whose file is gone."""
    storage, made = Storage(house.settings), {}
    with house.database.write() as session:
        for sound in [*SOUND, b"lost"]:
            practice = PracticeSession(
                id=new_id(), organisation_id=people.owner.organisation_id, team_id=people.team.id,
                practitioner_id=people.owner.person_id, added_by_id=people.owner.person_id,
                kind=SessionKind.ROLE_PLAY, held_on=date(2026, 1, 5), agreement_confirmed=True, sealed=b"x",
            )  # fmt: skip
            key = make_session_key(session, organisation_id=practice.organisation_id, session_id=practice.id)
            session.add(practice)
            session.flush()
            record_id = new_id()
            place = new_storage_key(practice.organisation_id, record_id)
            writer = storage.writer(place, key=key.file, record_id=record_id)
            writer.write(sound)
            writer.finish()
            session.add(
                Recording(id=record_id, session_id=practice.id, storage_key=place, original_name=None,
                          size_bytes=len(sound), sha256=writer.sha256)
            )  # fmt: skip
            made[record_id] = sound
        record_audit(session, action="signed_in", subject=people.team, organisation_id=people.owner.organisation_id,
                     by=people.owner.person_id)  # fmt: skip
        enqueue(session, "send_reset", organisation_id=people.owner.organisation_id, person_id=people.owner.person_id)
    storage.delete(place)
    storage.put(f"{people.owner.organisation_id}/recordings/nobody.sealed", b"nobody's")
    return made


def take_key_along(settings: Settings, to: Settings) -> None:
    (to.open_data_dir() / "master.key").write_bytes((settings.data_dir / "master.key").read_bytes())


def sums(database: Database) -> dict[str, object]:
    with database.read() as session:
        return {table.name: sum_of(session, table) for table in tables_in_order()}


def opened(to: Settings, recordings: dict[UUID, bytes]) -> dict[UUID, bytes | None]:
    """What the installation at the target hears."""
    database, storage, heard = Database.of(to), Storage(to), {}
    with database.read() as session:
        for one in recordings:
            recording = session.get_one(Recording, one)
            try:
                with open_recording(session, storage, recording) as clear:
                    heard[one] = clear.read()
            except FileNotFoundError:
                heard[one] = None
    database.close()
    return heard


@only_sqlite
def test_every_table_and_every_file_are_moved_to_postgresql_and_a_bucket(
    house: House, people: People, recorded: dict[UUID, bytes], at_s3: Settings, bucket: S3Service
) -> None:
    with house.database.write() as session:
        fill_every_table(session, dice=random.Random(7))
    before = sums(house.database)
    there = Storage(house.settings)
    files_before = {one.key: there.read(one.key) for one in there.files()}
    heard: list[int] = []
    done = moving.move(house.settings, at_s3, tell=lambda progress: heard.append(progress.percent))
    assert done.is_whole
    assert heard == sorted(heard)
    assert heard[-1] >= 95
    assert all(one.source.count for one in done.tables)  # not one table without a row
    target = Database.of(at_s3)
    assert sums(target) == before == sums(house.database)
    assert done.files is not None
    assert len(done.files.sums) == len(SOUND)
    assert {one.key: one.size for one in done.files.sums} == {
        name.removeprefix("evoke/moved/"): len(kept.body) for name, kept in bucket.objects.items()
    }
    assert len(done.sorted_files.unnamed) == 1
    assert any(len(str(one)) > 40 for one in done.sorted_files.missing)
    assert opened(at_s3, recorded) == {one: None if sound == b"lost" else sound for one, sound in recorded.items()}
    assert {one.key: there.read(one.key) for one in there.files()} == files_before
    # The target works: what counts up goes on, what may not be changed may not, and nobody moves to it again.
    with target.write() as session:
        make_session_key(session, organisation_id=people.owner.organisation_id, session_id=new_id())
        last = session.connection().execute(text("SELECT max(id) FROM heard_clip")).scalar_one()
        taken = session.connection().execute(
            text("INSERT INTO heard_clip (recording_id, method, sealed) SELECT recording_id, 'new', sealed "
                 "FROM heard_clip LIMIT 1 RETURNING id")
        ).scalar_one()  # fmt: skip
        assert taken > last
    with pytest.raises(Exception, match="never changed"), target.write() as session:
        session.connection().execute(text("DELETE FROM audit_event"))
    require_whole(target)
    target.close()
    with pytest.raises(MoveRefused, match="was moved to that database at"):
        moving.move(house.settings, at_s3, tell=quiet)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_it_moves_from_postgresql_to_another_folder_too(
    house: House, people: People, recorded: dict[UUID, bytes], target_url: str, tmp_path: Path
) -> None:
    to = target_of(house.settings, database=target_url, files=str(tmp_path / "new"))
    with house.database.read() as session:
        session.exec(select(Organisation.id)).all()  # somebody is connected
        with pytest.raises(MoveRefused, match="other connections"):
            moving.move(house.settings, to, tell=quiet)
    house.database.close()
    take_key_along(house.settings, to)
    beside_files(house.settings).put(f"{LEDGER}/2026-01-05/one.json", b"{}")
    done = moving.move(house.settings, to, tell=quiet)
    assert done.is_whole
    assert done.unfinished == 1
    assert beside_files(to).get(f"{LEDGER}/2026-01-05/one.json") == b"{}"
    assert list(opened(to, recorded).values()) == [*SOUND, None]
    checked = moving.check(house.settings, to, tell=quiet)
    assert checked.is_whole
    assert checked.files is not None
    assert done.files is not None
    assert checked.files.checksum == done.files.checksum
    assert checked.was_finished


class Killed(Exception):
    pass


@only_sqlite
def test_it_goes_on_wherever_it_was_killed(
    house: House, people: People, recorded: dict[UUID, bytes], target_url: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with house.database.write() as session:
        session.add_all([Job(name="old", args={"id": str(new_id())}, state=JobState.DONE) for _ in range(30)])
    to = target_of(house.settings, database=target_url, files=str(tmp_path / "new"))
    take_key_along(house.settings, to)
    monkeypatch.setattr("models.table_copy._FIRST", 4)
    monkeypatch.setattr("models.table_copy._MOST", 4)
    monkeypatch.setattr("models.moving.files._WRITTEN_DOWN", 1)
    dice = random.Random(3)
    kills = 0

    def dying(work: Callable[..., Any], chance: float) -> Callable[..., Any]:
        """Before it, or after it and before the transaction ends."""

        def maybe(*args: Any, **named: Any) -> Any:
            if dice.random() < chance:
                raise Killed
            done = work(*args, **named)
            if dice.random() < chance:
                raise Killed
            return done

        return maybe

    while True:
        with monkeypatch.context() as patched:
            if kills < 8:
                patched.setattr(moving_tables, "put_rows", dying(put_rows, 0.15))
                patched.setattr("models.moving.files._put", dying(put_file, 0.15))
                patched.setattr(moving, "count_on", dying(moving.count_on, 0.2))
            try:
                done = moving.move(house.settings, to, tell=quiet)
                break
            except Killed:
                kills += 1
                target = Database.of(to)
                with pytest.raises(MoveRefused, match="not finished"):
                    require_whole(target)
                target.close()
    assert kills >= 5
    assert done.is_whole
    target = Database.of(to)
    assert sums(target) == sums(house.database)
    target.close()
    assert list(opened(to, recorded).values()) == [*SOUND, None]


ONE_BY_ONE = """
import time
from models import table_copy
from models.moving import move, tables
from models.settings import get_settings
from web.move_command import target_of
import sys

table_copy._FIRST = table_copy._MOST = 3
put = tables.put_rows
def slowly(session, table, rows):
    done = put(session, table, rows)
    if table.name == "job":
        print("put", flush=True)
        time.sleep(0.05)
    return done
tables.put_rows = slowly
move.move(get_settings(), target_of(get_settings(), database=sys.argv[1], files=sys.argv[2]), tell=lambda _: None)
"""


@only_sqlite
def test_a_process_that_is_killed_leaves_what_the_command_goes_on_from(
    house: House, people: People, recorded: dict[UUID, bytes], target_url: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with house.database.write() as session:
        session.add_all([Job(name="old", args={}, state=JobState.DONE) for _ in range(60)])
    environment = house.settings.as_environment()
    child = subprocess.Popen(
        [sys.executable, "-c", ONE_BY_ONE, target_url, str(tmp_path / "new")], env=os.environ | environment,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    for _ in range(4):
        assert child.stdout.readline() == b"put\n"
    child.kill()
    child.wait()
    to = target_of(house.settings, database=target_url, files=str(tmp_path / "new"))
    target = Database.of(to)
    with target.read() as session:
        assert 0 < len(session.exec(select(Job.id)).all()) < 61
    with pytest.raises(MoveRefused, match="not finished"):
        require_whole(target)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)
    report = tmp_path / "report.json"
    told = ["migrate-to", "--database", target_url, "--files", str(tmp_path / "new"), "--report", str(report)]
    assert main(told) == 0
    said = capsys.readouterr()
    assert "Everything at the target is as at the source." in said.out
    assert f"EVOKE_DATA_DIR={tmp_path / 'new'}" in said.out
    assert "To go back" in said.out
    assert len(said.err.splitlines()) <= 11
    assert sums(target) == sums(house.database)
    assert '"whole": true' in report.read_text()

    # Somebody changes a row and a file at the target: the check finds both.
    with target.write() as session:
        session.connection().execute(text("UPDATE team SET name = 'Other' WHERE id = :id"), {"id": people.team.id})
    there = Storage(to)
    key = sorted(there.keys())[0]
    obstore.put(there.store, key, there.read(key)[:-1] + b"?")
    assert main([*told, "--check"]) == 1
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines() if "NO: " in line] == ["team"]
    assert f"  {key}" in said.out
    assert "The target is NOT as the source" in said.out
    target.close()


@only_sqlite
def test_it_is_refused_before_anything_is_written(
    house: House, people: People, target_url: str, tmp_path: Path, settings: Settings
) -> None:
    to = target_of(settings, database=target_url, files=str(tmp_path / "new"))

    def refused(match: str, target: Settings = to, source: Settings = settings) -> None:
        with pytest.raises(EvokeError, match=match):
            moving.move(source, target, tell=quiet)

    wrong = settings.model_copy(update={"master_key": SecretStr("A" * 43 + "=")})
    refused("The master key is not the one", source=wrong)
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new" / "master.key").write_text("A" * 43 + "=")
    refused("is another master key")
    (tmp_path / "new" / "master.key").unlink()
    with house.database.write() as session:
        session.exec(select(Organisation.id)).all()
        refused("Somebody writes")
    refused("cannot be used", to.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"}))
    with pytest.raises(EvokeError, match="give an address like"):
        target_of(settings, database="mysql://here", files="")
    target = Database.of(to)
    with target.write() as session:
        session.add(Job(name="already here", args={}))
    refused("the target is not empty .there are rows in job")
    with target.write() as session:
        session.connection().execute(text("DELETE FROM job"))
        session.connection().execute(text("UPDATE alembic_version SET version_num = 'other'"))
    refused("the target is at version other")
    assert set(sums(target).values()) == {moving.Sum()}
    target.close()
    nothing = settings.model_copy(update={"data_dir": tmp_path / "nothing"})
    refused("at version none", source=nothing)


@only_sqlite
def test_who_runs_is_seen_and_who_would_start_meanwhile_is_told(settings: Settings, tmp_path: Path) -> None:
    script = (
        "from models.running import run_on; from models.settings import get_settings; run_on(get_settings());"
        "print('runs', flush=True); input()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | settings.as_environment(), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == b"runs\n"
    with pytest.raises(StillRunning), stopped(settings):
        pass
    child.kill()
    child.wait()
    with stopped(settings), pytest.raises(BeingMoved):
        run_on(settings)
    with pytest.raises(BlockingIOError), stopped(settings):
        raise BlockingIOError  # of something else, which is not told as a website that runs


@only_sqlite
def test_a_source_that_changed_in_between_is_found(
    house: House, people: People, target_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = target_of(house.settings, database=target_url, files="")
    with monkeypatch.context() as patched:
        patched.setattr(moving, "_finish", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            moving.move(house.settings, to, tell=quiet)
    with house.database.write() as session:
        session.get_one(Organisation, people.owner.organisation_id).name = "New"
    with pytest.raises(MoveRefused, match=r"has changed since the move began \(in organisation\)"):
        moving.move(house.settings, to, tell=quiet)


@only_sqlite
def test_a_row_that_postgresql_does_not_take_is_named_without_what_is_in_it_and_a_lost_connection_too(
    house: House, people: People, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        session.connection().execute(
            text("UPDATE person SET name = :name WHERE email LIKE 'olu%'"), {"name": "Secretly" * 60}
        )
    to = target_of(house.settings, database=target_url, files="")
    with pytest.raises(RowsRefused) as refused:
        moving.move(house.settings, to, tell=quiet)
    assert "person" in refused.value.message
    assert "name" in refused.value.message
    assert "Secretly" not in refused.value.message
    with house.database.write() as session:
        session.connection().execute(text("UPDATE person SET name = 'Olu' WHERE email LIKE 'olu%'"))

    def cut_off(session: Session, table: Table, rows: list[Row]) -> int:
        session.connection().execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return put_rows(session, table, rows)

    with monkeypatch.context() as patched:
        patched.setattr(moving_tables, "put_rows", cut_off)
        with pytest.raises(MoveBroken, match=r"failed on the way \(AdminShutdown 57P01\)"):
            moving.move(house.settings, to, tell=quiet)
    assert moving.move(house.settings, to, tell=quiet).is_whole
