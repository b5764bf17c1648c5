"""`evoke content check`: everything that is wrong with modules and exercises, before anybody reads them."""

import argparse
from pathlib import Path

from models.errors import NotFound


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    content = commands.add_parser("content", help="modules and exercises").add_subparsers(required=True, metavar="WHAT")
    check = content.add_parser("check", help="say everything that is wrong with them")
    check.add_argument("folder", type=Path, nargs="?", help="of one module or of several (default: what ships)")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    """1 where something is wrong."""
    from training.modules.check import check_folder
    from training.modules.load import SHIPPED_MODULES

    folder = arguments.folder or SHIPPED_MODULES
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}. Name that of a module, or one that holds several.")
    checked = check_folder(folder)
    for slug, fault in checked.faults:
        print(f"{slug}/{fault}")
    exercises = sum(len(one.exercises) for one in checked.modules)
    print(f"{_many(len(checked.modules), 'module')} read, with {_many(exercises, 'exercise')}.")
    if checked.ages:
        print(f"Reading age: {min(checked.ages.values())} to {max(checked.ages.values())}.")
    print(f"{_many(len(checked.faults), 'fault')} to mend." if checked.faults else "Nothing is wrong.")
    return 1 if checked.faults else 0


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
