"""What in a migration the version before it cannot work beside, read from its text: `test_expand_contract.py`.

Only its own file is read. What it imports is for whoever reviews it.
"""

import ast
import re
from collections.abc import Iterator

LARGE = {
    "audit_event", "code", "coding", "counted_try", "exercise_attempt", "job", "practice_session", "recording", "score",
    "session_figure", "session_key", "transcript_version", "volley_count",
}  # fmt: skip
"""Tables that grow with every session: to index one takes minutes, in which nobody could write."""
TAKES_AWAY = {"drop_table", "drop_column", "rename_table"}
ASKS_MORE = {"create_check_constraint", "create_unique_constraint", "create_foreign_key", "create_primary_key"}
SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME\s+(TO|COLUMN)|ALTER\s+COLUMN\s+\w+\s+(TYPE|SET\s+NOT\s+NULL)|ADD\s+CONSTRAINT"
    r"|CREATE\s+UNIQUE\s+INDEX)\b",
    re.IGNORECASE,
)
RUNS_SQL = {"execute", "exec_driver_sql"}
OF_ROWS = {"select", "insert", "update", "delete"}
"""What SQLAlchemy builds with these changes no table."""
NOTE = re.compile(r"# contract: since (\w+)")


def breaks(code: str, before: list[str]) -> list[str]:
    """What in a migration the version before it cannot work beside; `before` are the revisions that came earlier."""
    tree, lines = ast.parse(code), code.splitlines()
    bodies = _of_upgrade({one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)})
    made = {_word(call) for body in bodies for call in _calls(body) if _name(call) == "create_table"}
    found = []
    for call, table in (each for body in bodies for each in _with_tables(body)):
        why = _why(call, table, made)
        note = NOTE.search("\n".join(lines[max(0, call.lineno - 2) : call.end_lineno]))
        if why and not (note and note[1] in before):
            found.append(f"line {call.lineno}: {why}")
    return found


def _of_upgrade(functions: dict[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """It, and what it calls in its file."""
    names = ["upgrade"]
    for name in names:
        called = [call.func.id for call in _calls(functions[name]) if isinstance(call.func, ast.Name)]
        names += [one for one in dict.fromkeys(called) if one in functions and one not in names]
    return [functions[one] for one in names]


def _why(call: ast.Call, table: str, made: set[str]) -> str:
    name, options = _name(call), {one.arg: one.value for one in call.keywords}
    if name in TAKES_AWAY:
        return f"{name}: the version before still uses it"
    if name in RUNS_SQL:
        statement = _sql(call)
        if statement is None:
            return "SQL that cannot be read here: write it out where it is executed"
        if SQL.search(statement):
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
    if name == "create_index" and not _is(options.get("unique", ast.Constant(False)), False):
        return "a unique index: the version before may write what it refuses"
    if name == "create_index" and table in LARGE:
        return f"an index of {table} that nobody can write to meanwhile: models.migrations.large_table"
    return ""


def _sql(call: ast.Call) -> str | None:
    """The words that it executes; nothing where it only reads or changes rows; None where they stand elsewhere."""
    said = [*call.args, *(one.value for one in call.keywords)][0]
    if isinstance(said, ast.Call) and _called(said) in {"text", "DDL"}:
        said = [*said.args, said][0]
    built = said
    while isinstance(built, ast.Call | ast.Attribute):  # sa.update(job).where(…).values(…)
        if isinstance(built, ast.Call) and _called(built) in OF_ROWS:
            return ""
        built = built.func if isinstance(built, ast.Call) else built.value
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else None


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


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else _name(call)


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
