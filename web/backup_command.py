"""`evoke backup`: make, look at, check, restore, prove and take away backups."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from models.errors import EvokeError
from web.backup_places import megabytes, place_at, private_key_in, report, set_at
from web.restore_command import run_drill, run_restore


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
    restore = _with_set(actions, "restore", "restore a set into an empty installation", run_restore)
    drill = _with_set(
        actions, "drill", "prove a set: restore it aside, play recordings, score sessions again", run_drill
    )
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
        made = make_backup(database, settings, place_at(arguments.place), report=report)
    finally:
        database.close()
    one = made.manifest
    print(
        f"Made {arguments.place.rstrip('/')}/{one.name} in {time.monotonic() - started:.0f} seconds: {one.rows} rows "
        f"({megabytes(made.rows_bytes)}), {one.files} files ({megabytes(one.files_bytes)}), {made.anew} of them copied "
        f"anew ({megabytes(made.anew_bytes)})."
    )
    if one.gone:
        print(f"{one.gone} files went while it was made: what they belonged to was deleted or thrown away.")
    if one.came_whole:
        print(
            f"{one.came_whole} recordings that came in pieces became sessions while it was made: their sound is not in "
            "this set, and will be in the next."
        )
    for name in one.missing:
        print(f"MISSING: the database names {name}, and the storage does not have it.", file=sys.stderr)
    return 1 if one.missing else 0


def _list(arguments: argparse.Namespace) -> int:
    from models.backup.sets import read_manifest, set_names, unfinished_sets

    place, damaged = place_at(arguments.place, make=False), 0
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
            f"({megabytes(one.files_bytes)}){missing}"
        )
    for name in unfinished_sets(place):
        print(f"{name}: not finished; the next evoke backup make takes it away")
    if not names:
        print(f"{arguments.place} has no sets.")
    return 1 if damaged else 0


def _check(arguments: argparse.Namespace) -> int:
    from models.backup.check import check_set

    place, manifest = set_at(arguments.set)
    checked = check_set(place, manifest, private=private_key_in(arguments.key) if arguments.key else None)
    for one in checked.problems:
        print(one, file=sys.stderr)
    if checked.problems:
        print(f"{manifest.name} is NOT as it was made: {len(checked.problems)} problems.", file=sys.stderr)
        return 1
    opened = f", and its {checked.rows_opened} rows open" if arguments.key else ". Its rows were not opened: --key"
    parts = f"{checked.tables} tables, {checked.files} files, {megabytes(checked.bytes)}"
    print(f"{manifest.name} is as it was made: {parts}{opened}.")
    return 0


def _prune(arguments: argparse.Namespace) -> None:
    from models.backup.prune import Keep, prune
    from models.database import Database
    from models.settings import get_settings

    keep, settings = Keep.read(arguments.keep), get_settings()
    database = Database.of(settings)
    try:
        done = prune(database, settings, place_at(arguments.place, make=False), keep)
    finally:
        database.close()
    print(
        f"Took {len(done.sets)} sets away and kept {done.kept}; {done.files} files ({megabytes(done.bytes)}) went with "
        "them."
    )
