"""What breaks a program that was written for an earlier document: what it reads must stay, what it sends must do.

Answers may gain fields and codes of errors, and requests may gain fields that can be left out. Everything else that a
reader could rest on is compared here, with references followed.
"""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
_NARROWS = ("maxLength", "maximum", "maxItems")
_WIDENS = ("minLength", "minimum", "minItems")


def breaking_changes(old: Document, new: Document) -> list[str]:
    """A line for each, none where every reader of `old` can go on with `new`."""
    return sorted(_changes(old, new))


def _changes(old: Document, new: Document) -> Iterator[str]:
    for path, methods in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path}: gone"
            continue
        for method in METHODS:
            if method not in methods:
                continue
            if method not in new["paths"][path]:
                yield f"{method} {path}: gone"
                continue
            yield from _Operation(old, new, f"{method} {path}").changes(methods[method], new["paths"][path][method])
    for name, scheme in old.get("components", {}).get("securitySchemes", {}).items():
        if name not in new.get("components", {}).get("securitySchemes", {}):
            yield f"security {name} ({scheme['type']}): gone"


class _Operation:
    def __init__(self, old: Document, new: Document, where: str) -> None:
        self.old, self.new, self.where = old, new, where

    def changes(self, was: Document, now: Document) -> Iterator[str]:
        if was.get("operationId") != now.get("operationId"):
            yield f"{self.where}: operationId {was.get('operationId')} is {now.get('operationId')}"
        if missing := [one for one in was.get("security", []) if one not in now.get("security", [])]:
            yield f"{self.where}: security {missing} is not enough any more"
        yield from self._parameters(was.get("parameters", []), now.get("parameters", []))
        yield from self._body(was.get("requestBody"), now.get("requestBody"))
        for status, answer in was["responses"].items():
            if status not in now["responses"]:
                yield f"{self.where}: status {status} gone"
                continue
            found = now["responses"][status]
            if lost := set(answer.get("x-codes", [])) - set(found.get("x-codes", [])):
                yield f"{self.where}: {status} has no code {', '.join(sorted(lost))} any more"
            for media, content in answer.get("content", {}).items():
                if media not in found.get("content", {}):
                    yield f"{self.where}: {status} is no {media} any more"
                else:
                    there = found["content"][media].get("schema", {})
                    yield from self._read(content.get("schema", {}), there, f"{self.where}: {status}", ())
            for header in set(answer.get("headers", {})) - set(found.get("headers", {})):
                yield f"{self.where}: {status} has no header {header} any more"

    def _parameters(self, was: list[Any], now: list[Any]) -> Iterator[str]:
        before = {(one["in"], one["name"]): one for one in (_follow(self.old, one) for one in was)}
        after = {(one["in"], one["name"]): one for one in (_follow(self.new, one) for one in now)}
        for key in before.keys() - after.keys():
            yield f"{self.where}: parameter {key[1]} gone"
        for key, one in after.items():
            if key not in before:
                if one.get("required"):
                    yield f"{self.where}: parameter {key[1]} is needed now"
                continue
            if one.get("required") and not before[key].get("required"):
                yield f"{self.where}: parameter {key[1]} is needed now"
            yield from self._sent(before[key].get("schema", {}), one.get("schema", {}), f"{self.where}: {key[1]}", ())

    def _body(self, was: Document | None, now: Document | None) -> Iterator[str]:
        if was is None:
            if now is not None and now.get("required"):
                yield f"{self.where}: a body is needed now"
            return
        for media, content in was["content"].items():
            if now is None or media not in now["content"]:
                yield f"{self.where}: a body of {media} is not taken any more"
            else:
                there = now["content"][media].get("schema", {})
                yield from self._sent(content.get("schema", {}), there, f"{self.where}: body", ())

    def _read(self, was: Any, now: Any, where: str, seen: tuple[str, ...]) -> Iterator[str]:
        """Of what is answered: nothing a reader knows goes, and no value comes that they were told cannot."""
        if (name := was.get("$ref", "")) in seen:
            return
        seen = (*seen, name) if name else seen
        was, now = _follow(self.old, was), _follow(self.new, now)
        if (added := _types(self.new, now) - _types(self.old, was)) and _types(self.old, was):
            yield f"{where}: can be {', '.join(sorted(added))} now"
        if (values := _values(was)) and (lost := values - _values(now)):
            yield f"{where}: is never {', '.join(sorted(lost))} any more"
        before, after = _branches(self.old, was), _branches(self.new, now)
        for field, schema in _fields(before).items():
            if field not in _fields(after):
                yield f"{where}.{field}: gone"
            else:
                yield from self._read(schema, _fields(after)[field], f"{where}.{field}", seen)
        for field in _needed(before) - _needed(after):
            if field in _fields(after):
                yield f"{where}.{field}: can be left out now"
        for key in ("items", "additionalProperties"):
            if isinstance(was.get(key), dict) and isinstance(now.get(key), dict):
                yield from self._read(was[key], now[key], f"{where}[]", seen)

    def _sent(self, was: Any, now: Any, where: str, seen: tuple[str, ...]) -> Iterator[str]:
        """Of what is sent: all that was taken is taken."""
        if (name := was.get("$ref", "")) in seen:
            return
        seen = (*seen, name) if name else seen
        was, now = _follow(self.old, was), _follow(self.new, now)
        if _types(self.new, now) and (lost := _types(self.old, was) - _types(self.new, now)):
            yield f"{where}: {', '.join(sorted(lost))} is not taken any more"
        if _values(now) and (lost := _values(was) - _values(now) if _values(was) else {"any other"}):
            yield f"{where}: {', '.join(sorted(lost))} is not taken any more"
        for key in _NARROWS:
            if key in now and now[key] < was.get(key, float("inf")):
                yield f"{where}: {key} is {now[key]} now"
        for key in _WIDENS:
            if key in now and now[key] > was.get(key, 0):
                yield f"{where}: {key} is {now[key]} now"
        if now.get("pattern") and now.get("pattern") != was.get("pattern"):
            yield f"{where}: has a pattern now"
        before, after = _branches(self.old, was), _branches(self.new, now)
        for field in _needed(after) - _needed(before):
            yield f"{where}.{field}: is needed now"
        for field, schema in _fields(before).items():
            if field in _fields(after):
                yield from self._sent(schema, _fields(after)[field], f"{where}.{field}", seen)
            else:
                yield f"{where}.{field}: gone"
        if isinstance(was.get("items"), dict) and isinstance(now.get("items"), dict):
            yield from self._sent(was["items"], now["items"], f"{where}[]", seen)


def _follow(document: Document, schema: Any) -> Any:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _branches(document: Document, schema: Any) -> list[Any]:
    """The schema and what `anyOf`, `oneOf` or `allOf` make it of."""
    inner = [one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, [])]
    return [schema, *(_follow(document, one) for one in inner)]


def _fields(branches: list[Any]) -> dict[str, Any]:
    return {name: one for branch in branches for name, one in branch.get("properties", {}).items()}


def _needed(branches: list[Any]) -> set[str]:
    return {name for branch in branches for name in branch.get("required", [])}


def _types(document: Document, schema: Any) -> set[str]:
    """Empty where it may be anything. An integer is a number."""
    found: set[str] = set()
    for branch in _branches(document, schema):
        kinds = branch.get("type", [])
        found |= {kinds} if isinstance(kinds, str) else set(kinds)
        if not kinds and ("const" in branch or "enum" in branch):
            found.add("string")
    return found | ({"integer"} if "number" in found else set())


def _values(schema: Any) -> set[str]:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(one) for one in schema.get("enum", [])}
