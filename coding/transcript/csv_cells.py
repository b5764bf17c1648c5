"""CSV as rows of cells, whichever program wrote it."""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from coding.transcript.errors import CsvBroken, CsvColumnsMissing

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_CHARACTERS = 10_000


@dataclass(frozen=True)
class Table:
    """`headings` as written, `keys` the same in lower case with underscores. Each row has one cell per heading and
    the number of the line it starts at."""

    headings: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...]


def key_of(heading: str) -> str:
    return "_".join(heading.strip().strip('"').casefold().replace("-", " ").split())


def known_headings(text: str, known: Collection[str]) -> tuple[str, int]:
    """The delimiter under which the first line names the most `known` columns (else the most columns), and how many
    known ones it names."""
    first = _without_excel_line(text)[0].split("\n", 1)[0][:_HEADER_CHARACTERS]
    counts = {mark: len({key_of(cell) for cell in first.split(mark)} & set(known)) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: (counts[mark], first.count(mark)))
    return best, counts[best]


def read_table(text: str, known: Collection[str], needed: Collection[str]) -> Table:
    """Blank rows are left out. Raises CsvColumnsMissing for `needed` columns, and CsvBroken with the line when quotes
    do not close or a row has too many cells."""
    delimiter, _ = known_headings(text, known)
    body, skipped = _without_excel_line(text)
    numbered = _numbered_rows(body, delimiter, skipped)
    headings = tuple(heading.strip() for heading in next(numbered, (0, []))[1])
    keys = tuple(key_of(heading) for heading in headings)
    if missing := [column for column in needed if column not in keys]:
        raise CsvColumnsMissing(missing, [heading for heading in headings if heading])
    rows: list[tuple[int, tuple[str, ...]]] = []
    rejoined: list[int] = []
    for line, cells in numbered:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(keys) :]):
            if keys[-1] != "text":
                raise CsvBroken(
                    line, f'there are more cells than headings; put text that holds "{delimiter}" in double quotes'
                )
            rejoined.append(line)
            cells = [*cells[: len(keys) - 1], delimiter.join(cells[len(keys) - 1 :])]
        rows.append((line, tuple(cells[: len(keys)]) + ("",) * (len(keys) - len(cells))))
    notes = (f"{len(rejoined)} row(s) hold unquoted separators in the text, read as part of it.",) if rejoined else ()
    return Table(headings, keys, tuple(rows), notes)


def _without_excel_line(text: str) -> tuple[str, int]:
    """Excel's own first line `sep=;` and blank lines above the headings are skipped: the rest, and lines skipped."""
    body = text.lstrip("\n")
    if body[:4].casefold() == "sep=":
        body = body.partition("\n")[2]
    return body, text.count("\n") - body.count("\n")


def _numbered_rows(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    spaced = (
        f"{delimiter} " in text[:_HEADER_CHARACTERS].split("\n", 1)[0]
    )  # "a, b" and not "a,b": quotes follow spaces
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=spaced)
    starts = skipped + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            unclosed = "unexpected end" in str(error) or "field larger" in str(error)
            why = "a double quote is opened and never closed" if unclosed else str(error)
            raise CsvBroken(starts, why) from None
        yield starts, cells
        starts = skipped + reader.line_num + 1
