"""`evoke code`: many files in, coded CSV or JSON out, with no database."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from models.errors import EvokeError

if TYPE_CHECKING:
    from coding.output import CodedFile
    from coding.transcript.parsed import ParsedTranscript


class CannotWrite(EvokeError):
    code = "cannot_write"


@dataclass
class Remarks:
    """What standard error is told: files that could not be read, and what was left out of others."""

    problems: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)

    def tell(self) -> None:
        for remark in (*self.notes, *self.problems):
            print(f"evoke: {remark}", file=sys.stderr)


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
    try:
        _write_out(arguments.out, lambda out: write(coded, out))
    except BrokenPipeError:
        raise
    except OSError as error:
        where = arguments.out or "standard output"
        raise CannotWrite(f"{where} cannot be written: {_reason(error)}. Choose another file with --out.") from error
    remarks.tell()
    return 2 if remarks.problems else 0


def _write_out(out: Path | None, write: Callable[[TextIO], None]) -> None:
    """A run that ends half way leaves nothing under the name asked for: neither half a file nor the loss of what was
    there. Pipes and devices cannot be swapped, so they are written as it comes."""
    if out is None:
        if isinstance(sys.stdout, io.TextIOWrapper):  # what is written is the same whatever the terminal speaks
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        write(sys.stdout)
        sys.stdout.flush()  # a reader that went away is noticed here and not at the interpreter's end
        return
    if out.exists() and not out.is_file():
        with out.open("w", encoding="utf-8", newline="") as file:
            write(file)
        return
    out = out.resolve()  # the file that a link leads to, and not the link
    partial = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            write(file)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


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
            remarks.problems.append(f"{path}: {error.message if isinstance(error, EvokeError) else _reason(error)}")
            continue
        for parsed in found:
            remarks.notes.update(dict.fromkeys(f"{path}: {note}" for note in parsed.notes))
            yield name, parsed


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
