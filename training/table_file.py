"""A table as a file or as pasted text, as Excel and others write it: to a header and rows of cells."""

import csv
import io
from dataclasses import dataclass

from coding.transcript.encoding import decode_text
from coding.transcript.errors import NotText
from models.errors import EvokeError


class TableWrong(EvokeError):
    code = "table_wrong"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.fields = {"file": message}


@dataclass(frozen=True)
class Table:
    """`rows` are the lines after the header that hold anything, each with where it stands in the file, from 1. Cells
    are without spaces around. `notes` say how it was read."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()


def read_table(data: bytes, *, most_bytes: int) -> Table:
    """Commas, semicolons or tabs; any usual encoding. Raises TableWrong."""
    if len(data) > most_bytes:
        raise TableWrong(f"That is more than {most_bytes // 1000} kB. Split it into smaller files.")
    if data.startswith(b"PK"):
        raise TableWrong("This is a workbook. In Excel choose “Save as” and CSV, then send that file.")
    try:
        text, notes = decode_text("the list", data)
    except NotText:
        raise TableWrong("This is not text. In Excel choose “Save as” and CSV, then send that file.") from None
    if not text.strip():
        raise TableWrong("Choose a file, or paste the list.")
    text = text.removeprefix("sep=;\n").removeprefix("sep=,\n")  # a line for Excel alone
    skipped = len(text) - len(text.lstrip("\n"))
    header = text[skipped:].partition("\n")[0]
    delimiter = max(";\t,", key=header.count)
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        table = [
            (lines.line_num, tuple(cell.strip() for cell in cells)) for cells in lines if any(map(str.strip, cells))
        ]
    except csv.Error:
        raise TableWrong(f"Line {lines.line_num} cannot be read as CSV. Look for a quotation mark there.") from None
    if not table:  # commas or empty quotation marks alone
        raise TableWrong("There is nothing in it. Choose a file, or paste the list.")
    return Table(table[0][1], tuple(table[1:]), notes)
