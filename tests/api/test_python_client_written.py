"""What the Python client is written as: its methods, types and words."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.python_client.operations import operations_of
from api.python_client.types import type_of
from api.python_client.write import write_client
from tests.api.client_module import DOCUMENT, module_at


def test_every_operation_has_its_method_and_types_hold(tmp_path: Path) -> None:
    path = tmp_path / "evoke_client_typed.py"
    path.write_text(write_client(DOCUMENT))
    module = module_at(path)
    names = {one["operationId"] for methods in DOCUMENT["paths"].values() for one in methods.values()}
    assert {one.name for one in operations_of(DOCUMENT)} == names - {"issue_token"}
    assert names - {"issue_token"} <= set(vars(module.Evoke))
    assert set(DOCUMENT["components"]["schemas"]) <= set(vars(module))
    use = tmp_path / "use.py"
    use.write_text(
        "from evoke_client_typed import Evoke, NewSession\n"
        "def read(evoke: Evoke, new: NewSession) -> float:\n"
        "    made = evoke.add_session(new)\n"
        "    for line in evoke.read_codes_all(made['id']):\n"
        "        print(line['text'].upper())\n"
        "    return sum(one['low'] or 0 for one in evoke.read_scores(made['id'])['scores'])\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), path.name, use.name]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    use.write_text(
        "from evoke_client_typed import Evoke\nEvoke('x', token='y').read_codes_all('a').__next__()['txt']\n"
    )
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 1


@pytest.mark.parametrize(
    ("schema", "typed"),
    [
        ({}, "Any"),
        ({"type": "array"}, "list[Any]"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Line"}}, "list[Line]"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
        ({"type": ["integer", "null"]}, "int | None"),
        ({"const": "x"}, "Literal['x']"),
        ({"enum": ["a", None]}, "Literal['a', None]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "dict[str, float]"),
        ({"allOf": [{"$ref": "#/components/schemas/Line"}]}, "Line"),
    ],
)
def test_types(schema: dict[str, Any], typed: str) -> None:
    assert type_of(schema) == typed


def test_odd_names_and_words(tmp_path: Path) -> None:
    """A field that is no name in Python, one named like a keyword, and quotes and backslashes in words."""
    document = {
        "paths": {
            "/x/{from}": {
                "get": {
                    "operationId": "odd",
                    "description": 'A "quoted" \\n """three"""',
                    "parameters": [
                        {"name": "from", "in": "path", "required": True, "schema": {"type": "string"}},
                        {"name": "class", "in": "query", "schema": {"enum": ["a"]}},
                    ],
                    "responses": {"204": {"description": "x"}},
                },
                "patch": {
                    "operationId": "piece",
                    "parameters": [
                        {"name": "from", "in": "path", "required": True, "schema": {"type": "string"}},
                        {"name": "upload-offset", "in": "header", "schema": {"type": "string"}},
                    ],
                    "requestBody": {"content": {"application/offset+octet-stream": {}}},
                    "responses": {"204": {"description": "x"}},
                },
            }
        },
        "components": {"schemas": {"Odd": {"type": "object", "properties": {"from-1": {"type": "string"}}}}},
    }
    path = tmp_path / "odd_client.py"
    path.write_text(write_client(document))
    module = module_at(path)
    assert "three" in module.Evoke.odd.__doc__
    assert "from-1" in module.Odd.__annotations__
