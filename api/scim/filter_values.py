"""What a filter of SCIM is made of (RFC 7644, section 3.4.2.2): values that compare, written as they are read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

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


def parts(wanted: Filter) -> Iterator[Filter]:
    """Every part of a filter, itself first, but for what is in brackets of a path."""
    yield wanted
    match wanted:
        case And(left, right) | Or(left, right):
            yield from parts(left)
            yield from parts(right)
        case Not(inner):
            yield from parts(inner)
