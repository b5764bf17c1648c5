"""Column types shared by every table: ids, times, enums, JSON."""

import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Enum, Integer, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Ids:
    """Version 7 UUIDs (RFC 9562, 6.2): 48 bits of milliseconds, 12 of their 4,096th parts (method 3), 62 of chance."""

    _BACK = 4096 * 1000
    """Parts of a second: a clock that is set back further than this is followed, within it the order is kept."""

    def __init__(self) -> None:
        self._last = 0
        self._one_at_a_time = threading.Lock()

    def new(self) -> uuid.UUID:
        with self._one_at_a_time:
            parts = (time.time_ns() << 12) // 1_000_000
            if self._last - self._BACK < parts <= self._last:
                parts = self._last + 1
            self._last = parts
        milliseconds, part = divmod(parts, 4096)
        chance = int.from_bytes(os.urandom(8), "big") >> 2
        return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | part << 64 | 0x2 << 62 | chance)


_IDS = _Ids()


def new_id() -> uuid.UUID:
    """Starts with the time, so that rows made together lie together in an index. Of one process each is greater than
    the last, unless the clock was set back by more than a second, so that rows in the order of their ids are in the
    order in which they were made."""
    return _IDS.new()


def utc_now() -> datetime:
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out; SQLite itself forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are stored with their zone; got one without")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class QuickUuid(Uuid[uuid.UUID]):
    """For SQLite, which has ids as 32 digits: made without the checks of what people write. Pages read thousands."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], uuid.UUID | None]:
        make, put, unknown = object.__new__, object.__setattr__, uuid.SafeUUID.unknown

        def process(value: str | None) -> uuid.UUID | None:
            if value is None:
                return None
            made = make(uuid.UUID)
            put(made, "int", int(value, 16))
            put(made, "is_safe", unknown)
            return made

        return process


class JsonType(TypeDecorator[Any]):
    """JSONB on PostgreSQL, whose dialect is loaded only there: it is several megabytes."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())


def enum_type(enum: type[StrEnum]) -> Enum:
    """Stored by value as text with a CHECK, so that a new member is an ordinary migration on both databases."""
    return Enum(
        enum, native_enum=False, length=32, create_constraint=True, name=enum.__name__.lower(),
        values_callable=lambda e: [member.value for member in e],
    )  # fmt: skip


BIG_INTEGER = BigInteger().with_variant(Integer, "sqlite")
"""For ids that count up, and for bytes: an ordinary integer of PostgreSQL ends at 2 GiB. SQLite's are as long."""
JSON_TYPE: Any = JsonType


def can_be_kept(value: Any, *, allow_nan: bool = False) -> bool:
    """Whether every database takes this JSON: none takes half a character, and PostgreSQL neither NUL nor what is no
    number."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=allow_nan)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text
