"""CSV of codes: a row a line, the same columns as `evoke code` writes, and some more."""

import csv
import io
import re
from collections.abc import Sequence

from coding.interchange.coded import CodedSession, Written, pinned_to
from coding.interchange.raw import RawLine, RawSession, coded_from
from coding.interchange.times import ms_of, seconds_shown
from coding.review.draft import RATINGS
from coding.transcript.csv_cells import Table, read_table

_COLUMNS = (
    "transcript_id", "turn", "utterance", "speaker", "role", "start", "end", "text", "code", "subtype", "confidence",
    "unsure", "note", "evidence_of", "coder", "session_kind", "session_picked",
)  # fmt: skip
_RATED = {f"rating_{name}": name for name in RATINGS}
_NEEDED = ("speaker", "text", "code")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write_csv_codes(session: CodedSession) -> Written:
    """Ratings stand in every row, as programs for statistics want it. Cells that a spreadsheet would run as a formula
    get a quote in front, which `read_csv_codes` takes off again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_COLUMNS, *_RATED])
    pins = pinned_to(session)
    about = [session.kind.value if session.kind else "", session.picked.value if session.picked else ""]
    rated = [str(session.ratings.get(name, "")) for name in RATINGS]
    for turn, (begins, lines) in enumerate(session.turns(), start=1):
        for number, line in enumerate(lines):
            confidence = "" if line.confidence is None else str(line.confidence)
            cells = [
                session.title, str(turn), str(number + 1), line.speaker, line.role.value, seconds_shown(line.start),
                seconds_shown(line.end), line.text, line.code.value if line.code else line.foreign,
                line.subtype.value if line.subtype else "", confidence, "yes" if line.unsure else "no", line.note,
                " ".join(pins.get(begins + number, ())), session.coder, *about, *rated,
            ]  # fmt: skip
            writer.writerow([_quoted(cell) for cell in cells])
    return Written("codes.csv", "text/csv; charset=utf-8", out.getvalue().encode())


def _quoted(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def read_csv_codes(title: str, text: str) -> list[CodedSession]:
    """A session for each transcript_id, in the order of their first rows. Columns that Evoke does not know are named in
    the session's remarks, with what they hold in the notes.

    Raises CsvColumnsMissing, CsvBroken, NoCodes, NobodyPractises.
    """
    table = read_table(text, _COLUMNS, _NEEDED)
    rows: dict[str, list[dict[str, str]]] = {}
    for _, cells in table.rows:
        row = {key: _unquoted(cell.strip(" ")) for key, cell in zip(table.keys, cells, strict=True) if key}
        if row["speaker"].strip() or row["text"].strip():
            rows.setdefault(row.get("transcript_id", "").strip() or title, []).append(row)
    return [coded_from(_session(name, of_one, table)) for name, of_one in rows.items()]


def _session(name: str, rows: Sequence[dict[str, str]], table: Table) -> RawSession:
    others = [key for key in table.keys if key and key not in _COLUMNS and key not in _RATED]
    said = [row for row in rows if row["text"].strip()]
    remarks = table.notes
    if others:
        remarks += (f"Columns that Evoke does not know stand in the lines’ notes: {', '.join(others)}.",)
    if len(said) < len(rows):
        remarks += (f"{len(rows) - len(said)} rows without text were left out.",)
    return RawSession(
        name, [_line(row, others) for row in said],
        ratings={ours: row[key] for row in said[:1] for key, ours in _RATED.items() if row.get(key, "").strip()},
        evidence={
            ours: [place for place, row in enumerate(said) if ours in row.get("evidence_of", "").split()]
            for ours in RATINGS
        },
        coder=_first(said, "coder"), remarks=remarks, kind=_first(said, "session_kind"),
        picked=_first(said, "session_picked"),
    )  # fmt: skip


def _first(rows: Sequence[dict[str, str]], key: str) -> str:
    return next((row[key] for row in rows if row.get(key, "").strip()), "")


def _line(row: dict[str, str], others: Sequence[str]) -> RawLine:
    more = [f"{key}: {row[key].strip()}" for key in others if row[key].strip()]
    return RawLine(
        speaker=row["speaker"], text=row["text"], role=row.get("role", ""), code=row["code"],
        subtype=row.get("subtype", ""), note="\n".join(filter(None, [row.get("note", ""), *more])),
        start=ms_of(row.get("start", "")), end=ms_of(row.get("end", "")), confidence=_share(row.get("confidence", "")),
        unsure=row.get("unsure", "").strip().casefold() in ("yes", "true", "1"),
    )  # fmt: skip


def _share(cell: str) -> float | None:
    try:
        share = round(float(cell), 4)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None
