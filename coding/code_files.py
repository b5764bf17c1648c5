"""`evoke code`: many files in, coded CSV or JSON out, with no database."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coding.write_out import Remarks, reason, write_out
from models.errors import EvokeError

if TYPE_CHECKING:
    from coding.output import CodedFile
    from coding.transcript.parsed import ParsedTranscript


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
    code.add_argument("--coder", type=Path, metavar="DIR", help="a coder that `evoke train` made")
    code.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """A file that cannot be read is named on standard error and the others are still coded; the exit status is 2.

    Raises CannotWrite.
    """
    from coding.output import write_csv, write_json

    remarks = Remarks()
    coded = _code_all(arguments.files, arguments.goal, arguments.coder, remarks)
    write = write_csv if arguments.format == "csv" else write_json
    write_out(arguments.out, lambda out: write(coded, out))
    remarks.tell()
    return 2 if remarks.problems else 0


def _code_all(files: list[Path], goal: str, folder: Path | None, remarks: Remarks) -> Iterator["CodedFile"]:
    from coding.coder.load import load_coder, load_default_coder
    from coding.output import CodedFile
    from coding.pipeline import code_conversation, turns_of_parsed
    from coding.transcript.roles import practitioner_labels

    coder = load_coder(folder) if folder else load_default_coder()
    for name, parsed in read_files(files, remarks):
        coded = code_conversation(
            turns_of_parsed(parsed), coder=coder, change_goal=goal,
            practitioner_labels=tuple(practitioner_labels(parsed)),
        )  # fmt: skip
        yield CodedFile(name, parsed, coded, coder.version)


def read_files(files: list[Path], remarks: Remarks) -> Iterator[tuple[str, "ParsedTranscript"]]:
    """Every conversation with its file's name; files that cannot be read are remarked on and passed over."""
    from coding.transcript.limits import Limits
    from coding.transcript.read import read_transcripts

    limits = Limits(
        words=10_000_000, speakers=100, speakers_at_least=1, conversations=1_000_000, file_bytes=2_000_000_000
    )  # fmt: skip
    for path in files:
        name = os.fsencode(path.name).decode("utf-8", errors="replace")  # a name in an old encoding can be written too
        try:
            found = read_transcripts(name, path.read_bytes(), limits=limits)
        except (EvokeError, OSError) as error:
            remarks.problems.append(f"{path}: {error.message if isinstance(error, EvokeError) else reason(error)}")
            continue
        for parsed in found:
            remarks.notes.update(dict.fromkeys(f"{path}: {note}" for note in parsed.notes))
            yield name, parsed
