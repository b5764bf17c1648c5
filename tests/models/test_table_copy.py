"""What an installation's tables are copied by, and what proves the copy."""

from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    insert,
    text,
)
from sqlalchemy import select as sql_select
from sqlmodel import select

from api.house import House
from models.audit import record_audit
from models.audit_chain import check_chains
from models.columns import BIG_INTEGER, JsonType, UtcDateTime, enum_type
from models.database import Database
from models.job import Job, JobState
from models.settings import Settings
from models.table_copy import (
    Sum,
    count_on,
    key_of,
    put_rows,
    refers_to_itself,
    rows_of,
    snapshot,
    sum_of,
    sum_rows,
    tables_in_order,
)
from tests.conftest import People

EVERY_KIND = Table(
    "every_kind", MetaData(),
    Column("id", Uuid, primary_key=True), Column("day", Date, primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("at", UtcDateTime), Column("yes", Boolean), Column("number", BigInteger), Column("share", Float),
    Column("kept", LargeBinary), Column("body", JsonType), Column("state", enum_type(JobState)),
    Column("words", String),
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
).filter(lambda value: isinstance(value, list | dict | str | None))
"""A number by itself SQLite would not keep as text, and so SQLAlchemy not read again."""
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.uuids(), "day": st.dates(date(1900, 1, 1)), "name": TEXTS,
            "at": st.none() | st.datetimes(timezones=st.just(UTC)),
            "yes": st.none() | st.booleans(), "number": st.none() | st.integers(-(2**63), 2**63 - 1),
            "share": st.none() | NUMBERS, "kept": st.none() | st.binary(max_size=30), "body": JSON,
            "state": st.none() | st.sampled_from(JobState), "words": st.none() | TEXTS,
        }
    ),
    max_size=8, unique_by=lambda row: row["id"],
)  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[tuple[Database, Database]]:
    name = f"kinds_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = Settings(_env_file=None, database_url=postgres_server.replace("/postgres?", f"/{name}?")).url  # type: ignore[call-arg]
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('kinds') / 'kinds.sqlite3'}"), Database(url)
    for one in made:
        EVERY_KIND.metadata.create_all(one.write_engine)
    yield made
    for one in made:
        one.close()
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@given(rows=ROWS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_random_rows_have_the_same_sum_on_both_and_survive_the_way_there_and_back(
    both: tuple[Database, Database], rows: list[dict[str, object]]
) -> None:
    kept = []
    for one in both:
        with one.write() as session:
            session.connection().execute(EVERY_KIND.delete())
            if rows:
                session.connection().execute(insert(EVERY_KIND), rows)
            kept.append(sum_of(session, EVERY_KIND))
    assert kept[0] == kept[1]
    assert kept[0].count == len(rows)
    for origin, target in (both, both[::-1]):
        with origin.read() as there, target.write() as here:
            here.connection().execute(EVERY_KIND.delete())
            assert put_rows(here, EVERY_KIND, (row for some in rows_of(there, EVERY_KIND) for row in some)) == len(rows)
            assert sum_of(here, EVERY_KIND) == kept[0]
            found = {row.id: row for row in here.connection().execute(EVERY_KIND.select())}
            for row in rows:
                same = [name for name in row if name != "body"]  # whose numbers PostgreSQL writes in its own way
                assert [getattr(found[row["id"]], name) for name in same] == [row[name] for name in same]


def test_a_sum_sees_a_change_a_loss_and_a_double_but_not_the_order(house: House) -> None:
    table = Job.__table__  # type: ignore[attr-defined]
    with house.database.write() as session:
        session.add_all([Job(name=f"job {n}", args={"id": str(UUID(int=n)), "b": "x"}) for n in range(500)])
        session.flush()
        before = sum_of(session, table)
        rows = [row for some in rows_of(session, table) for row in some]
        assert before == sum_rows(table, rows[::-1]) == sum_rows(table, rows[:7]) + sum_rows(table, rows[7:])
        assert before != sum_rows(table, rows[1:])
        assert before != sum_rows(table, [*rows[1:], rows[1]])
        changed = session.exec(select(Job).where(Job.name == "job 77")).one()
        changed.args = {"id": str(UUID(int=78)), "b": "x"}
        session.flush()
        assert sum_of(session, table) != before
    assert Sum() == sum_rows(table, [])


def test_rows_go_on_after_any_of_them(house: House) -> None:
    table = Job.__table__  # type: ignore[attr-defined]
    with house.database.write() as session:
        session.add_all([Job(name="job", args={}) for _ in range(450)])
    with snapshot(house.database) as session:
        with house.database.write() as other:
            other.add(Job(name="later", args={}))
        rows = [row for some in rows_of(session, table) for row in some]
        assert len(rows) == 450  # as it was when the snapshot was taken
        for place in (0, 199, 448, 449):
            rest = [row for some in rows_of(session, table, after=key_of(table, rows[place])) for row in some]
            assert rest == rows[place + 1 :]


def test_long_rows_come_a_few_at_a_time_after_however_many_short_ones(house: House) -> None:
    """As transcripts do after those whose words are gone."""
    kept = Table("kept_bytes", MetaData(), Column("id", BigInteger, primary_key=True), Column("kept", LargeBinary))
    sizes = [0] * 3000 + [300_000] * 40 + [9_000_000, 0, 300_000]
    with house.database.write() as session:
        kept.create(session.connection())
        rows = ((at, None if size == 0 else "ab" * size) for at, size in enumerate(sizes))
        assert put_rows(session, kept, rows) == len(sizes)
    with house.database.read() as session:
        batches = [[len(str(row[1] or "")) for row in rows] for rows in rows_of(session, kept)]
    assert [size for rows in batches for size in rows] == [2 * size for size in sizes]
    assert all(sum(rows) <= 4 << 20 or len(rows) == 1 for rows in batches)
    assert len(batches) < 30


def test_every_table_goes_before_those_that_refer_to_it() -> None:
    seen = set()
    for table in tables_in_order():
        for key in table.foreign_keys:
            assert key.column.table in seen or key.column.table is table
        seen.add(table)
    assert [table.name for table in tables_in_order() if refers_to_itself(table)] == ["review"]


def test_an_audited_database_is_whole_where_it_is_copied_to(
    house: House, people: People, sqlite_template: Path, tmp_path: Path
) -> None:
    """From both kinds into an empty database, whose triggers stand."""
    with house.database.write() as session:
        for _ in range(3):
            record_audit(session, action="signed_in", subject=people.team, organisation_id=people.owner.organisation_id,
                         by=people.owner.person_id)  # fmt: skip
    (tmp_path / "copy.sqlite3").write_bytes(sqlite_template.read_bytes())
    copy = Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    with house.database.snapshot() as there, copy.write() as here:
        for table in tables_in_order():
            assert sum_of(here, table) == Sum()
            put_rows(here, table, (row for some in rows_of(there, table) for row in some))
        count_on(here)
        for table in tables_in_order():
            assert sum_of(here, table) == sum_of(there, table)
        assert [one.broken for one in check_chains(here)] == [None] * len(check_chains(there))
    with copy.write() as here, pytest.raises(Exception, match="never changed"):
        here.connection().execute(text("DELETE FROM audit_event"))
    copy.close()


def test_a_row_may_refer_to_a_later_one_of_its_own_table(house: House) -> None:
    table = Table(
        "follows", MetaData(), Column("id", BigInteger, primary_key=True),
        Column("after_id", BigInteger, ForeignKey("follows.id")),
    )  # fmt: skip
    assert refers_to_itself(table)
    with house.database.write() as session:
        table.create(session.connection())
        put_rows(session, table, [(1, 2), (2, None), (3, 1)])
    with house.database.read() as session:
        assert sum_of(session, table) == sum_rows(table, [(3, 1), (1, 2), (2, None)])


def test_ids_count_on_after_the_last_that_was_put(house: House) -> None:
    counted = Table("counted", MetaData(), Column("id", BIG_INTEGER, primary_key=True), Column("name", String(9)))
    assert [t.name for t in tables_in_order() if t.autoincrement_column is not None] == [
        "webhook_delivery", "heard_clip", "utterance",
    ]  # fmt: skip
    with house.database.write() as session:
        counted.create(session.connection())
        count_on(session, counted)  # nothing to go on after
        put_rows(session, counted, [(7, "seven"), (9, "nine")])
        count_on(session, counted)
        count_on(session)
        session.connection().execute(insert(counted), {"name": "next"})
        assert session.connection().execute(sql_select(counted.c.id).where(counted.c.name == "next")).scalar() == 10
