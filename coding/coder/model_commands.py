"""`evoke model list`, `evoke model use` and `evoke model compare`."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EvokeError

if TYPE_CHECKING:
    from coding.coder.result import Coder
    from coding.coder.shelf import ShelvedCoder
    from models.settings import Settings

KEY_FIGURES = {
    "authors left out: macro-F1 of the 11 codes": "11 codes",
    "authors left out: client macro-F1": "client",
    "AnnoMI practitioner 4-class macro-F1": "AnnoMI",
}
"""Those figures of a coder that the list has room for, and what it calls them."""


class WhichCoder(EvokeError):
    code = "which_coder"


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    model = subparsers.add_parser("model", help="list the coders, choose one, compare two")
    commands = model.add_subparsers(required=True, metavar="COMMAND")

    listed = commands.add_parser("list", help="the coders there are, and which one codes now")
    listed.set_defaults(run=_list)

    use = commands.add_parser(
        "use",
        help="choose the coder of new sessions",
        description="From now on new sessions are coded by this coder. Sessions that are coded keep their codes.",
    )
    use.add_argument("coder", nargs="?", metavar="NAME|DIR", help="a name of `evoke model list`, or a coder's folder")
    use.add_argument("--shipped", action="store_true", help="go back to the coder that ships as the default")
    use.set_defaults(run=_use)

    compare = commands.add_parser(
        "compare",
        help="code the same transcripts with two coders",
        description="Codes the files with both coders: how far they agree, and which is nearer to gold where CSV files "
        "have a column code beside a column utterance. Own sessions that one of the two learned from are left out.",
    )
    compare.add_argument("first", metavar="A", help="a coder's name or folder")
    compare.add_argument("second", metavar="B", help="another's")
    compare.add_argument("files", nargs="+", type=Path, metavar="FILE")
    compare.add_argument("--goal", default="", help="the change goal that change talk is relative to")
    compare.set_defaults(run=_compare)


def _list(_arguments: argparse.Namespace) -> None:
    from coding.coder.in_use import coder_in_use
    from coding.coder.shelf import coders, looked_at
    from models.settings import get_settings

    settings = get_settings()
    found, now = coders(settings), coder_in_use(settings).resolve()
    if now not in [coder.folder.resolve() for coder in found]:
        found.append(looked_at(now))
    rows = [_cells(coder, now) for coder in found]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(
        "* codes new sessions. Figures are macro-F1 as measured in training, on conversations left out of it; for "
        "coders that learned from different data, `evoke model compare` is the fair way."
    )
    if settings.coder:
        print("EVOKE_CODER is set, and goes before what `evoke model use` chose.")


def _cells(coder: "ShelvedCoder", now: Path) -> tuple[str, ...]:
    """The problem of a coder that cannot be used stands last, where a line may be long."""
    figures = [f"{short} {coder.figures[name]:.3f}" for name, short in KEY_FIGURES.items() if name in coder.figures]
    return (
        "*" if coder.folder.resolve() == now else " ",
        coder.name,
        coder.version or "-",
        "ships" if coder.ships else "own",
        f"{coder.utterances:,} utterances" if coder.utterances is not None else "-",
        ", ".join(figures) or "-",
        f"{coder.megabytes:.1f} MB",
        f"{coder.folder}: BROKEN. {coder.problem}" if coder.problem else str(coder.folder),
    )


def _use(arguments: argparse.Namespace) -> None:
    from coding.coder.choice import choose_coder
    from coding.coder.in_use import choice_file
    from coding.coder.shelf import find_coder
    from models.settings import get_settings

    if arguments.shipped is bool(arguments.coder):
        raise WhichCoder("Name one coder, or give --shipped alone. `evoke model list` shows what there is.")
    settings = get_settings()
    folder = None if arguments.shipped else find_coder(arguments.coder, settings)
    coder = choose_coder(folder, settings=settings)
    for line in _told(coder, settings, choice_file(settings)):
        print(line)
    if settings.coder:
        print(
            f"evoke: EVOKE_CODER is set to {settings.coder} and goes before this choice, so that coder still codes. "
            "Take it out of the environment or .env and restart Evoke.",
            file=sys.stderr,
        )


def _told(coder: "Coder", settings: "Settings", file: Path) -> Iterator[str]:
    if settings.coder:
        yield f"{coder.version} is chosen, but does not code yet."
    else:
        yield f"{coder.version} codes new sessions from now on."
        yield "A worker that runs takes it up at its next session; it need not be restarted."
    if file.exists():
        yield f"The choice is kept in {file}."
    else:
        yield "It is the default that ships. When a later Evoke ships another, that one codes."
    yield "Sessions that are coded keep their codes, and the name of the version that gave them."


def _compare(arguments: argparse.Namespace) -> int:
    """A file that cannot be read is named on standard error and the others are still compared; the status is 2."""
    from coding.code_files import read_files
    from coding.coder.compare import NothingToCompare, compare
    from coding.coder.compare_text import lines_of
    from coding.coder.shelf import coder_in, find_coder
    from coding.coder.twice_coded import code_with_both
    from coding.write_out import Remarks
    from models.settings import get_settings

    settings, remarks = get_settings(), Remarks()
    folders = [find_coder(word, settings) for word in (arguments.first, arguments.second)]
    first, second = (coder_in(folder) for folder in folders)
    learned, told = _learned_from(folders)
    coded, left_out = [], []
    for _, parsed in read_files(arguments.files, remarks):
        if parsed.transcript_id in learned:
            left_out.append(parsed.transcript_id)
        else:
            coded.append(code_with_both(parsed, first=first, second=second, change_goal=arguments.goal))
    remarks.tell()
    if left_out and not coded:
        raise NothingToCompare(
            "A or B learned from every conversation of these files, so they would flatter it. Train with "
            "--hold-out, or name files that neither has seen."
        )
    found = compare(coded)
    print(f"A  {first.version}\nB  {second.version}")
    if left_out:
        print(f"Left out, because A or B learned from them ({len(left_out)}): {', '.join(left_out)}.")
    for line in (*told, *lines_of(found)):
        print(line)
    return 2 if remarks.problems else 0


def _learned_from(folders: list[Path]) -> tuple[frozenset[str], list[str]]:
    """Own sessions that one of the coders learned from, and a sentence on each that does not say from which."""
    from coding.coder.held_out import learned_by
    from coding.coder.shelf import about_of

    learned = [learned_by(about_of(folder)) for folder in folders]
    untold = [
        f"{name} learned from own sessions before Evoke kept which. Where the files hold some of them they flatter it."
        for name, one in zip("AB", learned, strict=True)
        if not one.known
    ]
    return learned[0].sessions | learned[1].sessions, untold
