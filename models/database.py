"""Connections: one way to read, one way to write, the same on SQLite and PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, Uuid, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from models import tables as _every_table  # noqa: F401  a process that knows half of them cannot follow foreign keys
from models.asked_once import ANSWERS
from models.columns import QuickUuid
from models.connection_cut import ITS_END, OUR_END
from models.keys import MASTERS
from models.master_key import MasterKeys
from models.settings import Settings, SettingsWrong


@dataclass(frozen=True)
class Connecting:
    """How a process connects to PostgreSQL. `pooled`: a pooler gives each transaction another connection, so nothing is
    left on one. `direct` is an address past it, or the same where there is none; empty: there is no way past it."""

    most: int = 30
    pooled: bool = False
    direct: str = ""


_noted: ContextVar[list[int] | None] = ContextVar("noted", default=None)


@contextmanager
def noting_writes() -> Iterator[list[int]]:
    """Filled with one for each transaction within, in whatever thread, that has written something for good: whether
    what fails later has done nothing at all."""
    noted: list[int] = []
    before = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(before)


class Database:
    """`write()` commits once at the end and rolls back on any error; `read()` cannot write.

    On SQLite the two use separate connections: writers start with BEGIN IMMEDIATE, so that those of one process take
    turns, and wait for those of others up to the busy timeout, instead of failing half-way with a lock error. Readers
    never wait (WAL).
    """

    def __init__(self, url: str, *, masters: MasterKeys | None = None, connecting: Connecting | None = None) -> None:
        """Without `masters` it opens nothing that is sealed."""
        self.url = url
        self.masters = masters
        self.connecting = connecting or Connecting(direct=url)
        address = _read(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        if self.is_sqlite:
            assert address.database, "an in-memory database cannot be shared between processes"
            _make_private_file(Path(address.database))
            self.write_engine = _sqlite_engine(url, begin="BEGIN IMMEDIATE", query_only=False)
            self.read_engine = _sqlite_engine(url, begin="BEGIN", query_only=True)
        else:
            self.write_engine = _postgresql_engine(url, self.connecting)
            self.read_engine = self.write_engine.execution_options(postgresql_readonly=True)

    @classmethod
    def of(cls, settings: Settings, *, masters: MasterKeys | None = None) -> "Database":
        connecting = Connecting(settings.database_connections, settings.database_pooled, settings.direct_url)
        return cls(settings.url, masters=masters or MasterKeys(settings), connecting=connecting)

    @contextmanager
    def write(self, *, aside: bool = False) -> Iterator[Session]:
        """`aside`: what is written is no part of what was asked for (see `noting_writes`)."""
        with Session(self.write_engine, expire_on_commit=False, info={MASTERS: self.masters}) as session:
            yield session
            session.commit()
        if not aside and (noted := _noted.get()) is not None:
            noted.append(1)

    @contextmanager
    def read(self) -> Iterator[Session]:
        info: dict[str, Any] = {MASTERS: self.masters, ANSWERS: {}}
        with Session(self.read_engine, expire_on_commit=False, autoflush=False, info=info) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Reads that all see one moment, for what has to fit together. On SQLite every transaction does."""
        with self.read() as session:
            if not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    def close(self) -> None:
        self.write_engine.dispose()
        self.read_engine.dispose()


def may_have_committed(error: BaseException) -> bool:
    """Whether what was to be written may be there although this was raised: the connection broke before the answer
    came. Then nothing that it names is thrown away; what nobody names a sweep finds a day later."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _read(url: str) -> URL:
    """Raises SettingsWrong."""
    try:
        address = make_url(url)
    except ArgumentError:
        address = None
    if address is None or address.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsWrong("EVOKE_DATABASE_URL is not an address like postgresql://user:password@host/name.")
    return address


def _make_private_file(path: Path) -> None:
    """SQLite gives the files it puts beside the database the same mode. Raises SettingsWrong."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return  # opening and closing it here would drop the locks that SQLite holds on it in this process
    except OSError as error:
        raise SettingsWrong(
            f"The database {path} cannot be made or read ({error.strerror}). Give this user the right to it, or set "
            "EVOKE_DATA_DIR or EVOKE_DATABASE_URL to another place."
        ) from error


DISKS_WITHOUT_ARMS = "random_page_cost = 1.1"
"""Tells the planner that a row in the middle of a table costs hardly more than the next one, as on every disk made of
memory. Its usual setting is of disks with arms: it would read a whole table to join a few hundred rows, and pages would
cost more with all that is stored."""


def _postgresql_engine(url: str, connecting: Connecting) -> Engine:
    """Behind a pooler no statement is prepared and no setting outlives its transaction: the next one may run on another
    connection, and this one may be somebody else's."""
    lasting = min(10, connecting.most)
    engine = create_engine(
        url, pool_size=lasting, max_overflow=connecting.most - lasting, pool_pre_ping=True, hide_parameters=True,
        connect_args=OUR_END | ({"prepare_threshold": None} if connecting.pooled else {}),
    )  # fmt: skip
    event.listen(engine, "handle_error", _leave_out_what_was_said)
    if connecting.pooled:
        event.listen(engine, "begin", _set_until_the_end)
    else:
        event.listen(engine, "connect", _set_for_good)
    return engine


def _set_for_good(connection: Any, _record: Any) -> None:
    autocommit, connection.autocommit = connection.autocommit, True
    with connection.cursor() as cursor:
        cursor.execute(f"SET {DISKS_WITHOUT_ARMS}; {ITS_END}", prepare=False)
    connection.autocommit = autocommit


def _set_until_the_end(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    if not driver.autocommit:
        with driver.cursor() as cursor:
            cursor.execute(f"SET LOCAL {DISKS_WITHOUT_ARMS}")


def _leave_out_what_was_said(context: ExceptionContext) -> None:
    """PostgreSQL's messages repeat the row or value at fault, and errors go into logs: which rule was broken stays.

    Class 22 of its error codes, "data exception", has values in the first line too.
    """
    error = context.original_exception
    diagnosis = getattr(error, "diag", None)
    if diagnosis is None or diagnosis.sqlstate is None:
        return  # not the server's word on a statement: no connection, say
    said = "" if diagnosis.sqlstate.startswith("22") else diagnosis.message_primary or ""
    error.args = (f"{diagnosis.sqlstate} {said}".strip(),)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {error}",)


SQLITE_READERS = 10
"""Connections to SQLite that stay open: as many as a website has threads, and some. To open one costs as much as a page
does, as it reads the tables' definitions, and what it has read of the file is its own."""


def _sqlite_engine(url: str, *, begin: str, query_only: bool) -> Engine:
    """SQLite lets one write at a time. Writers of this process wait for the one connection in the order in which they
    came; they wait for those of others by looking again and again, and may miss their turn."""
    engine = create_engine(
        url, pool_size=SQLITE_READERS if query_only else 1, max_overflow=30 if query_only else 0, pool_use_lifo=True,
        connect_args={"check_same_thread": False, "timeout": 5}, hide_parameters=True,
    )  # fmt: skip
    engine.dialect.colspecs = {**engine.dialect.colspecs, Uuid: QuickUuid}

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten: destroyed keys above all
        cursor.execute("PRAGMA temp_store=MEMORY")
        if query_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
