"""A migration leaves room for the version before it, which goes on beside it while processes are replaced one by one.

What takes something away says since which migration no version uses it: `# contract: since 0061`. See
docs/operators-deploy.md.
"""

import ast
import re
from collections.abc import Iterator
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
from web.worker import Worker

VERSIONS = Path(__file__).parents[2] / "models" / "migrations" / "versions"
BASELINE = "0054"
"""The last of before several versions could stand beside each other."""
LARGE = {
    "audit_event", "code", "coding", "counted_try", "exercise_attempt", "job", "practice_session", "recording", "score",
    "session_figure", "session_key", "transcript_version", "volley_count",
}  # fmt: skip
"""Tables that grow with every session: to index one takes minutes, in which nobody could write."""
TAKES_AWAY = {"drop_table", "drop_column", "rename_table"}
ASKS_MORE = {"create_check_constraint", "create_unique_constraint", "create_foreign_key", "create_primary_key"}
SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME\s+(TO|COLUMN)|ALTER\s+COLUMN\s+\w+\s+(TYPE|SET\s+NOT\s+NULL)|ADD\s+CONSTRAINT)\b",
    re.IGNORECASE,
)
NOTE = re.compile(r"# contract: since (\w+)")


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


def breaks(code: str, before: list[str]) -> list[str]:
    """What in a migration the version before it cannot work beside; `before` are the revisions that came earlier."""
    tree, lines = ast.parse(code), code.splitlines()
    (body,) = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"]
    made = {_word(call) for call in _calls(body) if _name(call) == "create_table"}
    found = []
    for call, table in _with_tables(body):
        why = _why(call, table, made)
        note = NOTE.search("\n".join(lines[max(0, call.lineno - 2) : call.end_lineno]))
        if why and not (note and note[1] in before):
            found.append(f"line {call.lineno}: {why}")
    return found


def _why(call: ast.Call, table: str, made: set[str]) -> str:
    name, options = _name(call), {one.arg: one.value for one in call.keywords}
    if name in TAKES_AWAY:
        return f"{name}: the version before still uses it"
    if name == "execute" and SQL.search(ast.unparse(call)):
        return "SQL that takes away or asks for more"
    if table in made:
        return ""
    if name in ASKS_MORE:
        return f"{name}: the version before may write what it refuses"
    if name == "add_column":
        column = next(one for one in call.args if isinstance(one, ast.Call))
        said = {one.arg: one.value for one in column.keywords}
        if _is(said.get("nullable"), False) and "server_default" not in said:
            return "a column that must have a value, without a server_default: the version before gives it none"
    if name == "alter_column":
        if "new_column_name" in options:
            return "a column is renamed: the version before uses the old name"
        if _is(options.get("nullable"), False):
            return "NOT NULL: the version before may write none"
        if "type_" in options and not _wider(options.get("existing_type"), options["type_"]):
            return "another type: say the old one as existing_type, and let it only grow"
    if name == "create_index" and table in LARGE:
        return f"an index of {table} that nobody can write to meanwhile: models.migrations.large_table"
    return ""


def _with_tables(body: ast.FunctionDef) -> Iterator[tuple[ast.Call, str]]:
    """Each call, with the table it is about; within `batch_alter_table` that of the batch."""
    inside: dict[int, str] = {}
    for block in ast.walk(body):
        if isinstance(block, ast.With):
            about = next((_word(one.context_expr) for one in block.items if isinstance(one.context_expr, ast.Call)), "")
            inside |= {id(call): about for call in _calls(block)}
    for call in _calls(body):
        of_index = call.args[1] if _name(call) == "create_index" and len(call.args) > 1 else None
        named = of_index.value if isinstance(of_index, ast.Constant) else _word(call)
        yield call, inside.get(id(call)) or str(named)


def _calls(node: ast.AST) -> list[ast.Call]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Call)]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _word(call: ast.expr) -> str:
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    return str(first.value) if isinstance(first, ast.Constant) else ""


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _wider(old: ast.expr | None, new: ast.expr) -> bool:
    """A longer string, a text, or a larger whole number."""
    if not isinstance(old, ast.Call) or not isinstance(new, ast.Call):
        return False
    kinds = _name(old), _name(new)
    lengths = [next((one.value for one in each.keywords if one.arg == "length"), None) for each in (old, new)]
    longer = all(isinstance(one, ast.Constant) for one in lengths) and lengths[0].value <= lengths[1].value  # type: ignore[union-attr]
    return kinds in {("String", "Text"), ("Integer", "BigInteger")} or (kinds == ("String", "String") and longer)


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
        ("op.execute('ALTER TABLE job ALTER COLUMN a SET NOT NULL')", False),
        ("op.execute(sa.text('UPDATE job SET a = 0'))", True),
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
