"""Statements compiled once a process: every test has engines of its own, and each would compile all of them anew."""

from typing import Any

import sqlalchemy
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache

import models.database

STATEMENTS = 5_000
"""More than there are: none is compiled twice."""
_spoken: dict[str, tuple[Dialect, Any]] = {}


def share_dialects() -> None:
    """From now on, the databases of this process know what earlier ones compiled. What is compiled is the statement's
    form alone, without its values, and its key holds all that the form depends on."""
    models.database.create_engine = _create_engine  # type: ignore[attr-defined]


def _create_engine(url: str, **options: Any) -> Engine:
    engine = sqlalchemy.create_engine(url, **options)
    kind = engine.dialect.name
    if kind in _spoken:
        engine.dialect, engine._compiled_cache = _spoken[kind]
        engine.pool._dialect = engine.dialect
        return engine
    engine._compiled_cache = LRUCache(STATEMENTS)

    @event.listens_for(engine, "connect")
    def spoken(_connection: Any, _record: Any) -> None:
        """It knows now what its server can do."""
        _spoken.setdefault(kind, (engine.dialect, engine._compiled_cache))

    return engine
