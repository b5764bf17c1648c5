"""Filters and paths of SCIM read into values (RFC 7644, section 3.4.2.2 and figure 7), and asked of a resource.

The whole grammar is read. What is not of it, or longer or deeper than anybody needs, is refused as invalidFilter or,
in a path, invalidPath; so is an attribute that is not known here, once `check` is asked.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from api.scim.attributes import ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA, Attribute, Kind
from api.scim.refused import ScimRefused, ScimType

LONGEST = 2000
DEEPEST = 12
SCHEMAS = (USER_SCHEMA, GROUP_SCHEMA, ENTERPRISE_SCHEMA)
Value = str | bool | int | float | None


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    PR = "pr"

    @classmethod
    def of_order(cls) -> tuple["Op", ...]:
        return (cls.GT, cls.GE, cls.LT, cls.LE)

    @classmethod
    def of_text(cls) -> tuple["Op", ...]:
        return (cls.CO, cls.SW, cls.EW)


@dataclass(frozen=True)
class Path:
    """`attribute`, `sub` and `schema` as they were written; `where` chooses among several values."""

    attribute: str
    sub: str = ""
    where: "Filter | None" = None
    schema: str = ""

    def __str__(self) -> str:
        chosen = f"[{write(self.where)}]" if self.where else ""
        return f"{self.schema}{':' if self.schema else ''}{self.attribute}{chosen}{'.' if self.sub else ''}{self.sub}"


@dataclass(frozen=True)
class Compare:
    """`value` is None with `pr`, and where null is compared."""

    path: Path
    op: Op
    value: Value = None


@dataclass(frozen=True)
class Has:
    """Some value of `path.attribute` fits `path.where`."""

    path: Path


@dataclass(frozen=True)
class And:
    left: "Filter"
    right: "Filter"


@dataclass(frozen=True)
class Or:
    left: "Filter"
    right: "Filter"


@dataclass(frozen=True)
class Not:
    inner: "Filter"


Filter = Compare | Has | And | Or | Not


def write(wanted: Filter) -> str:
    """As `read_filter` reads it."""
    match wanted:
        case Compare(path, Op.PR, _):
            return f"{path} pr"
        case Compare(path, op, value):
            return f"{path} {op} {json.dumps(value)}"
        case Has(path):
            return str(path)
        case Not(inner):
            return f"not ({write(inner)})"
        case And(left, right):
            return f"({write(left)}) and ({write(right)})"
        case Or(left, right):
            return f"({write(left)}) or ({write(right)})"


_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[^\s"()\[\]]+))""", re.DOTALL
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")


class _Reader:
    def __init__(self, text: str, scim_type: ScimType) -> None:
        self.scim_type = scim_type
        if len(text) > LONGEST:
            raise self.wrong(f"It is longer than {LONGEST} characters.")
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self.wrong("A quotation mark has no partner.")
            self.tokens.append((str(found.lastgroup), str(found[found.lastgroup or 0])))
            at = found.end()
        self.at = 0

    def wrong(self, why: str) -> ScimRefused:
        what = "filter" if self.scim_type is ScimType.INVALID_FILTER else "path"
        return ScimRefused(f"This {what} cannot be read. {why}", scim_type=self.scim_type)

    def ahead(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        found = self.ahead()
        self.at += 1
        return found

    def word_ahead(self, word: str) -> bool:
        kind, text = self.ahead()
        return kind == "word" and text.lower() == word

    def expect(self, mark: str) -> None:
        if self.take() != ("mark", mark):
            raise self.wrong(f"Here should be {mark}")

    def either(self, depth: int) -> Filter:
        if depth > DEEPEST:
            raise self.wrong(f"It has more than {DEEPEST} brackets in each other.")
        left = self.both(depth)
        while self.word_ahead("or"):
            self.take()
            left = Or(left, self.both(depth))
        return left

    def both(self, depth: int) -> Filter:
        left = self.one(depth)
        while self.word_ahead("and"):
            self.take()
            left = And(left, self.one(depth))
        return left

    def one(self, depth: int) -> Filter:
        if self.word_ahead("not"):
            self.take()
            return Not(self.grouped(depth))
        if self.ahead() == ("mark", "("):
            return self.grouped(depth)
        path = self.path(depth)
        if path.where is not None and not path.sub:
            return Has(path)
        kind, text = self.take()
        if kind != "word" or text.lower() not in Op._value2member_map_:
            raise self.wrong(f"After {path.attribute} comes one of: {', '.join(Op)}.")
        op = Op(text.lower())
        return Compare(path, op, None if op is Op.PR else self.value())

    def grouped(self, depth: int) -> Filter:
        self.expect("(")
        inner = self.either(depth + 1)
        self.expect(")")
        return inner

    def path(self, depth: int) -> Path:
        kind, text = self.take()
        if kind != "word":
            raise self.wrong("The name of an attribute is missing.")
        schema, name = _parted(text)
        if _NAME.fullmatch(name) is None or (text.lower().startswith("urn:") and not schema):
            raise self.wrong(f"{text[:60]} is the name of no attribute.")
        attribute, _, sub = name.partition(".")
        if self.ahead() != ("mark", "[") or sub:
            return Path(attribute, sub, None, schema)
        self.take()
        where = self.either(depth + 1)
        self.expect("]")
        kind, text = self.ahead()
        if kind == "word" and text.startswith("."):
            self.take()
            if _NAME.fullmatch(text[1:]) is None or "." in text[1:]:
                raise self.wrong(f"{text[:60]} is the name of no attribute.")
            sub = text[1:]
        return Path(attribute, sub, where, schema)

    def value(self) -> Value:
        kind, text = self.take()
        try:
            if kind == "string":
                return str(json.loads(text, strict=False))
        except ValueError:
            raise self.wrong("A text in quotation marks cannot be read.") from None
        if kind == "word":
            if text.lower() in ("true", "false", "null"):
                return {"true": True, "false": False}.get(text.lower())
            if len(text) < 40 and _NUMBER.fullmatch(text):
                number = float(text) if re.search("[.eE]", text) else int(text)
                if number in (float("inf"), float("-inf")):
                    raise self.wrong("That number is too large.")
                return number
        raise self.wrong("A value is missing: a text in quotation marks, a number, true, false or null.")


def _parted(text: str) -> tuple[str, str]:
    """The schema and the name in it; no schema where it is none that is known."""
    for schema in SCHEMAS:
        if text.lower().startswith(schema.lower() + ":"):
            return schema, text[len(schema) + 1 :]
    return "", text


def read_filter(text: str) -> Filter:
    """Raises ScimRefused (invalidFilter)."""
    reader = _Reader(text, ScimType.INVALID_FILTER)
    wanted = reader.either(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong(f"It goes on with {reader.ahead()[1][:60]} after its end.")
    return wanted


def read_path(text: str) -> Path:
    """Of a PATCH. Raises ScimRefused (invalidPath, or invalidFilter for what is in its brackets)."""
    reader = _Reader(text, ScimType.INVALID_PATH)
    path = reader.path(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong(f"It goes on with {reader.ahead()[1][:60]} after its end.")
    return path


def parts(wanted: Filter) -> Iterator[Filter]:
    """Every part of a filter, itself first, but for what is in brackets of a path."""
    yield wanted
    match wanted:
        case And(left, right) | Or(left, right):
            yield from parts(left)
            yield from parts(right)
        case Not(inner):
            yield from parts(inner)


def check(wanted: Filter, kind: Kind) -> None:
    """Whether each part names what can be asked of this kind. Raises ScimRefused (invalidFilter)."""
    for part in parts(wanted):
        if not isinstance(part, Compare | Has):
            continue
        path = part.path
        attribute = kind.find(path.attribute)
        if attribute is None or (path.schema and path.schema != kind.schema):
            raise _unknown(str(path.attribute))
        if path.where is not None:
            if not attribute.many:
                raise _unknown(f"{path.attribute}[…]")
            check_inside(path.where, attribute)
        if isinstance(part, Compare):
            _check_one(part, _meant(attribute, path.sub))


def check_inside(where: Filter, attribute: Attribute) -> None:
    """What is in the brackets of a path is about the parts of one value. Raises ScimRefused (invalidFilter)."""
    for part in parts(where):
        if isinstance(part, Has):
            raise _unknown(part.path.attribute)
        if isinstance(part, Compare):
            sub = attribute.sub(part.path.attribute)
            if sub is None or part.path.sub or part.path.where or part.path.schema:
                raise _unknown(str(part.path.attribute))
            _check_one(part, sub)


def _meant(attribute: Attribute, sub: str) -> Attribute:
    """A complex attribute compared as a whole is its `value`."""
    if attribute.kind != "complex":
        if sub:
            raise _unknown(f"{attribute.name}.{sub}")
        return attribute
    if not sub and not attribute.many:
        return attribute
    found = attribute.sub(sub or "value")
    if found is None:
        raise _unknown(f"{attribute.name}.{sub}")
    return found


def _check_one(part: Compare, attribute: Attribute) -> None:
    if part.op is Op.PR or part.value is None:
        if part.op not in (Op.PR, Op.EQ, Op.NE):
            raise _cannot(part, attribute)
        return
    if attribute.kind == "complex":
        raise _cannot(part, attribute)
    if attribute.kind == "boolean":
        if part.op not in (Op.EQ, Op.NE) or as_boolean(part.value) is None:
            raise _cannot(part, attribute)
    elif attribute.kind == "dateTime":
        if part.op in Op.of_text() or as_moment(part.value) is None:
            raise _cannot(part, attribute)
    elif not isinstance(part.value, str):
        raise _cannot(part, attribute)


def _cannot(part: Compare, attribute: Attribute) -> ScimRefused:
    return ScimRefused(
        f"{attribute.name} cannot be compared by {part.op} with such a value.", scim_type=ScimType.INVALID_FILTER
    )


def _unknown(name: str) -> ScimRefused:
    return ScimRefused(f"There is no {name[:60]} to ask for here.", scim_type=ScimType.INVALID_FILTER)


def as_boolean(value: Any) -> bool | None:
    """Entra ID sends "True" and "False" as text."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def as_moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def fits(wanted: Filter, kind: Kind, resource: dict[str, Any]) -> bool:
    """Of a filter that was checked, and a resource as it is answered."""
    match wanted:
        case And(left, right):
            return fits(left, kind, resource) and fits(right, kind, resource)
        case Or(left, right):
            return fits(left, kind, resource) or fits(right, kind, resource)
        case Not(inner):
            return not fits(inner, kind, resource)
        case Has(path):
            attribute = kind.find(path.attribute)
            assert attribute is not None
            return bool(chosen(path, attribute, resource))
        case Compare(path, op, value):
            attribute = kind.find(path.attribute)
            assert attribute is not None
            meant = _meant(attribute, path.sub)
            return _any(op, value, meant, _values(path, attribute, resource))


def chosen(path: Path, attribute: Attribute, resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The values of an attribute with several that fit the brackets of the path."""
    values = [one for one in resource.get(attribute.name) or [] if isinstance(one, dict)]
    return [one for one in values if path.where is None or inside(path.where, attribute, one)]


def inside(where: Filter, attribute: Attribute, value: dict[str, Any]) -> bool:
    """Whether one value fits what was checked by `check_inside`."""
    match where:
        case And(left, right):
            return inside(left, attribute, value) and inside(right, attribute, value)
        case Or(left, right):
            return inside(left, attribute, value) or inside(right, attribute, value)
        case Not(inner):
            return not inside(inner, attribute, value)
        case Compare(path, op, wanted):
            sub = attribute.sub(path.attribute)
            assert sub is not None
            return _any(op, wanted, sub, [value.get(sub.name)])
        case Has():
            return False


def _values(path: Path, attribute: Attribute, resource: dict[str, Any]) -> list[Any]:
    if attribute.many:
        name = _meant(attribute, path.sub).name
        return [one.get(name) for one in chosen(path, attribute, resource)]
    value = resource.get(attribute.name)
    if path.sub:
        found = attribute.sub(path.sub)
        assert found is not None
        value = value.get(found.name) if isinstance(value, dict) else None
    return [value]


def _any(op: Op, wanted: Value, attribute: Attribute, values: list[Any]) -> bool:
    there = [one for one in values if one not in (None, "", [], {})]
    if op is Op.PR or wanted is None:
        return bool(there) if op in (Op.PR, Op.NE) else not there
    return any(_fits_one(op, wanted, attribute, one) for one in there) or (op is Op.NE and not there)


def _fits_one(op: Op, wanted: Value, attribute: Attribute, found: Any) -> bool:
    left, right = _comparable(attribute, found), _comparable(attribute, wanted)
    if left is None or right is None:
        return False
    match op:
        case Op.EQ:
            return bool(left == right)
        case Op.NE:
            return bool(left != right)
        case Op.CO:
            return right in left
        case Op.SW:
            return bool(left.startswith(right))
        case Op.EW:
            return bool(left.endswith(right))
        case Op.GT:
            return bool(left > right)
        case Op.GE:
            return bool(left >= right)
        case Op.LT:
            return bool(left < right)
        case _:
            return bool(left <= right)


def _comparable(attribute: Attribute, value: Any) -> Any:
    if attribute.kind == "boolean":
        return as_boolean(value)
    if attribute.kind == "dateTime":
        return as_moment(value)
    text = str(value)
    return text if attribute.case_exact else text.lower()
