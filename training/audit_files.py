"""Rows of the audit trail as a file, piece by piece: CSV for people, JSON for `evoke audit check --against`."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from coding.output import harmless
from models.audit_hash import FIELDS

COLUMNS = ("actor", *FIELDS, "hash")


def as_csv(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    """Cells that a spreadsheet would run as formulas are made harmless; `details` is JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return harmless(json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value))


def as_json(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    """A list, a row a line."""
    yield "["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"
