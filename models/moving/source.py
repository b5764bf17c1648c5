"""The installation that is moved: held still, and looked at before anything is written."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from models.cipher import KeyDoesNotFit
from models.database import Database
from models.keys import MASTERS, OrganisationKey, masters_of
from models.moving.refused import MoveRefused
from models.named_files import files_named
from models.organisation import Organisation
from models.schema_version import known_revisions, revision_of
from models.storage import StoredFile
from models.table_copy import tables_in_order

_PATIENCE = "10s"


@contextmanager
def held_still(database: Database) -> Iterator[Session]:
    """Reads; until it ends nobody else can write there. Raises MoveRefused."""
    if not database.is_sqlite:
        _require_alone(database)
    with Session(database.write_engine, info={MASTERS: database.masters}) as session:
        try:
            if database.is_sqlite:
                session.connection()  # BEGIN IMMEDIATE
            else:
                _lock(session.connection(execution_options={"isolation_level": "REPEATABLE READ"}))
        except OperationalError as error:
            raise MoveRefused(
                "Somebody writes to the database that is to be moved, or it cannot be reached. Stop every website and "
                "worker, and try again."
            ) from error
        yield session
        session.rollback()


def _lock(connection: Connection) -> None:
    """Before the first look, which fixes what is seen."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    names = ", ".join(f'"{table.name}"' for table in tables_in_order())
    connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def _require_alone(database: Database) -> None:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with database.read() as session:
        count = session.connection().execute(others).scalar_one()
    if count:
        raise MoveRefused(
            f"{count} other connections are open to the database that is to be moved. Stop every website and worker; "
            "a pooler between may have to be started anew."
        )


def require_ready(session: Session) -> str:
    """The head of migrations, which is that of this program, and a master key that fits. Raises MoveRefused."""
    found, (_, ours) = revision_of(session), known_revisions()
    if found != ours:
        raise MoveRefused(
            f"The database that is to be moved is at version {found or 'none'}, and this program at {ours}. Run evoke "
            "migrate first, or use the program that it belongs to."
        )
    for key in session.exec(select(OrganisationKey)).all():
        try:
            masters_of(session).unwrap(key.wrapped, key.organisation_id.bytes)
        except KeyDoesNotFit as error:
            raise MoveRefused(
                "The master key is not the one that this installation's keys are wrapped with. Put the right "
                "master.key into the data folder, or set EVOKE_MASTER_KEY to it: the target needs the same."
            ) from error
    return ours


def identity_of(session: Session) -> str:
    """Tells one installation from another. Raises MoveRefused."""
    made = session.exec(select(Organisation.id).order_by(col(Organisation.id))).all()
    if not made:
        raise MoveRefused("There is nothing to move: the database has no organisation. See EVOKE_DATA_DIR.")
    return hashlib.sha256(" ".join(map(str, made)).encode()).hexdigest()


@dataclass(frozen=True)
class Files:
    """`named` are there and to be copied; `missing` keys should be there; `unnamed` ones belong to no row."""

    named: tuple[StoredFile, ...]
    missing: tuple[str, ...]
    unnamed: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(one.size for one in self.named)


def sort_files(session: Session, stored: Iterator[StoredFile]) -> Files:
    """What is being deleted is copied where it is still there: its job goes on at the target."""
    rows = files_named(session)
    named, unnamed = [], []
    for one in stored:
        if rows.takes(one.key):
            named.append(one)
        elif "#" not in one.key:
            unnamed.append(one.key)
    missing = rows.needed - {one.key for one in named}
    return Files(tuple(sorted(named, key=lambda one: one.key)), tuple(sorted(missing)), tuple(sorted(unnamed)))


def size_of(session: Session, database: Database) -> int:
    """Of the database, in bytes."""
    if database.is_sqlite:
        return os.path.getsize(str(database.write_engine.url.database))
    return int(session.connection().execute(text("SELECT pg_database_size(current_database())")).scalar_one())
