"""`evoke code`: many files in, coded CSV or JSON out, with no database."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EvokeError

if TYPE_CHECKING:
    from coding.output import CodedFile


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    code = commands.add_parser(
        "code",
        help="code transcripts from files",
        description="Codes transcripts (CSV, text, WebVTT, SRT, DOCX, JSON) and writes every utterance with its code.",
    )
    code.add_argument("files", nargs="+", type=Path, metavar="FILE")
    code.add_argument("--format", choices=("json", "csv"), default="json")
    code.add_argument("--out", type=Path, metavar="F", help="write here instead of to standard output")
    code.add_argument("--goal", default="", help="the change goal that change talk is relative to")
    code.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """A file that cannot be read is named on standard error and the others are still coded; the exit status is 2."""
    from coding.output import write_csv, write_json

    problems: list[str] = []
    coded = _code_all(arguments.files, arguments.goal, problems)
    write = write_csv if arguments.format == "csv" else write_json
    if arguments.out is None:
        write(coded, sys.stdout)
    else:
        partial = arguments.out.with_name(arguments.out.name + ".part")
        with partial.open("w", encoding="utf-8", newline="") as out:
            write(coded, out)
        partial.replace(arguments.out)  # a run that is cut off leaves no half file under the name asked for
    for problem in problems:
        print(f"evoke: {problem}", file=sys.stderr)
    return 2 if problems else 0


def _code_all(files: list[Path], goal: str, problems: list[str]) -> Iterator["CodedFile"]:
    from coding.coder.linear import load_default_coder
    from coding.output import CodedFile
    from coding.pipeline import code_conversation, turns_of_parsed
    from coding.transcript.limits import Limits
    from coding.transcript.read import read_transcripts
    from coding.transcript.versions import practitioner_labels

    coder = load_default_coder()
    limits = Limits(words=10_000_000, speakers=100, speakers_at_least=1, file_bytes=2_000_000_000)
    for path in files:
        try:
            for parsed in read_transcripts(path.name, path.read_bytes(), limits=limits):
                coded = code_conversation(
                    turns_of_parsed(parsed), coder=coder, change_goal=goal,
                    practitioner_labels=tuple(practitioner_labels(parsed)),
                )  # fmt: skip
                yield CodedFile(path.name, parsed, coded, coder.version)
        except (EvokeError, OSError) as error:
            problems.append(f"{path}: {error.message if isinstance(error, EvokeError) else error}")
