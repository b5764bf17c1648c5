"""The night after a withdrawal: no byte of what was said is left; ended agreements go; deletions that stopped go on."""

import contextlib
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import col, select, update

from api.house import House
from coding.consent import agreements_of
from coding.nightly import ensure_nightly, next_night
from models.consent import Agreement
from models.job import Job, JobState
from models.organisation import Organisation
from models.person import Role
from models.practice import Recording
from models.queue import enqueue
from models.settings import Settings
from models.withdrawal import Why, Withdrawal
from tests.conftest import People, add_person, work_off
from tests.fixtures.role_play import MONO, WHISPER
from tests.web.conftest import Client
from tests.web.test_withdrawal import ALL, add, left
from web.worker import Worker

pytestmark = pytest.mark.usefixtures("own_temporary_folder")
Record = Callable[[str, object], None]
PHRASE = "nettle soup at half past nine"
TALK = f"Worker: What would you like?\nParent: There was {PHRASE}, and I want to stop.\nWorker: You want to stop.\n"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"whisper_model": str(WHISPER)})


def at_night(house: House, worker: Worker) -> None:
    with house.database.write() as session:
        session.exec(update(Job).where(col(Job.name) == "nightly").values(state=JobState.CANCELLED))
        enqueue(session, "nightly")
    work_off(worker)


def everywhere(house: House) -> bytes:
    """All bytes of the data folder and the temporary one, and of PostgreSQL's own folder, its log, or its tables as
    text."""
    found = _bytes_in(house.settings.data_dir, Path(tempfile.gettempdir()))
    if house.database.is_sqlite:
        return found
    with house.database.read() as session:
        folder = Path(str(session.connection().execute(text("SHOW data_directory")).scalar()))
        tables = session.connection().execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = [str(name) for (name,) in tables]
        database = session.connection().execute(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        own = (folder / "base" / str(database.scalar()), folder / "pg_wal")
    url = house.settings.database_url
    with psycopg.connect(url) as connection:
        for name in names:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                found += b"".join(bytes(piece) for piece in copy)
    return found + _bytes_in(*own)


def _bytes_in(*folders: Path) -> bytes:
    found = []
    for path in [path for folder in folders for path in folder.rglob("*") if path.is_file()]:
        with contextlib.suppress(FileNotFoundError):  # PostgreSQL puts old pieces of its log away meanwhile
            found.append(path.read_bytes())
    return b"".join(found)


def test_no_byte_of_it_is_left(
    client: Client, people: People, house: House, worker: Worker, record_property: Record
) -> None:
    owner = client(people.owner)
    session_id = add(owner, data=TALK.encode(), title=f"About {PHRASE}", change_goal=PHRASE)
    work_off(worker)
    assert PHRASE in owner.get(f"/sessions/{session_id}").text
    assert b"code_transcript" in everywhere(house)  # it does look where rows lie
    owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    work_off(worker)
    at_night(house, worker)
    assert left(house, session_id) == {}
    found = PHRASE.encode() in everywhere(house)
    record_property("looked_for", 1)
    record_property("found", int(found))
    assert not found


@pytest.mark.slow
def test_no_byte_of_a_recording_or_of_what_was_heard_in_it_is_left(
    client: Client, people: People, house: House, worker: Worker, record_property: Record
) -> None:
    owner = client(people.owner)
    sound = MONO.read_bytes()
    details = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less"}
    added = owner.post("/api/v1/sessions", data=details, files={"file": (f"{PHRASE}.ogg", sound)}).json()
    work_off(worker)
    turns = owner.get(added["url"]).json()["turns"]
    heard = max((one["text"] for turn in turns for one in turn["utterances"]), key=len)
    assert len(heard) > 20
    with house.database.read() as session:
        kept = session.exec(select(Recording)).one()
        sealed = (house.settings.data_dir / "files" / kept.storage_key).read_bytes()
    pieces = [one[at : at + 64] for one in (sound, sealed) for at in range(256, len(one) - 64, len(one) // 20)]
    assert sealed[256:320] in everywhere(house)
    owner.post(f"/sessions/{added['id']}/withdraw", data=ALL)
    work_off(worker)
    at_night(house, worker)
    everything = everywhere(house)
    looked_for = [heard.encode(), PHRASE.encode(), *pieces]
    found = [one for one in looked_for if one in everything]
    record_property("looked_for", len(looked_for))
    record_property("found", len(found))
    assert found == []


def test_an_ended_agreement_takes_the_session_with_it(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    ended, kept = add(owner), add(owner)
    work_off(worker)
    with house.database.write() as session:
        for row in agreements_of(session, UUID(ended)):
            row.given_on, row.expires_on = date(2020, 1, 1), date(2021, 1, 1)
            session.add(row)
    at_night(house, worker)
    assert left(house, ended) == {}
    assert left(house, kept)
    with house.database.read() as session:
        [one] = session.exec(select(Withdrawal)).all()
        assert (one.why, one.by_id) == (Why.AGREEMENT_ENDED, None)
        assert session.exec(select(Agreement)).all()


def test_a_deletion_that_had_stopped_goes_on(client: Client, people: People, house: House, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    with house.database.write() as session:
        session.exec(update(Job).where(col(Job.name) == "delete_session").values(state=JobState.FAILED))
    assert work_off(worker) == 0
    at_night(house, worker)
    assert left(house, session_id) == {}


def test_one_night_waits_for_the_whole_installation(house: House, worker: Worker) -> None:
    for _ in range(3):
        ensure_nightly(house.database)
    assert work_off(worker) == 0  # it is not due by day
    at_night(house, worker)
    ensure_nightly(house.database)
    with house.database.read() as session:
        [waits] = session.exec(select(Job).where(col(Job.name) == "nightly", col(Job.state) == JobState.WAITING)).all()
    assert waits.run_at > datetime.now(UTC)
    assert next_night(datetime(2026, 11, 4, 1, 59, tzinfo=UTC)) == datetime(2026, 11, 4, 2, tzinfo=UTC)
    assert next_night(datetime(2026, 11, 4, 2, tzinfo=UTC)) == datetime(2026, 11, 5, 2, tzinfo=UTC)


def test_the_page_switches_and_counts(client: Client, people: People, house: House, worker: Worker) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        ada = add_person(session, home, "Ada Administrator", role=Role.ADMINISTRATOR)
    owner, administrator = client(people.owner), client(ada)
    empty = administrator.get("/retention").text
    assert "Nothing is held" in empty
    assert "Nothing has gone yet" in empty
    session_id = add(owner, title="A quiet word")
    page = administrator.post("/retention/real-practice", data={"on": "yes"}).text
    assert "By Ada Administrator" in page
    assert "Real practice</label>" in owner.get("/sessions/new").text
    assert f"/sessions/{session_id}/withdraw" in page
    assert "quiet word" not in page
    fits = (
        ({"who": "olu own"}, True),
        ({"who": "%"}, False),
        ({"until": "2020-01-01"}, False),
        ({"until": "31 May"}, True),
    )
    for query, there in fits:
        shown = administrator.get("/retention", params=query).text
        assert (f"/sessions/{session_id}/withdraw" in shown, "No session fits" in shown) == (there, not there)
    administrator.post(f"/sessions/{session_id}/withdraw", data=ALL)
    work_off(worker)
    assert ">Proof<" in administrator.get("/retention").text
    assert "Switched off" in administrator.post("/retention/real-practice", data={"on": "no"}).text
