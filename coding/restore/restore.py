"""Restoring a set into an empty installation: the stored files first, then all rows in one transaction that also takes
out again what was deleted since. A restore that is killed leaves an empty database, and can be begun anew."""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import delete, inspect, select, text, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from coding.nightly import NAME as NIGHTLY
from coding.nightly import take_up_deletions
from coding.restore.ledger_found import LedgerFound
from coding.restore.reapply import Reapplied, reapply
from coding.restore.stored_files import copy_back, settle_others
from models.audit import record_audit
from models.backup.check import require_same_tables, unwrap_set
from models.backup.keys import signing_key
from models.backup.noted import BackupSet
from models.backup.rows import read_rows
from models.backup.sets import BackupDamaged, FileInSet, Manifest, files_of, signed_by_one_of, table_file
from models.cipher import SealBroken
from models.columns import utc_now
from models.database import Database
from models.deletion_ledger import NAME_FILE, known_id, ledger_id, ledger_places, write_entries
from models.errors import EvokeError
from models.job import Job, JobState
from models.master_key import MasterKeys
from models.migrations import upgrade
from models.organisation import Organisation
from models.password_reset import PasswordReset
from models.person import SignIn
from models.places import Place, files_place
from models.queue import UNFINISHED, enqueue, reconcile
from models.schema_version import known_revisions
from models.second_step_kept import HalfSignIn
from models.settings import Settings
from models.table_copy import Sum, count_on, put_rows, sum_of, tables_in_order

RESTORED = "backup_restored"
_NOT_EMPTY = (
    "This database is not empty (there is something in {}), so nothing was restored. Point EVOKE_DATABASE_URL or "
    "EVOKE_DATA_DIR at a new, empty place."
)
Report = Callable[[str], None]


class NotEmpty(EvokeError):
    status = 409
    code = "not_empty"


class OtherVersion(EvokeError):
    status = 409
    code = "other_version"


@dataclass(frozen=True)
class Restored:
    """`files` were copied; `there` lay in the storage already. `newer` lay there too, whole and with other bytes, and
    stay; `damaged` were not whole, and became what they are in the set."""

    rows: int
    files: int
    there: int
    newer: int
    damaged: int
    sums: tuple[tuple[str, Sum], ...]
    reapplied: Reapplied


def restore_set(
    settings: Settings, place: Place, manifest: Manifest, *, private: X25519PrivateKey, ledger: LedgerFound,
    takes: Callable[[FileInSet], bool] = lambda _: True, report: Report = lambda _: None,
) -> Restored:  # fmt: skip
    """`takes` says which stored files are wanted, for a drill.

    Raises NotEmpty, OtherVersion, BackupDamaged, BackupKeyWrong, SettingsWrong, MasterKeyUnusable.
    """
    key = unwrap_set(manifest, private)
    known = [signing_key(master).public_key().public_bytes_raw() for master in MasterKeys(settings).every]
    if not signed_by_one_of(manifest, known):
        raise BackupDamaged(
            f"The set {manifest.name} was not signed with this installation's master key. Set EVOKE_MASTER_KEY, or put "
            "master.key into the data folder, as it was when the set was made; without it no recording can be opened."
        )
    database = Database.of(settings)
    try:
        _require_program(manifest)
        _require_no_organisation(database)
        upgrade(database)
        with database.read() as session:
            require_empty(session)
        wanted = [one for one in files_of(place, manifest) if takes(one)]
        report(f"Stored files: {len(wanted)}")
        files = files_place(settings)
        copied = copy_back(wanted, place, files)
        with database.write() as session:
            rows, sums = _put_everything(session, place, manifest, key, report)
            newer, damaged = settle_others(session, settings, place, files, copied.others, report=report)
            report(f"What was deleted since: {len(ledger.since)} notes of the ledger")
            again = reapply(session, ledger.since)
            _begin_anew(session)
            for organisation_id in session.exec(select_rows(Organisation.id)).all():
                record_audit(
                    session, action=RESTORED, subject=BackupSet(id=manifest.set_id), organisation_id=organisation_id,
                    by=None, made_at=manifest.made_at.isoformat(timespec="seconds"),
                    done_again=str(again.done.total()), ledger=ledger.said,
                )  # fmt: skip
            _carry_on(settings, manifest, ledger)  # before the rows are there for good: after that nothing runs again
        reconcile(database)  # deliveries are in no set
    finally:
        database.close()
    return Restored(rows, copied.files, copied.there, newer, damaged, sums, again)


def require_empty(session: Session) -> None:
    """Raises NotEmpty. Jobs do not count: a worker that starts makes some."""
    for table in tables_in_order():
        if table.name != Job.__tablename__ and session.connection().execute(select(table).limit(1)).first() is not None:
            raise NotEmpty(_NOT_EMPTY.format(table.name))


def _require_no_organisation(database: Database) -> None:
    """Before the database is brought to this version: another one's is not touched. Raises NotEmpty."""
    if inspect(database.write_engine).has_table("organisation"):
        with database.read() as session:
            if session.connection().execute(text("SELECT 1 FROM organisation LIMIT 1")).first() is not None:
                raise NotEmpty(_NOT_EMPTY.format("organisation"))


def _require_program(manifest: Manifest) -> None:
    _, ours = known_revisions()
    if manifest.head != ours:
        raise OtherVersion(
            f"The set {manifest.name} was made by Evoke {manifest.version} with its database at {manifest.head}; this "
            f"program's is at {ours}. Restore it with the program that made it, and upgrade that afterwards."
        )
    require_same_tables(manifest)


def _put_everything(
    session: Session, place: Place, manifest: Manifest, key: bytes, report: Report
) -> tuple[int, tuple[tuple[str, Sum], ...]]:  # fmt: skip
    """Every table is read back from the database before it counts as restored. Raises BackupDamaged."""
    require_empty(session)  # nobody began to use it meanwhile
    session.exec(delete(Job))
    by_name = {one.name: one for one in manifest.tables}
    sums = []
    for table in tables_in_order():
        kept = by_name[table.name]
        report(f"Rows of {table.name}: {kept.count}")
        try:
            put_rows(session, table, read_rows(place, manifest, kept, key=key))
        except (SealBroken, FileNotFoundError) as error:
            raise BackupDamaged(f"{place.shown}/{table_file(manifest.name, table.name)}: {error}.") from error
    for table in tables_in_order():
        found = sum_of(session, table)
        if found != by_name[table.name].sum:
            raise BackupDamaged(
                f"{table.name}: {found.count} rows were restored of {by_name[table.name].count}, or others."
            )
        sums.append((table.name, found))
    count_on(session)
    session.expire_all()
    return sum(one.count for _, one in sums), tuple(sums)


def _begin_anew(session: Session) -> None:
    """Nobody stays signed in, work that was under way waits for a worker, and the night's work is due at once: what
    came to its end since goes with the first worker."""
    for table in (SignIn, HalfSignIn, PasswordReset):
        session.exec(delete(table))
    session.exec(
        update(Job)
        .where(col(Job.state) == JobState.RUNNING)
        .values(state=JobState.WAITING, worker=None, lease_until=None, lease_token=None, run_at=utc_now())
    )
    take_up_deletions(session)
    session.exec(delete(Job).where(col(Job.name) == NIGHTLY, col(Job.state).in_(UNFINISHED)))
    enqueue(session, NIGHTLY)


def _carry_on(settings: Settings, manifest: Manifest, ledger: LedgerFound) -> None:
    """The ledger goes on where the installation is now, for sets from before. One that is not whole ends here: the
    installation gets a new one, so that no set from before passes for complete."""
    places = ledger_places(settings)
    if not ledger.is_whole:
        for one in places:
            if known_id(one) == manifest.ledger:
                one.delete(NAME_FILE)
        ledger_id(places)
        return
    everything = ledger.everything()
    for one in places:
        write_entries(one, everything)
        if known_id(one) != manifest.ledger:
            one.put(NAME_FILE, ledger.places[0].get(NAME_FILE))
