"""A row in every table, whatever tables there are: made at random until the database's own rules take it."""

import random
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from sqlmodel.sql.sqltypes import AutoString

from models.columns import JsonType, UtcDateTime
from models.table_copy import tables_in_order

MADE_ELSEWHERE = {"audit_event", "audit_head", "organisation", "organisation_key"}
"""Whose rows have to be true: chains that hold, keys that open."""
_TRIES = 3000


def fill_every_table(session: Session, *, dice: random.Random, rows: int = 2) -> None:
    """There is an organisation with a key, and something was audited. Raises AssertionError for a table that no random
    row fits."""
    for table in tables_in_order():
        if table.name not in MADE_ELSEWHERE:
            for _ in range(rows):
                _fill(session, table, dice, at_least=_count(session, table) + 1)
        assert _count(session, table), f"{table.name} is still empty"


def _fill(session: Session, table: Table, dice: random.Random, *, at_least: int) -> None:
    parents = {
        key.parent.name: session.connection().execute(select(key.column)).scalars().all() for key in table.foreign_keys
    }
    said = _said(table)
    for _ in range(_TRIES):
        row = {one.name: _value(one, parents, said, dice) for one in table.columns if not _counts_itself(one, table)}
        try:
            with session.begin_nested():
                session.connection().execute(insert(table), row)
        except IntegrityError:
            if at_least > 1:  # one is enough where only one fits
                return
            continue
        return


def _counts_itself(column: Column[Any], table: Table) -> bool:
    return column is table.autoincrement_column


def _said(table: Table) -> dict[str, list[str]]:
    """The words that the table's rules name, by column."""
    found: dict[str, list[str]] = {}
    for rule in table.constraints:
        if isinstance(rule, CheckConstraint):
            text = str(rule.sqltext)
            for column in table.columns:
                if re.search(rf"\b{column.name}\b", text):
                    found.setdefault(column.name, []).extend(re.findall(r"'([^']*)'", text))
    return found


def _value(column: Column[Any], parents: dict[str, Any], said: dict[str, list[str]], dice: random.Random) -> Any:
    if column.nullable and dice.random() < 0.4:
        return None
    if column.name in parents:
        return dice.choice(parents[column.name]) if parents[column.name] else None
    kind = column.type
    if isinstance(kind, JsonType):
        return {"a": [1, 2.5, None], "ü": "x", "n": dice.random(), "big": 1e21}
    if isinstance(kind, UtcDateTime):
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.random() * 1e7)
    if isinstance(kind, Enum):
        return kind.python_type(dice.choice(kind.enums)) if kind.enum_class else dice.choice(kind.enums)
    if isinstance(kind, String | AutoString):
        words = said.get(column.name)
        if words and dice.random() < 0.8:
            return dice.choice(words)
        length = (kind.impl if isinstance(kind, AutoString) else kind).length or 60
        return f"ä'\"\\\t\n{uuid.UUID(int=dice.getrandbits(128)).hex}"[:length]
    simple: dict[type, Any] = {
        Uuid: uuid.UUID(int=dice.getrandbits(128)), Boolean: dice.random() < 0.5,
        Date: date(2026, dice.randrange(1, 13), 1), Float: dice.choice([0.0, dice.random(), 0.1]),
        Integer: dice.choice([0, 1, 2, 3, 50]), LargeBinary: dice.randbytes(dice.randrange(1, 40)),
    }  # fmt: skip
    return next(value for one, value in simple.items() if isinstance(kind, one))


def _count(session: Session, table: Table) -> int:
    return int(session.connection().execute(select(func.count()).select_from(table)).scalar_one())
