"""Statements compiled once a process: every test has engines of its own, and each would compile all of them anew."""

from typing import Any

import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

import models.database

STATEMENTS = 5_000
"""More than there are: none is compiled twice."""
_first: dict[str, tuple[sqlalchemy.Dialect, Any]] = {}


def share_dialects() -> None:
    """From now on, the databases of this process know what earlier ones compiled. What is compiled is the statement's
    form alone, without its values, and its key holds all that the form depends on."""
    models.database.create_engine = _create_engine  # type: ignore[assignment]


def _create_engine(url: str, **options: Any) -> Engine:
    engine = sqlalchemy.create_engine(url, **options)
    kind = engine.dialect.name
    if kind not in _first:
        if kind != "sqlite" and not _connects(engine):
            return engine  # a dialect that has not spoken to its server knows nothing of it
        _first[kind] = engine.dialect, LRUCache(STATEMENTS)
    engine.dialect, engine._compiled_cache = _first[kind]
    engine.pool._dialect = engine.dialect
    return engine


def _connects(engine: Engine) -> bool:
    try:
        engine.connect().close()
    except sqlalchemy.exc.OperationalError:
        return False
    engine.dispose()
    return True
