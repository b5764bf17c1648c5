"""`evoke content check`: everything that is wrong with modules, exercises and scenarios, before anybody meets them."""

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import NotFound

if TYPE_CHECKING:
    from training.modules.check import Checked

AS_MEANT = 0.95
"""The share of model answers that the coder has to hear as they are meant: where it is wrong, now and then, so are
people."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    content = commands.add_parser("content", help="modules and exercises").add_subparsers(required=True, metavar="WHAT")
    check = content.add_parser("check", help="say everything that is wrong with them")
    check.add_argument("folder", type=Path, nargs="?", help="of one module or of several (default: all that ships)")
    check.add_argument("--coder", action="store_true", help="have every model answer and weak answer coded; minutes")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    """1 where something is wrong."""
    from training.modules.check import check_folder
    from training.modules.load import SHIPPED_MODULES

    folder = arguments.folder or SHIPPED_MODULES
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}. Name that of a module, or one that holds several.")
    checked = check_folder(folder)
    wrong = [f"{slug}/{fault}" for slug, fault in checked.faults]
    exercises = sum(len(one.exercises) for one in checked.modules)
    told = [f"{_many(len(checked.modules), 'module')} read, with {_many(exercises, 'exercise')}."]
    if arguments.folder is None:
        wrong += _scenario_faults()
    if checked.ages:
        told.append(f"Reading age: {min(checked.ages.values())} to {max(checked.ages.values())}.")
    if arguments.coder:
        answers, faults = _answers(checked)
        told, wrong = told + answers, wrong + faults
    print("\n".join([*wrong, *told, f"{_many(len(wrong), 'fault')} to mend." if wrong else "Nothing is wrong."]))
    return 1 if wrong else 0


def _scenario_faults() -> list[str]:
    from training.simulated.check import missing
    from training.simulated.shelf import SHIPPED, ScenarioUnreadable, read_scenario

    faults = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        try:
            faults += [f"{path.name}: {gap}" for gap in missing(read_scenario(path))]
        except ScenarioUnreadable as error:
            faults.append(str(error))
    return faults


def _answers(checked: "Checked") -> tuple[list[str], list[str]]:
    """What is told and what is wrong. The coder is the one that ships."""
    from coding.coder.desk import CodingDesk, Patience
    from models.settings import Settings
    from training.modules.check_answers import hear_answers
    from training.modules.load import shipped_library

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), coder="")  # type: ignore[call-arg]
        desk = CodingDesk(settings, Patience(answer=300))  # nobody waits at a page
        try:
            beside = [*checked.modules, *shipped_library().modules]
            heard = list(hear_answers(checked.modules, beside=beside, desk=desk))
        finally:
            desk.end()
    models, weak = [one for one in heard if one.is_model], [one for one in heard if not one.is_model]
    told = [
        f"{one.module}/exercises.yaml, {one.exercise}: “{one.answer}” is {one.how}"
        f" (a {'model' if one.is_model else 'weak'} answer)."
        for one in heard
        if not one.as_meant
    ]
    as_meant = sum(one.as_meant for one in models)
    told.append(f"Model answers heard as meant: {as_meant} of {len(models)}.")
    told.append(f"Weak answers that are not met: {sum(one.as_meant for one in weak)} of {len(weak)}.")
    too_few = as_meant < AS_MEANT * len(models)
    return told, [f"Fewer than {AS_MEANT:.0%} of the model answers are heard as meant."] if too_few else []


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
