"""A migration leaves room for the version before it, which goes on beside it while processes are replaced one by one.

What takes something away says since which migration no version uses it: `# contract: since 0061`. See
docs/operators-deploy.md.
"""

import re
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import select

from api.house import House
from models.migrations import upgrade
from models.migrations.large_table import index_meanwhile
from models.practice import PracticeSession
from models.schema_version import Schema, schema_of
from tests.conftest import CONVERSATION, People, work_off
from tests.web.conftest import Client
from tests.web.migration_breaks import breaks
from web.worker import Worker

VERSIONS = Path(__file__).parents[2] / "models" / "migrations" / "versions"
BASELINE = "0054"
"""The last of before several versions could stand beside each other."""


def chain() -> list[str]:
    """Every revision, the first first."""
    named = re.compile(r"^(revision|down_revision) = ['\"](\w+)['\"]", re.MULTILINE)
    follows = {one.get("down_revision"): one["revision"] for one in map(dict, map(named.findall, _texts().values()))}
    ordered: list[str] = []
    while (following := follows.get(ordered[-1] if ordered else None)) is not None:
        ordered.append(following)
    return ordered


def _texts() -> dict[str, str]:
    found = {}
    for file in VERSIONS.glob("*.py"):
        code = file.read_text(encoding="utf-8")
        found[re.findall(r"^revision = ['\"](\w+)", code, re.MULTILINE)[0]] = code
    return found


def test_every_migration_leaves_room_for_the_version_before() -> None:
    revisions, texts = chain(), _texts()
    assert len(revisions) == len(texts), "one line, without forks"
    after = revisions[revisions.index(BASELINE) + 1 :]
    wrong = {one: breaks(texts[one], revisions[: revisions.index(one)]) for one in after}
    assert {one: found for one, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("op.add_column('job', sa.Column('a', sa.String(length=9), nullable=True))", True),
        ("op.add_column('job', sa.Column('a', sa.Integer(), nullable=False, server_default='0'))", True),
        ("op.add_column('job', sa.Column('a', sa.Integer(), nullable=False))", False),
        ("op.drop_column('job', 'a')", False),
        ("op.drop_column('job', 'a')  # contract: since 0046", True),
        ("op.drop_column('job', 'a')  # contract: since 0099", False),
        ("op.drop_table('old')", False),
        ("op.rename_table('old', 'new')", False),
        ("op.alter_column('job', 'a', new_column_name='b')", False),
        ("op.alter_column('job', 'a', nullable=False)", False),
        ("op.alter_column('job', 'a', nullable=True)", True),
        ("op.alter_column('job', 'a', existing_type=sa.String(length=9), type_=sa.String(length=20))", True),
        ("op.alter_column('job', 'a', existing_type=sa.String(length=20), type_=sa.String(length=9))", False),
        ("op.alter_column('job', 'a', existing_type=sa.Integer(), type_=sa.BigInteger())", True),
        ("op.alter_column('job', 'a', type_=sa.Integer())", False),
        ("op.create_check_constraint('c', 'job', 'a > 0')", False),
        ("with op.batch_alter_table('job') as batch:\n        batch.drop_column('a')", False),
        ("with op.batch_alter_table('job') as batch:\n        batch.create_check_constraint('c', 'a > 0')", False),
        ("op.create_index('i', 'job', ['a'])", False),
        ("op.create_index('i', 'job', ['a'], postgresql_concurrently=True)", False),  # refused in a transaction
        ("index_meanwhile('i', 'job', ['a'])", True),
        ("op.create_index('i', 'team', ['a'])", True),
        ("op.create_table('new', sa.Column('a'))\n    op.create_index('i', 'new', ['a'])", True),
        ("op.create_index('i', 'team', ['a'], unique=True)", False),
        ("op.create_index('i', 'team', ['a'], unique=IS_UNIQUE)", False),
        ("op.create_index('i', 'team', ['a'], unique=False)", True),
        ("op.create_index('i', 'team', ['a'], unique=True)  # contract: since 0046", True),
        ("op.create_table('new', sa.Column('a'))\n    op.create_index('i', 'new', ['a'], unique=True)", True),
        ("with op.batch_alter_table('team') as batch:\n        batch.create_index('i', ['a'], unique=True)", False),
        ("op.execute('CREATE UNIQUE INDEX i ON team (a)')", False),
        ("op.execute('ALTER TABLE job ALTER COLUMN a SET NOT NULL')", False),
        ("op.execute('ALTER TABLE job\\n  DROP\\n  COLUMN a')", False),
        ("op.execute(sa.text('UPDATE job SET a = 0'))", True),
        ("op.execute('UPDATE job ' 'SET a = 0')", True),
        ("op.execute(sqltext='UPDATE job SET a = 0')", True),
        ("op.execute(STATEMENT)", False),
        ("op.execute(STATEMENT)  # contract: since 0046", True),
        ("op.execute(sa.text(STATEMENT))", False),
        ("op.execute(f'ALTER TABLE {table} {what}')", False),
        ("op.execute('ALTER TABLE job ' + what)", False),
        ("op.get_bind().exec_driver_sql(STATEMENT)", False),
        ("for one in STATEMENTS:\n        op.execute(one)", False),
        ("op.get_bind().execute(sa.update(job).where(job.c.a == 1).values(a=0))", True),
        ("op.get_bind().execute(job.update().values(a=0))", True),
        ("one = op.get_bind().execute(select(job.c.a)).scalars().all()", True),
        ("_tidy()\n\ndef _tidy():\n    op.drop_column('job', 'a')", False),
        ("pass\n\ndef downgrade():\n    _back()\n\ndef _back():\n    op.drop_column('job', 'a')", True),
    ],
)  # fmt: skip
def test_what_is_refused(line: str, allowed: bool) -> None:
    assert (breaks(f"def upgrade():\n    {line}\n", ["0046", "0047"]) == []) is allowed


def test_an_index_of_a_large_table_is_made_and_one_half_made_is_replaced(house: House) -> None:
    """On both databases, within a migration as `models/migrations/env.py` begins it."""
    with house.database.write_engine.connect() as connection:
        context = MigrationContext.configure(connection)
        with context.begin_transaction(), Operations.context(context):
            connection.execute(text("SELECT 1"))
            index_meanwhile("ix_new", "job", ["attempts"])
            if not house.database.is_sqlite:
                index_meanwhile("ix_new", "job", ["attempts", "name"])
        connection.commit()
    assert "ix_new" in [one["name"] for one in inspect(house.database.write_engine).get_indexes("job")]


LATER = (
    "ALTER TABLE practice_session ADD COLUMN of_later VARCHAR(20) NOT NULL DEFAULT 'as before'",
    "CREATE TABLE of_later (id INTEGER PRIMARY KEY)",
    "UPDATE alembic_version SET version_num = '9999'",
)
"""What the next version's migration might be."""


def test_this_version_works_beside_the_next(
    house: House, people: People, client: Client, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    with house.database.write() as session:
        for statement in LATER:
            session.connection().execute(text(statement))
    with house.database.read() as session:
        assert schema_of(session) is Schema.NEWER
    upgrade(house.database)  # started anew, it leaves the database as it is
    assert "later version" in caplog.text
    answer = client(people.owner).post(
        "/api/v1/sessions", data={"agreement_confirmed": "yes"}, files={"file": ("a.txt", CONVERSATION.encode())}
    )
    assert answer.status_code == 201
    assert work_off(worker)
    with house.database.read() as session:
        assert session.exec(select(PracticeSession.stage)).all() == ["ready"]
        assert session.connection().execute(text("SELECT of_later FROM practice_session")).scalars().all() == [
            "as before"
        ]
