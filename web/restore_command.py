"""`evoke backup restore` and `evoke backup drill`."""

import argparse
import sys
import time
from typing import TYPE_CHECKING

from web.backup_places import megabytes, private_key_in, report, set_at

if TYPE_CHECKING:
    from coding.restore.drill import Drilled
    from coding.restore.ledger_found import LedgerFound
    from coding.restore.reapply import Reapplied
    from models.backup.sets import Manifest
    from models.places import Place
    from models.settings import Settings


def run_restore(arguments: argparse.Namespace) -> int:
    from coding.restore.ledger_found import find_ledger
    from coding.restore.restore import restore_set
    from models.settings import get_settings

    settings, private = get_settings(), private_key_in(arguments.key)
    place, manifest = set_at(arguments.set)
    ledger = find_ledger(settings, place, manifest, given=arguments.ledger, without=arguments.without_ledger)
    done = restore_set(settings, place, manifest, private=private, ledger=ledger, report=report)
    print(f"Restored {manifest.name}: {done.rows} rows, each table with the count and checksum it had.")
    print(f"Files: {done.files} copied, {done.there} were there already.")
    if done.newer:
        print(f"{done.newer} files were there with other bytes, and stay: they are whole, and newer than the backup.")
    if done.damaged:
        print(f"{done.damaged} files were there and not whole, or not as in the set. They are as in the set now.")
    if manifest.came_whole:
        print(
            f"{manifest.came_whole} recordings became sessions while the set was made. Here they stand as still coming "
            "and cannot be finished: their sound is not in this set. Have them sent again."
        )
    _say_ledger(ledger)
    _say_reapplied(done.reapplied)
    print("Everybody has to sign in again. Deletions and the night's work begin when a worker starts.")
    return 0


def run_drill(arguments: argparse.Namespace) -> int:
    from coding.restore.drill import drill as prove
    from coding.restore.drill import place_for_drill
    from coding.restore.ledger_found import find_ledger
    from models.settings import get_settings

    settings, private, started = get_settings(), private_key_in(arguments.key), time.monotonic()
    place, manifest = set_at(arguments.set)
    try:
        ledger = find_ledger(settings, place, manifest, given=arguments.ledger, without=arguments.without_ledger)
        with place_for_drill(settings, database_url=arguments.database) as aside:
            done = prove(
                aside, place, manifest, private=private, ledger=ledger, sample=arguments.sample, report=report
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
    print(f"  Stored files: {manifest.files}, {megabytes(manifest.files_bytes)}, each looked at byte by byte.")
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
