"""What breaks a program that was written for an earlier document: what it reads must stay, what it sends must do.

Answers may gain fields and codes of errors, and requests may gain fields that can be left out. Everything else that a
reader could rest on is compared here, with references followed.
"""

from collections.abc import Iterator
from typing import Any

from tests.contract.schema_changes import Schemas, follow

Document = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
"""All that a path can have; what else it has is of no method."""


def breaking_changes(old: Document, new: Document) -> list[str]:
    """A line for each, none where every reader of `old` can go on with `new`."""
    return sorted(_changes(old, new))


def _changes(old: Document, new: Document) -> Iterator[str]:
    schemas = Schemas(old, new)
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
            yield from _Operation(schemas, f"{method} {path}").changes(methods[method], new["paths"][path][method])
    for name, scheme in old.get("components", {}).get("securitySchemes", {}).items():
        if name not in new.get("components", {}).get("securitySchemes", {}):
            yield f"security {name} ({scheme['type']}): gone"


class _Operation:
    def __init__(self, schemas: Schemas, where: str) -> None:
        self.schemas, self.where = schemas, where
        self.old, self.new = schemas.old, schemas.new

    def changes(self, was: Document, now: Document) -> Iterator[str]:
        if was.get("operationId") != now.get("operationId"):
            yield f"{self.where}: operationId {was.get('operationId')} is {now.get('operationId')}"
        if missing := [one for one in was.get("security", []) if one not in now.get("security", [])]:
            yield f"{self.where}: security {missing} is not enough any more"
        if now.get("security") and not was.get("security"):
            yield f"{self.where}: nobody gets in without a token any more"
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
                    yield from self.schemas.read(content.get("schema", {}), there, f"{self.where}: {status}")
            yield from self._headers(answer.get("headers", {}), found.get("headers", {}), f"{self.where}: {status}")

    def _headers(self, was: Document, now: Document, where: str) -> Iterator[str]:
        for name, header in was.items():
            if name not in now:
                yield f"{where} has no header {name} any more"
                continue
            before, after = follow(self.old, header), follow(self.new, now[name])
            yield from self.schemas.read(before.get("schema", {}), after.get("schema", {}), f"{where}: {name}")

    def _parameters(self, was: list[Any], now: list[Any]) -> Iterator[str]:
        before = {(one["in"], one["name"]): one for one in (follow(self.old, one) for one in was)}
        after = {(one["in"], one["name"]): one for one in (follow(self.new, one) for one in now)}
        for key in before.keys() - after.keys():
            yield f"{self.where}: parameter {key[1]} gone"
        for key, one in after.items():
            if key not in before:
                if one.get("required"):
                    yield f"{self.where}: parameter {key[1]} is needed now"
                continue
            if one.get("required") and not before[key].get("required"):
                yield f"{self.where}: parameter {key[1]} is needed now"
            schemas = before[key].get("schema", {}), one.get("schema", {})
            yield from self.schemas.sent(*schemas, f"{self.where}: {key[1]}")

    def _body(self, was: Document | None, now: Document | None) -> Iterator[str]:
        if now is not None and now.get("required") and not (was or {}).get("required"):
            yield f"{self.where}: a body is needed now"
        if was is None:
            return
        for media, content in was["content"].items():
            if now is None or media not in now["content"]:
                yield f"{self.where}: a body of {media} is not taken any more"
            else:
                there = now["content"][media].get("schema", {})
                yield from self.schemas.sent(content.get("schema", {}), there, f"{self.where}: body")
