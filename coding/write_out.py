"""What commands write: whole files or none, and remarks on standard error."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from models.errors import EvokeError


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


def write_out(out: Path | None, write: Callable[[TextIO], None]) -> None:
    """To standard output where `out` is None. Raises CannotWrite."""
    try:
        _write_out(out, write)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = out or "standard output"
        raise CannotWrite(f"{where} cannot be written: {reason(error)}. Choose another file with --out.") from error


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


def reason(error: OSError) -> str:
    return error.strerror or str(error)


def write_sessions(sessions: Iterable[Mapping[str, Any]], out: TextIO) -> None:
    """`{"sessions": […]}`, written session by session so that many files need little memory."""
    out.write('{"sessions": [')
    for position, one in enumerate(sessions):
        out.write(",\n" if position else "\n")
        json.dump(one, out, ensure_ascii=False)
    out.write("\n]}\n")
