"""`evoke backup`: make, look at, check, restore, prove and take away backups."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EvokeError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from coding.restore.drill import Drilled
    from coding.restore.ledger_found import LedgerFound
    from coding.restore.reapply import Reapplied
    from models.backup.sets import Manifest
    from models.places import Place
    from models.settings import Settings


class NoSet(EvokeError):
    status = 404
    code = "no_set"


class DidNotAnswer(EvokeError):
    status = 503
    code = "did_not_answer"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser(
        "backup", help="make backups of database and files, restore them, prove that they work"
    )
    actions = backup.add_subparsers(required=True, metavar="ACTION")
    key = actions.add_parser("key", help="make the pair of keys that backups are sealed with")
    key.add_argument("file", type=Path, metavar="FILE", help="where the private key goes; keep it apart")
    key.set_defaults(run=_key)
    _with_place(actions, "make", "make a set while the site goes on", _make)
    _with_place(actions, "list", "the sets of a place", _list)
    check = _with_set(actions, "check", "whether any byte of a set was changed or is missing", _check)
    check.add_argument("--key", type=Path, metavar="FILE", help="the private key: opens every row too")
    restore = _with_set(actions, "restore", "restore a set into an empty installation", _restore)
    drill = _with_set(actions, "drill", "prove a set: restore it aside, play recordings, score sessions again", _drill)
    drill.add_argument(
        "--database",
        default="",
        metavar="URL",
        help="an empty PostgreSQL database to restore into; leave the password to PGPASSWORD or .pgpass",
    )
    drill.add_argument("--sample", type=int, default=3, metavar="N", help="recordings and sessions to look at (3)")
    for one in (restore, drill):
        one.add_argument("--key", type=Path, metavar="FILE", required=True, help="the private key of backups")
        one.add_argument("--ledger", metavar="PLACE", help="where the ledger of deletions is (folder or s3://…)")
        one.add_argument(
            "--without-ledger", action="store_true",
            help="go on though the ledger is lost: what was deleted since the backup is back",
        )  # fmt: skip
    prune = _with_place(actions, "prune", "take older sets away, and files that no kept set needs", _prune)
    prune.add_argument("--keep", required=True, metavar="N|Nd", help="the newest N sets, or those of N days (35d)")


def _with_place(actions, name, text, run) -> argparse.ArgumentParser:  # type: ignore[no-untyped-def]
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text)
    parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket/prefix")
    parser.set_defaults(run=_in_words(run))
    return parser


def _with_set(actions, name, text, run) -> argparse.ArgumentParser:  # type: ignore[no-untyped-def]
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text)
    parser.add_argument("set", metavar="PLACE/SET", help="as evoke backup list shows it, or PLACE/latest")
    parser.set_defaults(run=_in_words(run))
    return parser


def _in_words(run: Callable[[argparse.Namespace], int | None]) -> Callable[[argparse.Namespace], int | None]:
    """What a store, a disk or a driver says may hold an address or a row: the kind of fault is enough."""

    def told(arguments: argparse.Namespace) -> int | None:
        from obstore.exceptions import BaseError as StoreError
        from sqlalchemy.exc import DBAPIError

        from models.files_errors import cause_of

        try:
            return run(arguments)
        except BrokenPipeError:
            raise
        except (StoreError, OSError) as error:
            raise DidNotAnswer(f"A folder or bucket could not be used ({cause_of(error)}). Look at it.") from error
        except DBAPIError as error:
            kind = type(error.orig).__name__
            raise DidNotAnswer(f"The database did not do what it should ({kind}). Look whether it runs.") from error

    return told


def _key(arguments: argparse.Namespace) -> None:
    from models.backup.keys import make_pair, write_private_key

    public, private = make_pair()
    write_private_key(arguments.file, private)
    print(f"The private key is in {arguments.file}. Whoever has it can read backups: keep it apart, in two places.")
    print("Without it no backup can be restored. Set on the machine that makes backups:")
    print(f"EVOKE_BACKUP_KEY={public}")


def _make(arguments: argparse.Namespace) -> int:
    from models.backup.make import make_backup
    from models.database import Database
    from models.settings import get_settings

    settings, started = get_settings(), time.monotonic()
    database = Database.of(settings)
    try:
        made = make_backup(database, settings, _place(arguments.place), report=_report)
    finally:
        database.close()
    one = made.manifest
    print(
        f"Made {arguments.place.rstrip('/')}/{one.name} in {time.monotonic() - started:.0f} seconds: {one.rows} rows "
        f"({_mb(made.rows_bytes)}), {one.files} files ({_mb(one.files_bytes)}), {made.anew} of them copied anew "
        f"({_mb(made.anew_bytes)})."
    )
    if one.gone:
        print(f"{one.gone} files went while it was made: their sessions were deleted.")
    for name in one.missing:
        print(f"MISSING: the database names {name}, and the storage does not have it.", file=sys.stderr)
    return 1 if one.missing else 0


def _list(arguments: argparse.Namespace) -> int:
    from models.backup.sets import read_manifest, set_names, unfinished_sets

    place, damaged = _place(arguments.place, make=False), 0
    names = set_names(place)
    for name in names:
        try:
            one = read_manifest(place, name)
        except EvokeError as error:
            damaged += 1
            print(f"{name}: DAMAGED. {error.message}")
            continue
        missing = f", {len(one.missing)} files MISSING" if one.missing else ""
        print(
            f"{name}: {one.made_at:%Y-%m-%d %H:%M} UTC, {one.database}, {one.rows} rows, {one.files} files "
            f"({_mb(one.files_bytes)}){missing}"
        )
    for name in unfinished_sets(place):
        print(f"{name}: not finished; the next evoke backup make takes it away")
    if not names:
        print(f"{arguments.place} has no sets.")
    return 1 if damaged else 0


def _check(arguments: argparse.Namespace) -> int:
    from models.backup.check import check_set

    place, manifest = _set(arguments.set)
    checked = check_set(place, manifest, private=_private(arguments.key) if arguments.key else None)
    for one in checked.problems:
        print(one, file=sys.stderr)
    if checked.problems:
        print(f"{manifest.name} is NOT as it was made: {len(checked.problems)} problems.", file=sys.stderr)
        return 1
    opened = f", and its {checked.rows_opened} rows open" if arguments.key else ". Its rows were not opened: --key"
    parts = f"{checked.tables} tables, {checked.files} files, {_mb(checked.bytes)}"
    print(f"{manifest.name} is as it was made: {parts}{opened}.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from coding.restore.ledger_found import find_ledger
    from coding.restore.restore import restore_set
    from models.settings import get_settings

    settings, private = get_settings(), _private(arguments.key)
    place, manifest = _set(arguments.set)
    ledger = find_ledger(settings, place, manifest, given=arguments.ledger, without=arguments.without_ledger)
    done = restore_set(settings, place, manifest, private=private, ledger=ledger, report=_report)
    print(f"Restored {manifest.name}: {done.rows} rows, each table with the count and checksum it had.")
    print(f"Files: {done.files} copied, {done.there} were there already.")
    if done.newer:
        print(f"{done.newer} files were there with other bytes, and stay: they are whole, and newer than the backup.")
    if done.damaged:
        print(f"{done.damaged} files were there and not whole, or not as in the set. They are as in the set now.")
    _say_ledger(ledger)
    _say_reapplied(done.reapplied)
    print("Everybody has to sign in again. Deletions and the night's work begin when a worker starts.")
    return 0


def _drill(arguments: argparse.Namespace) -> int:
    from coding.restore.drill import drill, place_for_drill
    from coding.restore.ledger_found import find_ledger
    from models.settings import get_settings

    settings, private, started = get_settings(), _private(arguments.key), time.monotonic()
    place, manifest = _set(arguments.set)
    try:
        ledger = find_ledger(settings, place, manifest, given=arguments.ledger, without=arguments.without_ledger)
        with place_for_drill(settings, database_url=arguments.database) as aside:
            done = drill(
                aside, place, manifest, private=private, ledger=ledger, sample=arguments.sample, report=_report
            )  # fmt: skip
    except Exception as error:  # whatever it was: an older drill that went well is not the last one
        _note_drill(place, manifest, "failed", [type(error).__name__])
        raise
    seconds = time.monotonic() - started
    _say_drilled(done, manifest, ledger, seconds)
    _note_drill(place, manifest, "ok" if done.is_green else "failed", done.problems)
    return 0 if done.is_green else 1


def _say_drilled(done: "Drilled", manifest: "Manifest", ledger: "LedgerFound", seconds: float) -> None:
    assert done.restored is not None
    print(f"Drill of {manifest.name}, made {manifest.made_at:%Y-%m-%d %H:%M} UTC:")
    print(f"  Rows: {done.restored.rows} in {len(done.restored.sums)} tables, each with its count and checksum.")
    print(f"  Stored files: {manifest.files}, {_mb(manifest.files_bytes)}, each looked at byte by byte.")
    print(f"  Audit trail: {done.chains} chains looked at.")
    print(f"  Recordings: {done.played} opened and played, {done.played_minutes:.0f} minutes.")
    print(f"  Sessions scored again: {done.scored}.")
    if done.other_coder and not done.scored:
        print("  Sessions were coded by another version of the coder than this one, so no score could be compared.")
    _say_ledger(ledger)
    _say_reapplied(done.restored.reapplied)
    for one in done.problems:
        print(f"  PROBLEM: {one}")
    print(f"{'GREEN' if done.is_green else 'NOT GREEN'}, in {seconds:.0f} seconds.")


def _say_ledger(ledger: "LedgerFound") -> None:
    if ledger.lacking:
        there, sure = ledger.places[0].shown, ledger.sure_until
        print(f"The ledger of deletions was there in {there}, and not in {', '.join(ledger.lacking)}.")
        known = f"was last found to have everything at {sure:%Y-%m-%d %H:%M} UTC" if sure else "may not have everything"
        print(f"{there} {known}: what was deleted since and noted in the other place alone would be BACK.")
        print("If you have the other place, see that it holds no more.")
    elif ledger.is_whole:
        print("The ledger of deletions was there and whole.")
    elif not ledger.places:
        print("WITHOUT the ledger of deletions: what was deleted since the backup is BACK. Tell your data protection")
        print("officer, and ask teams which sessions they deleted since.")
    else:
        print(
            f"The ledger of deletions ends at {ledger.until:%Y-%m-%d %H:%M} UTC: what was deleted after that is BACK."
        )
        print("Tell your data protection officer, and ask teams which sessions they deleted since.")


def _say_reapplied(result: "Reapplied") -> None:
    from training.audit_list import action_shown

    for action, number in sorted(result.done.items()):
        print(f"Done again: {action_shown(action)} ({number})")
    if not result.done:
        print("Nothing that was in the backup was deleted since.")
    for entry in result.told:
        print(f"TO SEE TO BY HAND: {action_shown(entry.action)}, {entry.at:%Y-%m-%d %H:%M} UTC, {entry.subject_id}")


def _prune(arguments: argparse.Namespace) -> None:
    from models.backup.prune import Keep, prune
    from models.database import Database
    from models.settings import get_settings

    keep, settings = Keep.read(arguments.keep), get_settings()
    database = Database.of(settings)
    try:
        done = prune(database, settings, _place(arguments.place, make=False), keep)
    finally:
        database.close()
    print(
        f"Took {len(done.sets)} sets away and kept {done.kept}; {done.files} files ({_mb(done.bytes)}) went with them."
    )


def _note_drill(place: "Place", manifest: "Manifest", result: str, problems: list[str]) -> None:
    """For whoever asks when the last drill was: in the data folder, beside the sets and in the audit trail. Where this
    machine has no database of Evoke, the next `evoke backup make` writes it there."""
    import json

    from models.backup.make import LAST_DRILL, write_note
    from models.columns import utc_now
    from models.settings import get_settings

    settings = get_settings()
    said: dict[str, object] = {
        "at": utc_now().isoformat(), "set": manifest.name, "set_id": str(manifest.set_id),
        "set_made_at": manifest.made_at.isoformat(), "place": place.shown, "result": result, "problems": len(problems),
    }  # fmt: skip
    write_note(settings, LAST_DRILL, said)
    place.put(LAST_DRILL, json.dumps(said, indent=1).encode())
    _note_drill_in_database(settings, manifest, said)


def _note_drill_in_database(settings: "Settings", manifest: "Manifest", said: dict[str, object]) -> None:
    from models.backup.noted import Noted, note
    from models.database import Database
    from models.schema_version import Schema, schema_of

    if not settings.database_url and not (settings.data_dir / "evoke.sqlite3").exists():
        return  # none is made for this
    database = Database.of(settings)
    try:
        with database.read() as session:
            if schema_of(session) in (Schema.NONE, Schema.OLDER):
                return
        with database.write() as session:
            note(session, Noted.DRILL, set_id=manifest.set_id, said=said)
    except Exception as error:  # the drill was, whether or not its database answers
        print(f"The database does not know of this drill yet ({type(error).__name__}).", file=sys.stderr)
    finally:
        database.close()


def _place(where: str, *, make: bool = True) -> "Place":
    from models.places import open_place
    from models.settings import get_settings

    return open_place(where, get_settings(), named="PLACE", make=make)


def _set(where: str) -> tuple["Place", "Manifest"]:
    """Raises NoSet, NotFound, BackupDamaged."""
    from models.backup.sets import read_manifest, set_names

    before, _, name = where.rstrip("/").rpartition("/")
    if not before:
        raise NoSet("Say which set, as PLACE/SET or PLACE/latest. See those of a place: evoke backup list PLACE")
    place = _place(before, make=False)
    if name == "latest":
        names = set_names(place)
        if not names:
            raise NoSet(f"{before} has no sets.")
        name = names[-1]
    return place, read_manifest(place, name)


def _private(file: Path) -> "X25519PrivateKey":
    from models.backup.keys import read_private_key

    return read_private_key(file)


def _report(said: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{said}", end="", file=sys.stderr, flush=True)


def _mb(number: int) -> str:
    return f"{number / 1e6:.1f} MB"
