"""A list of people as a file or as pasted text, as Excel and others write it: to rows, and back."""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from coding.transcript.encoding import decode_text
from coding.transcript.errors import NotText
from models.errors import EvokeError

MOST_ROWS = 500
MOST_BYTES = 50_000
NEEDED = ("name", "email")
ALSO_CALLED = {
    "full name": "name", "e-mail": "email", "email address": "email", "e-mail address": "email", "mail": "email",
    "profession": "discipline", "job": "discipline",
}  # fmt: skip


class PeopleFileWrong(EvokeError):
    code = "people_file_wrong"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.fields = {"text": message}


@dataclass(frozen=True)
class FileRow:
    """`line` is where it stands in the file, from 1, and `repeats` an earlier line with the same address, else 0; the
    others are as written, without spaces around."""

    line: int
    repeats: int = 0
    name: str = ""
    email: str = ""
    discipline: str = ""
    team: str = ""
    role: str = ""
    site: str = ""


COLUMNS = tuple(field.name for field in fields(FileRow))[2:]


@dataclass(frozen=True)
class PeopleFile:
    """`notes` say how it was read, and which columns were left alone."""

    rows: tuple[FileRow, ...]
    notes: tuple[str, ...] = ()


def read_people_file(data: bytes) -> PeopleFile:
    """Raises PeopleFileWrong."""
    if len(data) > MOST_BYTES:
        raise PeopleFileWrong(f"That is more than {MOST_BYTES // 1000} kB. Split it into smaller files.")
    if data.startswith(b"PK"):
        raise PeopleFileWrong("This is a workbook. In Excel choose “Save as” and CSV, then send that file.")
    try:
        text, notes = decode_text("the list", data)
    except NotText:
        raise PeopleFileWrong("This is not text. In Excel choose “Save as” and CSV, then send that file.") from None
    if not text.strip():
        raise PeopleFileWrong("Choose a file, or paste the list.")
    return _read(text, notes)


def _read(text: str, notes: tuple[str, ...]) -> PeopleFile:
    text = text.removeprefix("sep=;\n").removeprefix("sep=,\n")  # a line for Excel alone
    skipped = len(text) - len(text.lstrip("\n"))
    header = text[skipped:].partition("\n")[0]
    delimiter = max(";\t,", key=header.count)
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        table = [(lines.line_num, [cell.strip() for cell in cells]) for cells in lines if any(map(str.strip, cells))]
    except csv.Error:
        raise PeopleFileWrong(
            f"Line {lines.line_num} cannot be read as CSV. Look for a quotation mark there."
        ) from None
    columns = _columns(table[0][1])
    if len(table) - 1 > MOST_ROWS:
        raise PeopleFileWrong(f"There are more than {MOST_ROWS} people in it. Split it into smaller files.")
    if len(table) == 1:
        raise PeopleFileWrong("There is nobody in it: it has the line with the columns, and no other.")
    rows = []
    seen: dict[str, int] = {}
    for line, cells in table[1:]:
        known = {name: cell for name, cell in zip(columns, cells, strict=False) if name in COLUMNS}
        first = seen.setdefault(known.get("email", "").lower() or f"line {line}", line)
        rows.append(FileRow(line, 0 if first == line else first, **known))
    ignored = [name for name in columns if name and name not in COLUMNS]
    if ignored:
        notes += (f"Columns that were left alone: {', '.join(ignored)}.",)
    return PeopleFile(tuple(rows), notes)


def _columns(header: Sequence[str]) -> list[str]:
    """Raises PeopleFileWrong."""
    names = [" ".join(cell.lower().split()) for cell in header]
    names = [ALSO_CALLED.get(name, name) for name in names]
    for name in COLUMNS:
        if names.count(name) > 1 or (name in NEEDED and name not in names):
            raise PeopleFileWrong(
                "The first line has to name the columns, each once: name and email, and as you like discipline, team, "
                "role and site. It reads: " + "; ".join(header)[:200]
            )
    return names


def as_text(rows: Sequence[FileRow]) -> str:
    """What `read_people_file` reads again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row)[2:] for row in rows)
    return out.getvalue()
