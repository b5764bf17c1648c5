"""Codes of the program CACTI: `.casaa` files as they are now (an SQLite database) and as they were (text, in two
forms), and `.globals` files.

What is known of them is from CACTI's own source, and written down in docs/researchers.md.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coding.interchange.errors import CodesBroken, CodesOfAnother
from coding.interchange.times import LONGEST
from coding.scheme.codes import Speaker
from coding.transcript.clock import seconds_of
from coding.transcript.encoding import decode_text, without_control_characters

SQLITE_BEGINS = b"SQLite format 3\x00"
_MOST_MARKS = 20_000
_MOST_STEPS = 5_000_000
"""Of SQLite's machine, after which a file that makes it work without end is given up."""
_TABLES = frozenset({"utterances", "codes", "speakers", "ratings", "utterances_ratings", "attributes"})


@dataclass(frozen=True)
class Mark:
    """A code given at a time, in milliseconds. `role` is None where the file does not say whose it is."""

    time: int
    code: str
    role: Speaker | None = None
    note: str = ""
    evidence_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class CactiFile:
    """Marks by time. `ratings` by the file's names; a CACTI file always has them all, at 1 or 3 where nobody chose."""

    marks: tuple[Mark, ...] = ()
    ratings: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    remarks: tuple[str, ...] = ()


def is_casaa(name: str, data: bytes) -> bool:
    return name.casefold().endswith((".casaa", ".globals")) or data.startswith((b"Audio File", SQLITE_BEGINS))


def read_cacti(name: str, data: bytes) -> CactiFile:
    """Raises CodesBroken, NotText."""
    if data.startswith(SQLITE_BEGINS):
        return _read_database(name, data)
    text, _ = decode_text(name, data)
    first, _, rest = text.partition("\n")
    if first.strip().casefold() == "global ratings":
        return _read_globals(rest)
    if not first.casefold().startswith("audio file"):
        raise CodesBroken(name, "it does not begin as CACTI’s files do")
    return _read_text(name, rest)


def _read_text(name: str, text: str) -> CactiFile:
    """Time, number, code; in the oldest form number, start, end, start byte, end byte, number, code, of which CACTI
    itself takes the end."""
    marks: list[Mark] = []
    left: list[int] = []
    for number, row in enumerate(text.split("\n"), start=2):
        cells = [cell.strip() for cell in row.split("\t")]
        if cells == [""]:
            continue
        place = {3: (0, 2), 7: (2, 6)}.get(len(cells))
        time = seconds_of(cells[place[0]]) if place else None
        if place is None or time is None or not cells[place[1]]:
            left.append(number)
            continue
        marks.append(Mark(round(time * 1000), cells[place[1]]))
    if not marks:
        raise CodesBroken(name, "it holds no codes")
    shown = ", ".join(map(str, left[:8])) + (", …" if len(left) > 8 else "")
    remarks = (f"{len(left)} lines of the file have no code and were left out (line {shown}).",) if left else ()
    return _checked(name, CactiFile(tuple(marks), remarks=remarks))


def _read_globals(text: str) -> CactiFile:
    """A name, a colon, a tab and a number each; then perhaps notes, to the end."""
    body, found, notes = text.partition("\nNotes:")
    ratings: dict[str, str] = {}
    for row in body.split("\n"):
        name, colon, value = row.partition(":")
        if colon and value.strip() and not name.casefold().startswith("audio file"):
            ratings[name.strip()] = value.strip()
    return CactiFile(ratings=ratings, notes=notes.strip() if found else "")


def _read_database(name: str, data: bytes) -> CactiFile:
    """In memory, with nothing allowed but reading CACTI's own tables."""
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(data)
        steps = 0

        def counted() -> int:
            nonlocal steps
            steps += 1
            return int(steps * 1000 > _MOST_STEPS)

        database.set_progress_handler(counted, 1000)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cell_size_check = ON")
        made = dict(database.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall())
        if {made.get(table) for table in _TABLES} != {"table"}:
            raise CodesBroken(name, "it lacks tables that CACTI’s files have")
        database.set_authorizer(_only_reading)
        return _checked(name, _marks(database))
    except (sqlite3.Error, ValueError, TypeError, OverflowError):
        raise CodesBroken(name, "it is damaged") from None
    finally:
        database.close()


def _only_reading(action: int, one: str | None, two: str | None, database: str | None, inner: str | None) -> int:
    if action == sqlite3.SQLITE_SELECT or (action == sqlite3.SQLITE_READ and one in _TABLES and inner is None):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _marks(database: sqlite3.Connection) -> CactiFile:
    ratings = {int(key): (_text(name), _text(value)) for key, name, value in database.execute(
        "SELECT rating_id, rating_name, response_value FROM ratings LIMIT 500"
    )}  # fmt: skip
    pins: dict[str, list[str]] = {}
    for utterance, key in database.execute(
        "SELECT utterance_id, rating_id FROM utterances_ratings LIMIT ?", [10 * _MOST_MARKS]
    ):
        if int(key) in ratings:
            pins.setdefault(_text(utterance), []).append(ratings[int(key)][0])
    rows = database.execute(
        "SELECT utterances.utterance_id, utterances.time_marker, codes.code_name, speakers.speaker_name, "
        "utterances.annotation FROM utterances JOIN codes ON utterances.code_id = codes.code_id "
        "LEFT JOIN speakers ON codes.speaker_id = speakers.speaker_id "
        "ORDER BY utterances.time_marker, utterances.utterance_id LIMIT ?",
        [_MOST_MARKS + 1],
    )  # fmt: skip
    marks: list[Mark] = []
    left = 0
    for utterance, marker, code, speaker, annotation in rows:
        time = seconds_of(_text(marker))
        if time is None or not _text(code):
            left += 1
            continue
        role = {"therapist": Speaker.PRACTITIONER, "client": Speaker.CLIENT}.get(_text(speaker).casefold())
        pinned = tuple(pins.get(_text(utterance), ()))
        marks.append(Mark(round(time * 1000), _text(code), role, _text(annotation), pinned))
    notes = database.execute("SELECT value FROM attributes WHERE name = 'GLOBAL_NOTES' LIMIT 1").fetchone()
    remarks = (f"{left} codes of the file have no time that can be read, and were left out.",) if left else ()
    return CactiFile(tuple(marks), dict(ratings.values()), _text(notes[0]) if notes else "", remarks)


def _text(value: Any) -> str:
    """CACTI declares a type that SQLite takes for a number, so that a code "1" comes back as one."""
    return without_control_characters(str(value)).strip() if isinstance(value, str | int | float) else ""


def _checked(name: str, found: CactiFile) -> CactiFile:
    if len(found.marks) > _MOST_MARKS:
        raise CodesBroken(name, f"it has more than {_MOST_MARKS:,} codes")
    if any(mark.time > LONGEST for mark in found.marks):
        raise CodesOfAnother(name)
    return CactiFile(
        tuple(sorted(found.marks, key=lambda mark: mark.time)), found.ratings, found.notes, found.remarks
    )  # fmt: skip
