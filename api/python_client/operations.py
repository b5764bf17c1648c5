"""The document's operations as methods: what stands in the address first, then the body, all else by name."""

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from api.python_client.types import Schema, docstring, type_of

Document = Mapping[str, Any]
_OURS = ("if-none-match",)
"""Headers that the client sends by itself."""
_CURSORS, _FURTHER = ("cursor", "before"), ("next", "further")


@dataclass(frozen=True)
class Parameter:
    """`name` is as it is sent, `called` as Python calls it."""

    name: str
    place: str
    typed: str
    needed: bool
    words: str

    @property
    def called(self) -> str:
        plain = self.name.lower().replace("-", "_")
        return f"{plain}_" if keyword.iskeyword(plain) or plain in ("format", "range") else plain


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    told: Schema
    parameters: tuple[Parameter, ...]

    @property
    def name(self) -> str:
        return str(self.told["operationId"])

    @property
    def bodies(self) -> Mapping[str, Schema]:
        return {
            media: one.get("schema", {}) for media, one in self.told.get("requestBody", {}).get("content", {}).items()
        }

    @property
    def answers(self) -> Mapping[str, Schema]:
        """Of the success that is meant, by media type; none where it has no body."""
        status = min(status for status in self.told["responses"] if status.startswith("2"))
        return {
            media: one.get("schema", {}) for media, one in self.told["responses"][status].get("content", {}).items()
        }


def operations_of(document: Document) -> Iterator[Operation]:
    """All but those that give tokens, which is the client's own affair."""
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            found = Operation(method.upper(), path, told, tuple(_parameters(document, told)))
            if "application/x-www-form-urlencoded" not in found.bodies:
                yield found


def _parameters(document: Document, told: Schema) -> Iterator[Parameter]:
    for one in told.get("parameters", ()):
        if "$ref" in one:
            one = document["components"]["parameters"][one["$ref"].rpartition("/")[2]]
        if one["in"] == "header" and one["name"].lower() in _OURS:
            continue
        schema = one["schema"]
        some = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
        typed = type_of({"anyOf": some} if some else schema)
        words = one.get("description") or schema.get("description", "")
        yield Parameter(one["name"], one["in"], typed, bool(one.get("required")), words)


def methods_of(document: Document, operation: Operation) -> Iterator[str]:
    """One for each kind of body, and one that goes through all pages."""
    several = len(operation.bodies) > 1
    for media, schema in (operation.bodies or {"": {}}).items():
        name = f"{operation.name}_upload" if several and media.startswith("multipart/") else operation.name
        yield _method(document, operation, name, media, schema)
    if pages := _pages(document, operation):
        yield pages


def _method(document: Document, operation: Operation, name: str, media: str, schema: Schema) -> str:
    first = [f"{one.called}: {_taken(one)}" for one in operation.parameters if one.place == "path"]
    sent, words = [], [operation.told.get("description", "")]
    if media == "application/json":
        first.append(f"body: {type_of(schema)}")
        sent.append("body=body")
    elif media.startswith("multipart/"):
        fields = document["components"]["schemas"][type_of(schema)]
        first.append("form: Mapping[str, str]")
        file = "File" if "file" in fields.get("required", ()) else "File | None = None"
        first.append(f"file: {file}")
        sent += ["form=form", "file=file"]
        words.append(_form_words(fields))
    elif media:
        first.append("content: bytes")
        sent.append("content=content")
    named, inside = _named(operation, media if "content=content" in sent else "")
    words += [f"`{one.called}`: {one.words}" for one in operation.parameters if one.words]
    words.append(_codes(operation))
    signature = ", ".join(["self", *first, *(["*", *named] if named else [])])
    typed, call = _answer(operation)
    arguments = ", ".join([f'"{operation.method}"', _address(operation), *sent, *inside])
    text = docstring("\n\n".join(filter(None, words)))
    return f"def {name}({signature}) -> {typed}:\n{indent(text, '    ')}    return {call(arguments)}\n"


def _taken(one: Parameter) -> str:
    return "str" if one.place == "path" and one.typed == "Any" else one.typed


def _named(operation: Operation, media: str) -> tuple[list[str], list[str]]:
    """Arguments by name, and how they are sent on; `media` is that of a body that is no JSON and no form."""
    rest = [one for one in operation.parameters if one.place in ("query", "header")]
    rest.sort(key=lambda one: not one.needed)
    named = [f"{one.called}: {one.typed}" if one.needed else f"{one.called}: {one.typed} | None = None" for one in rest]
    inside = []
    for place, argument in (("query", "query"), ("header", "headers")):
        pairs = [f'"{one.name}": {_value(one)}' for one in rest if one.place == place]
        if media and place == "header":
            pairs.insert(0, f'"Content-Type": "{media}"')
        if pairs:
            inside.append(f"{argument}={{{', '.join(pairs)}}}")
    return named, inside


def _value(one: Parameter) -> str:
    """A request that takes a key is given one, so that it can be sent again."""
    return f"{one.called} or _new_key()" if one.name == "Idempotency-Key" else one.called


def _address(operation: Operation) -> str:
    if "{" not in operation.path:
        return f'"{operation.path}"'
    path = operation.path
    for one in operation.parameters:
        if one.place == "path":
            path = path.replace(f"{{{one.name}}}", f"{{_part({one.called})}}")
    return f'f"{path}"'


def _answer(operation: Operation) -> tuple[str, Any]:
    """The type, and what calls for it."""
    if operation.method in ("HEAD", "OPTIONS"):
        return "Mapping[str, str]", lambda arguments: f"self._headers({arguments})"
    if not operation.answers:
        return "None", lambda arguments: f"self._nothing({arguments})"
    if schema := operation.answers.get("application/json"):
        typed = type_of(schema)
        return typed, lambda arguments: f'cast("{typed}", self._answer({arguments}))'
    return "bytes", lambda arguments: f"self._bytes({arguments})"


def _codes(operation: Operation) -> str:
    codes = [
        f"{status} {', '.join(answer['x-codes'])}"
        for status, answer in sorted(operation.told["responses"].items())
        if answer.get("x-codes")
    ]
    return f"Raises EvokeProblem: {'; '.join(codes)}." if codes else ""


def _form_words(fields: Schema) -> str:
    known = [f"`{name}`" for name in fields.get("properties", {}) if name != "file"]
    return f"Fields of the form: {', '.join(known)}. {fields.get('description', '')}".strip()


def _pages(document: Document, operation: Operation) -> str:
    """Where the answer has a list, and says where its next page begins."""
    cursor = next((one for one in operation.parameters if one.name in _CURSORS), None)
    schema = operation.answers.get("application/json", {})
    fields: Mapping[str, Schema] = (
        document["components"]["schemas"][type_of(schema)].get("properties", {}) if "$ref" in schema else {}
    )
    further = next((name for name in _FURTHER if name in fields), "")
    lists = {name: one for name, one in fields.items() if one.get("type") == "array" and "$ref" in one.get("items", {})}
    if cursor is None or not further or len(lists) != 1:
        return ""
    ((items, listed),) = lists.items()
    first, named, passed = [], [], []
    for one in operation.parameters:
        if one is cursor:
            continue
        if one.place == "path":
            first.append(f"{one.called}: {_taken(one)}")
            passed.append(one.called)
        elif one.name == "limit":
            named.append("limit: int = 200")
            passed.append("limit=limit")
        else:
            named.append(f"{one.called}: {one.typed}" if one.needed else f"{one.called}: {one.typed} | None = None")
            passed.append(f"{one.called}={one.called}")
    signature = ", ".join(["self", *first, *(["*", *named] if named else [])])
    read = f"lambda place: self.{operation.name}({', '.join([*passed, f'{cursor.called}=place'])})"
    words = docstring(f"Every one of `{items}` of `{operation.name}`, page by page.")
    return (
        f"def {operation.name}_all({signature}) -> Iterator[{type_of(listed['items'])}]:\n{indent(words, '    ')}"
        f'    return self._pages({read}, "{items}", "{further}", "{cursor.name}")\n'
    )
