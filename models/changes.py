"""Whether anything was written to an SQLite database meanwhile, told in microseconds, so that who waits for it may look
often and read only then."""

import sqlite3
from types import TracebackType
from typing import Self

from sqlalchemy import make_url


class Changes:
    """Of one database, as seen on a connection of its own, from its making on. For one thread at a time."""

    def __init__(self, url: str) -> None:
        path = make_url(url).database
        assert path, "an in-memory database cannot be shared between processes"
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._seen = self._version()

    def any(self) -> bool:
        """Since the last time it was asked. Raises sqlite3.Error."""
        before, self._seen = self._seen, self._version()
        return self._seen != before

    def _version(self) -> int:
        """Another one after each commit on any other connection, whichever process has it."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._connection.close()
