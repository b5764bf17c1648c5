"""What `evoke doctor` looks at beside what runs: whether this machine and these settings can work at all.

Each check stands alone and never raises: one that cannot be made is itself something to look at. What is said names
settings, folders and programs of the operator's own, and no secret.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from models.cipher import KeyDoesNotFit
from models.database import Database
from models.deletion_ledger import NAME_FILE, ledger_places
from models.errors import EvokeError
from models.keys import OrganisationKey
from models.master_key import MasterKeys
from models.schema_version import Schema, schema_of
from models.settings import Settings
from models.storage import Storage
from training.running.check import Check, State, ok
from training.running.machine_checks import coder, cookies, decoding, mail, open_files, port, speech

OLDEST_POSTGRESQL = 140_000
WITHOUT_THESE_NOTHING = ("data_folder", "database", "files", "decoding")
_NAMES = {
    "data_folder": "Writing into the data folder", "database": "Asking the database",
    "migrations": "Asking for its version",
    "database_settings": "Asking for its settings", "keys": "Reading the keys", "files": "Writing and reading a file",
    "ledger": "Looking for the ledger of deletions",
    "coder": "Loading the coder", "speech": "Looking for a speech model", "decoding": "Decoding a recording",
    "port": "Asking on the port", "mail_server": "Asking the mail server", "cookies": "Reading the addresses",
    "open_files": "Reading the limit of open files",
}  # fmt: skip


def start_checks(settings: Settings, database: Database, *, thorough: bool = False) -> Iterator[Check]:
    """`thorough` loads the speech model too, which may take a minute and gigabytes."""
    looks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("data_folder", lambda: _data_folder(settings)),
        ("database", lambda: _database(database)),
        ("migrations", lambda: _migrations(database)),
        ("database_settings", lambda: _database_settings(settings, database)),
        ("keys", lambda: _keys(settings, database)),
        ("files", lambda: _files(settings)),
        ("ledger", lambda: _ledger(settings)),
        ("coder", lambda: coder(settings)),
        ("speech", lambda: speech(settings, thorough=thorough)),
        ("decoding", decoding),
        ("port", lambda: port(settings)),
        ("mail_server", lambda: mail(settings)),
        ("cookies", lambda: cookies(settings)),
        ("open_files", lambda: open_files(settings)),
    )
    for key, look in looks:
        try:
            found = look()
        except EvokeError as error:
            found = Check(key, State.BROKEN, error.message, "Do as it says, then look again.")
        except Exception as error:  # a fault of one look must not end the others
            why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            state = State.BROKEN if key in WITHOUT_THESE_NOTHING else State.LOOK
            found = Check(key, state, f"{_NAMES[key]} did not work when it was tried: {why}.", "Look at it by hand.")
        yield found if found.key == key else Check(key, found.state, found.what, found.do)


def _data_folder(settings: Settings) -> Check:
    folder = settings.open_data_dir()
    _write_and_delete(folder / f".looked-at-{secrets.token_hex(4)}")
    return ok("data_folder", f"The data folder {folder} can be read and written.")


def _write_and_delete(path: Path) -> None:
    """Raises OSError."""
    try:
        path.write_bytes(b"looked at")
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


def _database(database: Database) -> Check:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        with database.read() as session:
            session.connection().execute(text("SELECT 1"))
    except DBAPIError as error:
        return Check(
            "database", State.BROKEN, f"The database ({kind}) does not answer: {type(error.orig).__name__}.",
            "Start it, or correct `EVOKE_DATABASE_URL`.",
        )  # fmt: skip
    return ok("database", f"The database ({kind}) answers.")


def _migrations(database: Database) -> Check:
    with database.read() as session:
        schema = schema_of(session)
    if schema in (Schema.OLDER, Schema.NONE):
        return Check("migrations", State.BROKEN, "The database is not of this version.", "Run `evoke migrate`.")
    if schema is Schema.NEWER:
        return Check(
            "migrations", State.LOOK, "The database is of a later version than this program.",
            "If a new version is being brought in, wait until it is everywhere. If not, bring this machine up to it.",
        )  # fmt: skip
    return ok("migrations", "The database is of this version.")


def _database_settings(settings: Settings, database: Database) -> Check:
    with database.read() as session:
        return _sqlite(session) if database.is_sqlite else _postgresql(session, settings)


def _sqlite(session: Session) -> Check:
    mode = session.connection().execute(text("PRAGMA journal_mode")).scalar_one()
    if str(mode).lower() != "wal":
        return Check(
            "database_settings", State.BROKEN, "SQLite does not keep its log beside the database (WAL), so that "
            "readers and writers wait for each other.",
            "Put the data folder on a disk of this machine: network folders cannot do it.",
        )  # fmt: skip
    return ok("database_settings", "SQLite is set as it should be.")


def _postgresql(session: Session, settings: Settings) -> Check:
    def shown(name: str) -> str:
        return str(session.connection().execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one())

    wrong = []
    if int(shown("server_version_num")) < OLDEST_POSTGRESQL:
        wrong.append("its version is older than 14")
    if shown("fsync") != "on" or shown("full_page_writes") != "on":
        wrong.append("fsync or full_page_writes is off, so that a power cut can lose everything")
    if shown("server_encoding").upper() != "UTF8":
        wrong.append("its encoding is not UTF8")
    needed = settings.websites * settings.database_connections + 20
    if int(shown("max_connections")) < needed:
        wrong.append(f"max_connections is below {needed}, which {settings.websites} websites and some workers may need")
    if wrong:
        return Check("database_settings", State.LOOK, f"PostgreSQL: {'; '.join(wrong)}.", "Correct postgresql.conf.")
    return ok("database_settings", "PostgreSQL is set as it should be.")


def _keys(settings: Settings, database: Database) -> Check:
    """The key is read, and never made: that would hide that it is lost."""
    with database.read() as session:
        if schema_of(session) is Schema.NONE:
            return ok("keys", "There is nothing yet that a master key would open.")
    own = not settings.master_key.get_secret_value() and not settings.master_key_command
    if own and not (settings.data_dir / "master.key").exists():
        with database.read() as session:
            used = session.exec(select(OrganisationKey.organisation_id).limit(1)).first() is not None
        if used:
            return Check(
                "keys", State.BROKEN, "The master key is gone: nothing that was said can be opened.",
                "Put your copy of master.key back into the data folder. Let nothing make a new one.",
            )  # fmt: skip
        return ok("keys", "There is no master key yet; it is made when something is first sealed.")
    masters = MasterKeys(settings)
    with database.read() as session:
        for key in session.exec(select(OrganisationKey)):
            try:
                masters.unwrap(key.wrapped, key.organisation_id.bytes)
            except KeyDoesNotFit:
                return Check(
                    "keys", State.BROKEN, "The master key is not the one that this database was sealed with.",
                    "Put the old one back: master.key in the data folder, `EVOKE_MASTER_KEY` or "
                    "`EVOKE_OLD_MASTER_KEYS`.",
                )  # fmt: skip
    return ok("keys", "The master key opens the keys of every organisation.")


def _files(settings: Settings) -> Check:
    import obstore

    store, name = Storage(settings).store, f"looked-at/{secrets.token_hex(8)}"
    try:
        obstore.put(store, name, b"looked at")
        same = bytes(obstore.get(store, name).bytes()) == b"looked at"
    finally:
        with contextlib.suppress(Exception):
            obstore.delete(store, name)
    if not same:
        return Check("files", State.BROKEN, "A file came back other than it was written.", "Look at the disk or store.")
    return ok("files", "Files can be written, read and deleted.")


def _ledger(settings: Settings) -> Check:
    """Raises SettingsWrong."""
    number = len([one.look(NAME_FILE) for one in ledger_places(settings)])
    return ok("ledger", f"The ledger of deletions has {number} {'place' if number == 1 else 'places'}.")
