"""`evoke corrections`: what coaches signed off, as a file to train a coder with."""

import argparse
import os
import sys
from pathlib import Path

from web.people_command import organisation_named, writing


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    corrections = commands.add_parser("corrections", help="signed-off codings, for the coder to learn from")
    steps = corrections.add_subparsers(required=True, metavar="STEP")
    export = steps.add_parser(
        "export",
        help="write them as a CSV file that `evoke train --own` reads",
        description="Takes the signed-off coding of every session whose people all agreed that the coder may learn "
        "from it, with names replaced as in its transcript. The file holds what people said: keep it as you keep "
        "recordings, and delete it once the coder is trained.",
    )
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="readable by you alone")
    export.add_argument("--organisation", help="its name; needed where there are several")
    export.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    """The status is 1 where no session could be taken; no file is written then."""
    from coding.corrections.rows import take_corrections, write_corrections
    from coding.write_out import write_out

    with writing() as (session, _):
        found = take_corrections(session, organisation_named(session, arguments.organisation).id)
    for why, sessions in found.left_out.items():
        if sessions:
            print(f"evoke: {_many(sessions, 'session')} left out: {why.value}.", file=sys.stderr)
    if not found.taken:
        print("evoke: there is no signed-off session to take, so no file was written.", file=sys.stderr)
        return 1
    before = os.umask(0o077)
    try:
        write_out(arguments.out, lambda out: write_corrections(found.taken, out))
    finally:
        os.umask(before)
    lines = sum(len(one.rows) for one in found.taken)
    print(f"{_many(len(found.taken), 'session')}, {_many(lines, 'line')} in {arguments.out}.")
    return 0


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
