"""The audit trail: chained, refused any change by the database, and checked to the row."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from api.house import House
from models.audit import AuditEvent, AuditHead, record_audit
from models.audit_chain import check_chains
from models.audit_hash import SYSTEM, hash_of
from models.audit_triggers import guard, unguard
from models.browser_sign_in import start_sign_in
from models.columns import new_id
from models.database import Database
from models.migrations import alembic_config
from models.organisation import Organisation
from models.origin import Channel, acting
from models.person import Person
from models.settings import Settings
from tests.conftest import People
from web.cli import main


def note(session: Session, people: People, action: str = "noted", **details: str) -> None:
    person = session.get_one(Person, people.owner.person_id)
    record_audit(
        session, action=action, subject=person, organisation_id=person.organisation_id, by=person.id, **details
    )


def trail(house: House, people: People) -> list[AuditEvent]:
    with house.database.read() as session:
        rows = select(AuditEvent).where(col(AuditEvent.chain) == people.owner.organisation_id)
        return list(session.exec(rows.order_by(col(AuditEvent.sequence))))


def fill(house: House, people: People, rows: int = 6) -> None:
    for number in range(rows):
        with house.database.write() as session:
            note(session, people, number=str(number))


def tamper(house: House, statement: str, **values: object) -> None:
    """As somebody who owns the database could: the triggers out of the way, and back afterwards."""
    with house.database.write_engine.begin() as connection:
        unguard(connection)
        connection.execute(text(statement), values)
        guard(connection)


def test_each_row_holds_the_hash_of_the_one_before(house: House, people: People) -> None:
    fill(house, people)
    rows = trail(house, people)
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.previous_hash for row in rows] == ["0" * 64, *(row.hash for row in rows[:-1])]
    assert all(row.hash == hash_of(row.as_values()) for row in rows)
    with house.database.read() as session:
        (checked,) = check_chains(session)
        assert (checked.rows, checked.head, checked.broken) == (6, rows[-1].hash, None)


def test_every_organisation_and_the_system_have_a_chain_of_their_own(house: House, people: People) -> None:
    with house.database.write() as session:
        for actor in (people.owner, people.stranger, people.owner):
            start_sign_in(session, session.get_one(Person, actor.person_id), settings=house.settings)
        organisation = session.exec(select(Organisation)).first()
        record_audit(session, action="noted", subject=organisation, organisation_id=None, by=None)
    with house.database.read() as session:
        assert [(one.rows, one.broken) for one in check_chains(session)] in (
            [(1, None), (2, None), (1, None)],
            [(1, None), (1, None), (2, None)],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'other'",
        "DELETE FROM audit_event WHERE sequence = 6",
        "UPDATE audit_head SET sequence = 5",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_row(house: House, people: People, statement: str) -> None:
    fill(house, people)
    before = [row.as_values() for row in trail(house, people)]
    with pytest.raises(DBAPIError), house.database.write_engine.begin() as connection:
        connection.execute(text(statement))
    assert [row.as_values() for row in trail(house, people)] == before
    with house.database.read() as session:
        assert session.exec(select(AuditHead.sequence)).one() == 6


@pytest.mark.parametrize(
    ("statement", "broken", "problem"),
    [
        ("UPDATE audit_event SET action = 'other' WHERE sequence = 3", 3, "changed"),
        ("UPDATE audit_event SET address = '10.0.0.9' WHERE sequence = 1", 1, "changed"),
        ('UPDATE audit_event SET details = \'{"number": "9"}\' WHERE sequence = 4', 4, "changed"),
        ("UPDATE audit_event SET hash = 'f' WHERE sequence = 5", 5, "changed"),
        ("DELETE FROM audit_event WHERE sequence = 3", 3, "missing"),
        ("DELETE FROM audit_event WHERE sequence > 4", 5, "missing"),
        ("DELETE FROM audit_head", 7, "head"),
    ],
)
def test_the_first_row_that_is_not_whole_is_named(
    house: House, people: People, statement: str, broken: int, problem: str
) -> None:
    fill(house, people)
    tamper(house, statement)
    with house.database.read() as session:
        (checked,) = check_chains(session)
    assert (checked.broken, checked.rows) == (broken, broken - 1)
    assert problem in checked.problem


def test_a_row_that_is_chained_anew_shows_against_what_was_kept(house: House, people: People) -> None:
    """Who owns the database can compute a whole new chain: only an export that lies elsewhere shows that."""
    fill(house, people)
    kept = {(row.chain, row.sequence): row.hash for row in trail(house, people)}
    last = trail(house, people)[-1]
    last.action = "nothing"
    new = hash_of(last.as_values())
    tamper(house, "UPDATE audit_event SET action = 'nothing', hash = :new WHERE sequence = 6", new=new)
    with house.database.write_engine.begin() as connection:
        unguard(connection)
        connection.execute(text("UPDATE audit_head SET hash = :new"), {"new": new})
        guard(connection)
    with house.database.read() as session:
        assert check_chains(session)[0].broken is None
        assert check_chains(session, kept)[0].broken == 6


def test_many_who_audit_at_once_make_one_chain(house: House, people: People) -> None:
    start = threading.Barrier(6)
    failed: list[Exception] = []

    def work() -> None:
        start.wait()
        try:
            for _ in range(8):
                with house.database.write() as session:
                    note(session, people)
                    note(session, people)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with house.database.read() as session:
        (checked,) = check_chains(session)
    assert (checked.rows, checked.broken) == (96, None)


def test_what_was_undone_is_not_audited(house: House, people: People) -> None:
    def fail_in(session: Session) -> None:
        note(session, people, "undone")
        raise ZeroDivisionError

    with house.database.write() as session:
        note(session, people, "kept")
        with suppress(ZeroDivisionError), session.begin_nested():
            fail_in(session)
        with session.begin_nested():
            note(session, people, "kept in a savepoint")
    with suppress(ZeroDivisionError), house.database.write() as session:
        fail_in(session)
    with Session(house.database.write_engine) as session:
        note(session, people, "undone")
        session.rollback()
        note(session, people, "after")
        session.commit()
    assert [row.action for row in trail(house, people)] == ["kept", "kept in a savepoint", "after"]


def test_a_row_says_from_where(house: House, people: People) -> None:
    with acting(Channel.PAGE, "192.0.2.7" * 20):
        fill(house, people, 1)
    with acting(Channel.WORKER):
        fill(house, people, 1)
    fill(house, people, 1)
    rows = trail(house, people)
    assert [row.channel for row in rows] == [Channel.PAGE, Channel.WORKER, Channel.NOT_KNOWN]
    assert [row.address for row in rows] == [("192.0.2.7" * 20)[:64], "", ""]


@pytest.fixture
def empty(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    if database_kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        server: str = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE before_the_chain")
        url = Settings(database_url=server.replace("/postgres?", "/before_the_chain?")).url
    database = Database(url)
    yield database
    database.close()
    if database_kind == "postgresql":
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE before_the_chain WITH (FORCE)")


def test_rows_from_before_the_chain_are_chained_by_the_migration(empty: Database) -> None:
    from alembic import command

    def times(revision: str) -> list[tuple[object, ...]]:
        getattr(command, revision.partition(" ")[0])(alembic_config(empty), revision.partition(" ")[2])
        with empty.write_engine.connect() as connection:
            return [
                tuple(row) for row in connection.execute(text("SELECT id, at, action FROM audit_event ORDER BY at"))
            ]

    assert times("upgrade 0010-1") == []
    ours, theirs = new_id(), new_id()
    with empty.write_engine.begin() as connection:
        for hour, organisation in enumerate((ours, theirs, ours, None, ours)):
            connection.execute(
                text(
                    "INSERT INTO audit_event (id, at, organisation_id, action, subject_type, subject_id, details) "
                    'VALUES (:id, :at, :organisation, \'signed_in\', \'Person\', :id, \'{"b": "2", "a": "1"}\')'
                ).bindparams(bindparam("id", type_=Uuid()), bindparam("organisation", type_=Uuid())),
                {"id": new_id(), "at": f"2026-03-29 {9 - hour:02}:30:00.5", "organisation": organisation},
            )
    kept = times("upgrade 0010-1")
    assert times("upgrade 0010") == kept
    assert times("downgrade 0010-1") == kept
    assert times("upgrade head") == kept
    with empty.write() as session:
        record_audit(session, action="noted", subject=Organisation(name=""), organisation_id=ours, by=None)
    with empty.read() as session:
        found = {one.chain: (one.rows, one.broken) for one in check_chains(session)}
    assert found == {ours: (4, None), theirs: (1, None), SYSTEM: (1, None)}
    with pytest.raises(DBAPIError), empty.write_engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_event"))


@pytest.fixture
def evoke(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple]:  # type: ignore[type-arg]
    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["audit", *arguments])
        return status, *capsys.readouterr()

    return run


def test_the_command_checks_and_exports(house: House, people: People, evoke: Callable, tmp_path: Path) -> None:  # type: ignore[type-arg]
    fill(house, people)
    kept = tmp_path / "kept.json"
    assert evoke("export", "--out", str(kept))[0] == 0
    assert [row["sequence"] for row in json.loads(kept.read_text())] == [1, 2, 3, 4, 5, 6]
    status, out, _ = evoke("check", "--against", str(kept))
    assert status == 0
    assert out == f"Ferndale Council: whole, 6 rows, last {trail(house, people)[-1].hash}\n"
    _, out, _ = evoke("export", "--format", "csv", "--organisation", "Ferndale Council")
    assert len(out.splitlines()) == 7
    assert "Olu Owner" in out
    assert "There is no organisation" in evoke("export", "--organisation", "Nowhere")[2]

    tamper(house, "DELETE FROM audit_event WHERE sequence = 2")
    status, out, _ = evoke("check")
    assert status == 1
    assert "Ferndale Council: BROKEN at row 2: this row is missing." in out
    assert out.startswith("Evoke itself: whole, 1 rows")  # that it was checked
    kept.write_text(kept.read_text().replace("noted", "other"))
    assert "was changed since it was exported: its row 1" in evoke("check", "--against", str(kept))[2]
    kept.write_text("{}")
    assert "is not an audit trail" in evoke("check", "--against", str(tmp_path / "none"))[2]
