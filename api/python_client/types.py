"""The document's schemas as Python types: an object as a TypedDict, so that an answer is what came and fields that are
added later change nothing."""

import json
import keyword
from collections.abc import Mapping
from textwrap import indent
from typing import Any

Schema = Mapping[str, Any]
_SIMPLE = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "array": "list[Any]",
    "object": "dict[str, Any]",
}  # fmt: skip


def type_of(schema: Schema) -> str:
    """The type of a value, as it is written. What says nothing is Any."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(dict.fromkeys(map(type_of, parts)))
    if len(schema.get("allOf", ())) == 1:
        return type_of(schema["allOf"][0])
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(type_of({**schema, "type": one}) for one in kind)
    if kind == "array" and isinstance(schema.get("items"), dict):
        return f"list[{type_of(schema['items'])}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"dict[str, {type_of(schema['additionalProperties'])}]"
    return _SIMPLE.get(str(kind), "Any")


def definition_of(name: str, schema: Schema) -> str:
    """One schema's class, or another name for its type. Its fields that may be missing are NotRequired."""
    fields: Mapping[str, Schema] = schema.get("properties", {})
    words = docstring(schema.get("description", ""))
    if schema.get("type") != "object" or not fields:
        return f"{name} = {json.dumps(type_of(schema)) if '$ref' in str(schema) else type_of(schema)}\n{words}"
    needed = set(schema.get("required", ()))
    typed = {
        field: type_of(one) if field in needed else f"NotRequired[{type_of(one)}]" for field, one in fields.items()
    }
    if not all(field.isidentifier() and not keyword.iskeyword(field) for field in typed):
        inside = "".join(f"    {field!r}: {json.dumps(one)},\n" for field, one in typed.items())
        return f"{name} = TypedDict({name!r}, {{\n{inside}}})\n{words}"
    lines = [indent(words, "    ")] if words else []
    for field, one in typed.items():
        lines.append(f"    {field}: {one}\n")
        if about := fields[field].get("description"):
            lines.append(indent(docstring(about), "    "))
    return f"class {name}(TypedDict):\n{''.join(lines)}"


def docstring(words: str) -> str:
    """With its quotes and a line's end; nothing of nothing."""
    if not words.strip():
        return ""
    clean = words.strip().replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{clean}{" " if clean.endswith(chr(34)) else ""}"""\n'
