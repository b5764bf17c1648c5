"""For the program CACTI: a `.casaa` file as it keeps them now (an SQLite database), as it did before (text), and its
`.globals` files."""

import sqlite3
from collections.abc import Iterator, Sequence

from coding.interchange.coded import CodedLine, CodedSession, Written, pinned_to
from coding.interchange.known_codes import name_of
from coding.review.draft import RATINGS, subtypes_of
from coding.scheme.codes import Behaviour, ClientTalk, Code, Subtype

_SPEAKERS = ("Therapist", "Client")
_NO_AUDIO = "none"
_DAY = 24 * 3600 * 10
_SCHEMA = """
CREATE TABLE speakers (speaker_id INTEGER PRIMARY KEY NOT NULL, speaker_name TEXT NOT NULL UNIQUE);
CREATE TABLE codes (code_id INTEGER PRIMARY KEY NOT NULL, code_name TEXT NOT NULL UNIQUE, speaker_id INTEGER
  REFERENCES speakers (speaker_id));
CREATE TABLE utterances (utterance_id TEXT PRIMARY KEY NOT NULL, time_marker TEXT NOT NULL, code_id INTEGER
  REFERENCES codes (code_id), annotation TEXT);
CREATE TABLE ratings (rating_id INTEGER PRIMARY KEY NOT NULL, rating_name TEXT NOT NULL UNIQUE, response_value INTEGER
  NOT NULL);
CREATE TABLE utterances_ratings (utterance_id TEXT REFERENCES utterances (utterance_id), rating_id INTEGER
  REFERENCES ratings (rating_id));
CREATE TABLE attributes (name, value);
"""


def _codes() -> Iterator[tuple[Code, Subtype | None]]:
    for code in (*Behaviour, *ClientTalk):
        yield code, None
        for subtype in subtypes_of(code):
            yield code, subtype


CODE_IDS: dict[tuple[Code, Subtype | None], int] = {pair: 1001 + number for number, pair in enumerate(_codes())}
"""Away from the numbers of the codes that CACTI ships with, 1 to 102."""


def write_casaa(session: CodedSession) -> Written:
    """A mark for each line with a code that has a time: where it ends, else where it begins."""
    marks, moved = _marks(session.lines)
    pins = pinned_to(session)
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        database.executescript(_SCHEMA)
        database.executemany("INSERT INTO speakers VALUES (?, ?)", enumerate(_SPEAKERS))
        database.executemany(
            "INSERT INTO codes VALUES (?, ?, ?)",
            [(number, name_of(*pair), int(isinstance(pair[0], ClientTalk))) for pair, number in CODE_IDS.items()],
        )
        rated = [
            (number, name.upper(), session.ratings[name])
            for number, name in enumerate(RATINGS)
            if name in session.ratings
        ]
        database.executemany("INSERT INTO ratings VALUES (?, ?, ?)", rated)
        for place, (tenths, number) in marks.items():
            key = f"{_shown(tenths).replace(':', '').replace('.', '')}{number}"
            note = session.lines[place].note
            database.execute("INSERT INTO utterances VALUES (?, ?, ?, ?)", (key, _shown(tenths), number, note))
            links = [(key, RATINGS.index(name)) for name in pins.get(place, ()) if name in session.ratings]
            database.executemany("INSERT INTO utterances_ratings VALUES (?, ?)", links)
        attributes = [("AUDIO_FILE_PATH", _NO_AUDIO), ("GLOBAL_NOTES", "")]
        database.executemany("INSERT INTO attributes VALUES (?, ?)", attributes)
        data = database.serialize()
    finally:
        database.close()
    return Written("codes.casaa", "application/vnd.sqlite3", data, tuple(_lost(session, marks, moved)))


def write_casaa_text(session: CodedSession) -> Written:
    """As CACTI kept them before: whoever opens it needs a configuration with these codes."""
    marks, moved = _marks(session.lines)
    names = {number: name_of(*pair) for pair, number in CODE_IDS.items()}
    rows = [f"{_shown(tenths)}\t{number}\t{names[number]}" for tenths, number in sorted(marks.values())]
    lost = _lost(session, marks, moved)
    if any(line.note for line in session.lines) or session.ratings:
        lost.append("Notes, ratings and their evidence are not in this file. A .globals file has the ratings.")
    data = "\n".join([f"Audio File:\t{_NO_AUDIO}", *rows, ""])
    return Written("codes.casaa", "text/plain; charset=utf-8", data.encode(), tuple(lost))


def write_globals(session: CodedSession) -> Written:
    rows = [f"{name.upper()}:\t{value}" for name, value in session.ratings.items()]
    data = "\n".join(["Global Ratings", f"Audio File:\t{_NO_AUDIO}", *rows, ""])
    lost = ("A .globals file has the ratings, and neither lines nor codes.",)
    return Written("ratings.globals", "text/plain; charset=utf-8", data.encode(), lost)


def _marks(lines: Sequence[CodedLine]) -> tuple[dict[int, tuple[int, int]], int]:
    """By place, the time in tenths of a second and the code's number; and how many were moved on because the same code
    stood at the same tenth, of which CACTI keeps one."""
    marks: dict[int, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    moved = 0
    for place, line in enumerate(lines):
        time = line.end if line.end is not None else line.start
        if line.code is None or time is None or time // 100 >= _DAY:
            continue
        tenths, number = round(time / 100), CODE_IDS[line.code, line.subtype]
        moved += (tenths, number) in taken
        while (tenths, number) in taken:
            tenths += 1
        taken.add((tenths, number))
        marks[place] = (tenths, number)
    return marks, moved


def _shown(tenths: int) -> str:
    seconds, tenth = divmod(tenths, 10)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{tenth}"


def _lost(session: CodedSession, marks: dict[int, tuple[int, int]], moved: int) -> list[str]:
    lost = [
        "CACTI keeps no words, no speakers’ names and no title: only who of the two spoke, the code, and when the line "
        "ended, to a tenth of a second."
    ]
    if left := len(session.lines) - len(marks):
        lost.append(f"{left} of {len(session.lines)} lines have no time or no code, and are not in the file.")
    if moved:
        lost.append(
            f"{moved} codes stand a tenth of a second or more later, because the same code stood there already."
        )
    if set(session.evidence) - set(session.ratings):
        lost.append("Lines pinned to a rating that was not given are not marked.")
    return lost
