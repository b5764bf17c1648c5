"""`evoke doctor`: is this installation well, and if not, what to do."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.settings import Settings
    from training.running.check import Check

_SIGN = {"ok": "ok    ", "look": "look  ", "broken": "BROKEN"}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser("doctor", help="look whether everything works, and say what to do where it does not")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--thorough", action="store_true", help="load the speech model too, which may take a minute")
    doctor.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    """1 where something is broken; what is only to be looked at does not count. Raises SettingsWrong."""
    from models.settings import get_settings
    from training.running.check import State, worst

    found = []
    for one in look(get_settings(), thorough=arguments.thorough):
        found.append(one)
        if not arguments.json:
            _print(one)
    state = worst(found)
    if arguments.json:
        json.dump({"state": state.value, "checks": [_as_json(one) for one in found]}, sys.stdout, indent=1)
        print()
    else:
        words = {
            State.OK: "All is well.",
            State.LOOK: "It works. Look at what is marked.",
            State.BROKEN: "It is broken.",
        }
        print(f"\n{words[state]}")
    return 1 if state is State.BROKEN else 0


def look(settings: "Settings", *, thorough: bool = False) -> Iterator["Check"]:
    """Everything, in the order in which one thing needs another: what runs is asked of a database only if it is
    there."""
    from models.database import Database
    from models.errors import EvokeError
    from training.running.check import Check, State
    from training.running.checks import checks_of
    from training.running.facts import read_facts
    from training.running.start_checks import start_checks

    yield Check("settings", State.OK, "The settings can be read.")
    try:
        database = Database.of(settings)
    except EvokeError as error:
        yield Check("database", State.BROKEN, error.message, "Do as it says, then look again.")
        return
    usable = True
    for one in start_checks(settings, database, thorough=thorough):
        usable = usable and not (one.key in ("database", "migrations") and one.state is State.BROKEN)
        yield one
    if usable:
        with database.read() as session:
            facts = read_facts(session, settings)
        for one in checks_of(facts):
            if one.key == "workers" and not facts.workers:
                yield Check(
                    "workers", State.LOOK, "Evoke does not run: there is no worker.", "Start it: `evoke serve`."
                )
            elif one.key != "coder" or one.state is not State.OK:  # which was loaded before
                yield one
    database.close()


def _print(one: "Check") -> None:
    print(f"{_SIGN[one.state.value]}  {one.what}", flush=True)
    if one.since:
        print(f"        since {one.since:%Y-%m-%d %H:%M} UTC")
    for name in one.names:
        print(f"        {name}")
    if one.do:
        print(f"        {one.do.replace('`', '')}")


def _as_json(one: "Check") -> dict[str, object]:
    return {
        "check": one.key, "state": one.state.value, "what": one.what, "do": one.do,
        "since": one.since.isoformat() if one.since else None, "names": list(one.names),
    }  # fmt: skip
