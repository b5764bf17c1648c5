"""Whether stored files and rows name each other."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select

from models.database import Database
from models.named_files import files_named
from models.settings import Settings
from models.storage import LEDGER, Storage
from models.sweep import LOST, sweep_files, sweep_in_progress, sweep_keys
from models.sweep_spoken import sweep_spoken_answers
from models.withdrawal import Withdrawal


@dataclass(frozen=True)
class WrongFile:
    words: str
    of_deleted: bool = False


def judge_files(settings: Settings, database: Database) -> tuple[list[WrongFile], int]:
    """And how many the sweep put aside, because a process died between a file and its row."""
    sweep_in_progress(database, settings)
    sweep_spoken_answers(database, settings)
    sweep_files(database, settings, older_than_hours=0)
    sweep_keys(database, older_than_hours=0)
    there = {one.key for one in Storage(settings).files()}
    aside = {one for one in there if one.startswith(f"{LOST}/")}
    with database.read() as session:
        named = files_named(session)
        deleted = dict[str, UUID]()
        for withdrawal in session.exec(select(Withdrawal)).all():
            deleted |= {file["name"]: withdrawal.session_id for file in withdrawal.files or []}
    wrong = [WrongFile(f"{one} has a row, and is not there") for one in sorted(named.needed - there)]
    for key in sorted(there):
        name = key.removeprefix(f"{LOST}/")
        if name in deleted:
            wrong.append(WrongFile(f"{key} is a file of session {deleted[name]}, which was deleted", of_deleted=True))
        elif key not in aside and not key.startswith(f"{LEDGER}/") and not named.lasts(key):
            wrong.append(WrongFile(f"{key} is named by nothing"))
    return wrong, len(aside)
