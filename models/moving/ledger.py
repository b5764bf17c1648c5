"""The ledger of deletions goes along with the files: a backup from before the move asks it."""

from concurrent.futures import ThreadPoolExecutor

from models.deletion_ledger import FOLDER
from models.places import beside_files
from models.settings import Settings

_AT_ONCE = 6


def copy_ledger(settings: Settings, target: Settings) -> int:
    """How many entries are at the target for the first time. Nothing is written over."""
    here, there = beside_files(settings), beside_files(target)
    if here.is_same_as(there):
        return 0
    names = [one.name for one in here.files(FOLDER)]
    with ThreadPoolExecutor(_AT_ONCE, "move") as pool:
        return sum(pool.map(lambda name: there.put_new(name, here.get(name)), names))
