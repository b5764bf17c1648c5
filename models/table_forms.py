"""A table's columns as plain values, which are the same on SQLite, on PostgreSQL and in JSON.

Ids and bytes are hexadecimal digits, times `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, days `YYYY-MM-DD`, yes and no 1 and 0,
JSON its text as the database keeps it. The database itself makes them: Python would take several times as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Boolean, Column, Date, Float, LargeBinary, Table, Uuid

from models.columns import JsonType, UtcDateTime

_READ_SQLITE: dict[type, str] = {
    UtcDateTime: "CASE WHEN length({0}) = 19 THEN {0} || '.000000' ELSE {0} END",
    Float: "{0} + 0.0",
    JsonType: "CAST({0} AS TEXT)",
    LargeBinary: "CASE WHEN {0} IS NOT NULL THEN lower(hex({0})) END",
}
_READ_POSTGRESQL: dict[type, str] = {
    Boolean: "{0}::int",
    Date: "to_char({0}, 'YYYY-MM-DD')",
    UtcDateTime: "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    Float: "{0} + 0::float8",
    JsonType: "{0}::text",
    LargeBinary: "encode({0}, 'hex')",
    Uuid: "replace({0}::text, '-', '')",
}
"""Adding nothing to a number makes minus nought, which SQLite does not keep, nought."""
_KEYS_POSTGRESQL: dict[type, str] = {Uuid: "CAST(%s AS uuid)", Date: "CAST(%s AS date)"}


@dataclass(frozen=True)
class Form:
    """`holds` are the columns' names in order; `read`, `keys` and `digits` are SQL; `key_at`, `bytes_at` and `json_at`
    are places in a row. `digits` is how many the bytes in a row come to, told without reading them; empty for a table
    that has none."""

    name: str
    holds: tuple[str, ...]
    read: tuple[str, ...]
    key_at: tuple[int, ...]
    key_names: tuple[str, ...]
    keys: tuple[str, ...]
    bytes_at: tuple[int, ...]
    json_at: tuple[int, ...]
    digits: str


@lru_cache(maxsize=1024)
def form_of(table: Table, *, sqlite: bool) -> Form:
    columns = list(table.columns)
    key = list(table.primary_key.columns)
    assert key, f"{table.name} has no primary key to go by"
    reads = _READ_SQLITE if sqlite else _READ_POSTGRESQL
    return Form(
        name=f'"{table.name}"',
        holds=tuple(f'"{one.name}"' for one in columns),
        read=tuple(_by_kind(one, reads, "{0}").format(f'"{one.name}"') for one in columns),
        key_at=tuple(columns.index(one) for one in key),
        key_names=tuple(f'"{one.name}"' for one in key),
        keys=tuple("?" if sqlite else _by_kind(one, _KEYS_POSTGRESQL, "%s") for one in key),
        bytes_at=_places(columns, LargeBinary),
        json_at=_places(columns, JsonType),
        digits=" + ".join(
            f'2 * coalesce({"length" if sqlite else "octet_length"}("{one.name}"), 0)'
            for one in columns
            if isinstance(one.type, LargeBinary)
        ),
    )


def _by_kind(column: Column[object], forms: dict[type, str], otherwise: str) -> str:
    return next((form for one, form in forms.items() if isinstance(column.type, one)), otherwise)


def _places(columns: Sequence[Column[object]], kind: type) -> tuple[int, ...]:
    return tuple(place for place, one in enumerate(columns) if isinstance(one.type, kind))
