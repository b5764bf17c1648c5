"""A list of people as a file or as pasted text, as Excel and others write it: to rows, and back."""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from models.errors import EvokeError
from training.table_file import TableWrong, read_table

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
    try:
        table = read_table(data, most_bytes=MOST_BYTES)
    except TableWrong as error:
        raise PeopleFileWrong(error.message) from None
    notes = table.notes
    columns = _columns(table.header)
    if len(table.rows) > MOST_ROWS:
        raise PeopleFileWrong(f"There are more than {MOST_ROWS} people in it. Split it into smaller files.")
    if not table.rows:
        raise PeopleFileWrong("There is nobody in it: it has the line with the columns, and no other.")
    rows = []
    seen: dict[str, int] = {}
    for line, cells in table.rows:
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
