"""A database that is busy, away or full: an answer that says what to do, to people and to programs, and a fault of ours
stays one. The troubles are the databases' own, not made-up exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.house import House
from models.database_errors import DatabaseTrouble, cause_of, may_be_ours, trouble_of, unless_trouble
from models.settings import Settings
from tests.conftest import People
from tests.web.conftest import Client, PageClient
from web.app import create_app
from web.pages import sign_in

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"])


def pragma(house: House, words: str) -> None:
    """On the one connection that writes, for as long as this process runs."""
    with house.database.write() as session:
        session.connection().exec_driver_sql(f"PRAGMA {words}")


@contextmanager
def somebody_writes(house: House, settings: Settings) -> Iterator[None]:
    pragma(house, "busy_timeout=10")
    other = House.of(settings)
    try:
        with other.database.write() as session:
            session.connection()
            yield
    finally:
        other.database.close()


def house_of(one: PageClient) -> House:
    house: House = one.app.state.house  # type: ignore[attr-defined]
    return house


@on_sqlite
def test_who_waits_too_long_for_another_writer_is_told_to_come_again(
    client: Client, people: People, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    owner = client(people.owner)
    with somebody_writes(house_of(owner), settings):
        page = owner.post("/sign-out")
        told = owner.post("/sign-out", headers={"accept": "application/json"})
    assert (page.status_code, page.headers["retry-after"]) == (503, "10")
    assert "very busy" in page.text
    assert "Reload this page to send it again" in page.text
    assert "Nothing that was kept before is lost" in page.text
    assert (told.json()["code"], told.json()["retry_after"]) == ("database_busy", 10)
    line = next(one.getMessage() for one in caplog.records if one.name == "evoke.web")
    assert line == "the database: OperationalError SQLITE_BUSY at POST /sign-out", (
        "no trace for every request of a bad hour"
    )
    assert owner.post("/sign-out").url.path == "/sign-in", "and then it is done"


@on_sqlite
def test_so_is_who_waits_too_long_for_a_writer_of_the_same_website(
    client: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    house = house_of(owner)
    monkeypatch.setattr(house.database.write_engine.pool, "_timeout", 0.05)
    with house.database.write() as session:
        session.connection()
        assert owner.post("/sign-out").status_code == 503
    assert owner.post("/sign-out").url.path == "/sign-in"


@on_sqlite
def test_a_full_disk(client: Client, people: People) -> None:
    owner = client(people.owner)
    house = house_of(owner)
    pragma(house, "max_page_count=1")  # SQLite takes the size that it has
    answers = [owner.post("/sign-in", data={"email": f"a{at}@b.example", "password": "x" * 50}) for at in range(200)]
    full = [one for one in answers if one.status_code == 507]
    assert full
    assert "no disk space left" in full[0].text
    assert {one.status_code for one in answers} <= {507, 401}


@on_sqlite
def test_a_disk_that_can_only_be_read(client: Client, people: People) -> None:
    owner = client(people.owner)
    pragma(house_of(owner), "query_only=ON")
    answer = owner.post("/sign-out")
    assert answer.status_code == 503
    assert "cannot be reached" in answer.text
    assert owner.get("/").status_code == 200, "who reads goes on"


@on_sqlite
def test_a_disk_that_went_away(client: Client, people: People, settings: Settings, tmp_path: Path) -> None:
    owner = client(people.owner)
    house_of(owner).database.close()
    settings.data_dir.rename(tmp_path / "elsewhere")
    gone = owner.get("/")
    assert gone.status_code == 503
    assert "Reload this page" not in gone.text, "it says already to try again, and nothing was sent"
    assert owner.get("/health").status_code == 503
    (tmp_path / "elsewhere").rename(settings.data_dir)
    assert owner.get("/").status_code == 200


@contextmanager
def closed(settings: Settings, server: str) -> Iterator[None]:
    """Every connection to this test's database is cut, and no new one is let in."""
    name = make_url(settings.url).database
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@on_postgresql
def test_a_server_that_lets_nobody_in(client: Client, people: People, settings: Settings, postgres_server: str) -> None:
    owner = client(people.owner)
    with closed(settings, postgres_server):
        for answer in (owner.get("/"), owner.post("/sign-out"), owner.get("/health")):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
            assert "cannot be reached" in answer.text
        scim = owner.get("/scim/v2/Users", headers={"authorization": "Bearer evoke_x"})
        assert (scim.status_code, scim.json()["status"]) == (503, "503")
    assert owner.get("/").status_code == 200


@on_postgresql
@pytest.mark.parametrize(
    ("state", "code"),
    [("53100", "database_full"), ("40P01", "database_busy"), ("55P03", "database_busy"), ("53300", "database_busy"),
     ("57P01", "database_unreachable"), ("25006", "database_unreachable"), ("08006", "database_unreachable"),
     ("P0001", None), ("22012", None)],
)  # fmt: skip
def test_what_a_server_says_of_a_statement(house: House, state: str, code: str | None) -> None:
    raised = text(f"DO $$ BEGIN RAISE EXCEPTION 'a name' USING ERRCODE = '{state}'; END $$")
    with pytest.raises(DBAPIError) as caught, house.database.write() as session:
        session.connection().execute(raised)
    trouble = trouble_of(caught.value)
    assert (trouble.code if trouble else None) == code
    assert cause_of(caught.value).endswith(f" {state}")


@on_postgresql
def test_a_connection_that_broke_in_a_change_leaves_it_open_whether_it_was_done(
    house: House, postgres_server: str
) -> None:
    with house.database.write() as session:
        here = session.connection()
        pid = here.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(postgres_server, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        with pytest.raises(DBAPIError) as caught:
            here.execute(text("SELECT pg_sleep(5)"))
        session.rollback()
    trouble = trouble_of(caught.value)
    assert isinstance(trouble, DatabaseTrouble)
    assert trouble.unsure


def test_a_mistake_of_ours_in_a_statement_stays_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite calls it an OperationalError too."""

    def broken(session: object) -> bool:
        return bool(session.connection().execute(text("SELECT 1 FROM no_such_table")))  # type: ignore[attr-defined]

    monkeypatch.setattr(sign_in, "is_empty", broken)
    with PageClient(create_app(settings), base_url="http://evoke.test", raise_server_exceptions=False) as visitor:
        assert visitor.get("/sign-in").status_code == 500


def test_what_is_not_of_the_database_is_no_trouble_of_it() -> None:
    assert trouble_of(RuntimeError("x")) is None


@on_sqlite
def test_what_was_done_in_part_is_not_to_be_sent_again_without_a_look(
    client: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first transaction is kept, and the next meets a busy database."""

    def in_two(_session: object, _secret: str) -> None:
        with house_of(owner).database.write(aside=aside) as session:
            session.connection().execute(text("UPDATE person SET name = name"))
        raise PoolTimeout

    owner = client(people.owner)
    monkeypatch.setattr(sign_in, "end_sign_in", in_two)
    aside = True
    assert "Reload this page to send it again" in owner.post("/sign-out").text
    aside = False
    page = owner.post("/sign-out")
    assert "may be there, whole or in part: look first" in page.text
    assert "Reload" not in page.text
    assert "retry-after" not in page.headers


@on_sqlite
def test_another_site_that_asks_while_the_database_is_away_gets_an_answer_too(
    client: Client, people: People, settings: Settings, tmp_path: Path
) -> None:
    owner = client(people.owner)
    house_of(owner).database.close()
    settings.data_dir.rename(tmp_path / "elsewhere")
    answer = owner.post("/sign-out", headers={"sec-fetch-site": "cross-site"})
    (tmp_path / "elsewhere").rename(settings.data_dir)
    assert answer.status_code == 503


@on_sqlite
def test_a_token_is_refused_as_its_standard_has_it(client: Client, people: People, settings: Settings) -> None:
    visitor = client(None)
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    with somebody_writes(house_of(visitor), settings):
        answer = visitor.post("/api/v1/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"] == "10"


@on_sqlite
def test_a_write_where_we_only_read_is_told_with_its_place(house: House) -> None:
    with pytest.raises(DBAPIError) as caught, house.database.read() as session:
        session.connection().exec_driver_sql("DELETE FROM person")
    assert may_be_ours(caught.value)
    assert not may_be_ours(PoolTimeout())


@on_postgresql
def test_so_is_one_on_postgresql(house: House) -> None:
    with pytest.raises(DBAPIError) as caught, house.database.read() as session:
        session.connection().exec_driver_sql("DELETE FROM person")
    assert may_be_ours(caught.value)


def test_what_may_be_written_next_time_hides_no_mistake(house: House) -> None:
    with unless_trouble():
        raise PoolTimeout
    with pytest.raises(DBAPIError), unless_trouble(), house.database.write() as session:
        session.connection().execute(text("SELECT 1 FROM no_such_table"))
