"""What a schema says otherwise than it did, branch by branch: of an answer by `read`, of a request by `sent`."""

from collections.abc import Iterator
from itertools import zip_longest
from math import inf
from typing import Any

Schema = dict[str, Any]
Seen = tuple[tuple[str, int, int], ...]
_ANYTHING: Schema = {}
_BRANCHES = ("anyOf", "oneOf", "allOf")
_AT_MOST = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_AT_LEAST = {"minLength": 0.0, "minimum": -inf, "exclusiveMinimum": -inf, "minItems": 0.0, "minProperties": 0.0}
"""And what holds without it."""
_EXACTLY = ("pattern", "format", "contentMediaType")


class Schemas:
    """`old` and `new` are whole documents, in which references are followed."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old, self.new = old, new
        self._well: set[tuple[str, int, int]] = set()
        """What was compared and did not break: documents name the same schemas again and again."""

    def read(self, was: Any, now: Any, where: str, seen: Seen = ()) -> Iterator[str]:
        """Of what is answered: nothing a reader knows goes, and no value comes that they were told cannot."""
        was, now = _schema(self.old, was), _schema(self.new, now)
        key = ("read", id(was), id(now))
        if was is None or now is None or key in seen or key in self._well:
            return
        seen = (*seen, key)
        before, after = alternatives(self.old, was), alternatives(self.new, now)
        found: dict[str, None] = {}
        for one in after:
            if homes := [other for other in before if _within(one, other)]:
                found |= _fewest(self._one_read(other, one, where, seen) for other in homes)
            else:
                found[f"{where}: can be {one['type']} now"] = None
        for other in before:
            if other["type"] == "null":
                continue
            if left := [one for one in after if _within(one, other) or _within(other, one)]:
                found |= _fewest(self._one_read(other, one, where, seen) for one in left)
            else:
                found[f"{where}: is never {other['type']} any more"] = None
        if not found:
            self._well.add(key)
        yield from found

    def sent(self, was: Any, now: Any, where: str, seen: Seen = ()) -> Iterator[str]:
        """Of what is sent: all that was taken is taken."""
        yield from _left_out(was, now, where)
        was, now = _schema(self.old, was), _schema(self.new, now)
        key = ("sent", id(was), id(now))
        if was is None or key in seen or key in self._well:
            return
        if now is None:
            yield f"{where}: is not taken any more"
            return
        seen = (*seen, key)
        after, found = alternatives(self.new, now), list[str]()
        for one in alternatives(self.old, was):
            if homes := [other for other in after if _within(one, other)]:
                found += _fewest(self._one_sent(one, other, where, seen) for other in homes)
            else:
                found.append(f"{where}: {one['type']} is not taken any more")
        if not found:
            self._well.add(key)
        yield from found

    def _one_read(self, was: Schema, now: Schema, where: str, seen: Seen) -> Iterator[str]:
        if told := _values(was):
            come = _values(now) or {"any other"}
            if added := come - told:
                yield f"{where}: can be {', '.join(sorted(added))} now"
            if lost := told - come:
                yield f"{where}: is never {', '.join(sorted(lost))} any more"
        for key in _stricter(was, now):
            yield f"{where}: {key} is {was[key]} no more"
        there = now.get("properties", {})
        for field, schema in was.get("properties", {}).items():
            if field in there:
                yield from self.read(schema, there[field], f"{where}.{field}", seen)
            else:
                yield f"{where}.{field}: gone"
        for field in set(was.get("required", ())) - set(now.get("required", ())):
            if field in there:
                yield f"{where}.{field}: can be left out now"
        for part, before, after in _parts(was, now):
            yield from self.read(before, after, f"{where}{part}", seen)

    def _one_sent(self, was: Schema, now: Schema, where: str, seen: Seen) -> Iterator[str]:
        if (taken := _values(now)) and (lost := (_values(was) or {"any other"}) - taken):
            yield f"{where}: {', '.join(sorted(lost))} is not taken any more"
        for key in _stricter(now, was):
            yield f"{where}: {key} is {now[key]} now"
        for field in set(now.get("required", ())) - set(was.get("required", ())):
            yield f"{where}.{field}: is needed now"
        there = now.get("properties", {})
        for field, schema in was.get("properties", {}).items():
            if field in there:
                yield from self.sent(schema, there[field], f"{where}.{field}", seen)
            else:
                yield f"{where}.{field}: gone"
        for part, before, after in _parts(was, now):
            yield from self.sent(before, after, f"{where}{part}", seen)


def follow(document: Schema, schema: Any) -> Any:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def alternatives(document: Schema, schema: Schema) -> list[Schema]:
    """One for each branch of `anyOf` or `oneOf`, and each type, with what stands beside; all of `allOf` together."""
    schema = follow(document, schema)
    found = [{key: one for key, one in schema.items() if key not in _BRANCHES}]
    for inner in schema.get("allOf", ()):
        found = [_both(one, other) for one in found for other in alternatives(document, inner)]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            branches = [one for inner in schema[key] for one in alternatives(document, inner)]
            found = [_both(one, other) for one in found for other in branches]
    return [{**one, "type": kind} for one in found for kind in _kinds(one)]


def _both(one: Schema, other: Schema) -> Schema:
    made = {**one, **other}
    if "properties" in one and "properties" in other:
        made["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        made["required"] = [*one["required"], *other["required"]]
    if other.get("type") == "anything" and "type" in one:
        made["type"] = one["type"]
    return made


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type") or ("string" if _values(schema) else "anything")
    return [kinds] if isinstance(kinds, str) else kinds


def _schema(document: Schema, one: Any) -> Any:
    """None where there can be nothing."""
    return {True: _ANYTHING, False: None}[one] if isinstance(one, bool) else follow(document, one)


def _left_out(was: Any, now: Any, where: str) -> Iterator[str]:
    both = [one["default"] for one in (was, now) if isinstance(one, dict) and "default" in one]
    if len(both) == 2 and both[0] != both[1]:
        yield f"{where}: left out is {both[1]!r} now"


def _within(one: Schema, other: Schema) -> bool:
    """An integer is a number."""
    return other["type"] in (one["type"], "anything") or (one["type"], other["type"]) == ("integer", "number")


def _fewest(tries: Iterator[Iterator[str]]) -> dict[str, None]:
    """Of the branches that it may be the one that it is most like."""
    return dict.fromkeys(min((list(one) for one in tries), key=len))


def _stricter(one: Schema, other: Schema) -> list[str]:
    """What `one` asks and `other` does not."""
    return [
        *(key for key in _AT_MOST if one.get(key, inf) < other.get(key, inf)),
        *(key for key, least in _AT_LEAST.items() if one.get(key, least) > other.get(key, least)),
        *(key for key in _EXACTLY if key in one and one[key] != other.get(key)),
    ]


def _parts(was: Schema, now: Schema) -> Iterator[tuple[str, Any, Any]]:
    """What a list holds, place by place as far as they differ, and what a map does."""
    before, after = was.get("prefixItems", []), now.get("prefixItems", [])
    rest, other = was.get("items", True), now.get("items", True)
    for place, (one, there) in enumerate(zip_longest(before, after)):
        yield f"[{place}]", rest if one is None else one, other if there is None else there
    yield "[]", rest, other
    yield "[]", was.get("additionalProperties", True), now.get("additionalProperties", True)


def _values(schema: Schema) -> set[str]:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(one) for one in schema.get("enum", [])}
