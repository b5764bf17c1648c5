"""CSV: `transcript_id,turn,utterance,speaker,text`, one utterance or one turn a row, other columns kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from coding.transcript.csv_cells import Table, known_headings, read_table
from coding.transcript.encoding import without_control_characters
from coding.transcript.errors import CsvSpeakerUnknown, NoWords
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from coding.transcript.turns import same_label, tidy

_KNOWN = ("transcript_id", "turn", "utterance", "speaker", "text")
_NEEDED = ("speaker", "text")
_NO_SPEAKER = frozenset({"", "?", "??", "unknown", "n/a", "na", "none", "null", "-", "unclear", "inaudible"})


@dataclass(frozen=True)
class _Row:
    line: int
    transcript_id: str
    turn: str
    utterance: str
    speaker: str
    text: str
    columns: dict[str, str]


def looks_like_csv(text: str) -> bool:
    """Whether the first line names the columns speaker and text."""
    return known_headings(text, _NEEDED)[1] == len(_NEEDED)


def read_csv(name: str, transcript_id: str, text: str) -> list[ParsedTranscript]:
    """Transcripts in the order of their first rows; rows keep the file's order and numbers.

    With an `utterance` column the boundaries are the file's. Without it each turn is one piece: neighbouring rows
    with the same turn number and speaker are joined. Without `turn` each row is a turn, or, when there are utterance
    numbers, each run of rows of one speaker. Raises CsvColumnsMissing, CsvSpeakerUnknown, CsvBroken and NoWords.
    """
    table = read_table(text, _KNOWN, _NEEDED)
    conversations: dict[str, list[_Row]] = {}
    rows, wordless = _rows_with_words(table)
    for row in rows:
        conversations.setdefault(row.transcript_id or transcript_id, []).append(row)
    if not conversations:
        raise NoWords(name)
    notes = table.notes
    if wordless:
        shown = ", ".join(map(str, wordless[:8])) + (", …" if len(wordless) > 8 else "")
        notes += (f"{len(wordless)} row(s) without text were left out (line {shown}).",)
    given = "utterance" in table.keys
    return [
        ParsedTranscript(identity, tuple(_turns(of_one, table.keys)), utterances_given=given, notes=notes)
        for identity, of_one in conversations.items()
    ]


def _rows_with_words(table: Table) -> tuple[list[_Row], list[int]]:
    """The rows, and the lines of those without text. A row with utterance numbers and an empty speaker takes the
    speaker of the row before in the same turn."""
    rows: list[_Row] = []
    wordless: list[int] = []
    nobody: list[int] = []
    others = _other_columns(table)
    places = {key: table.keys.index(key) for key in _KNOWN if key in table.keys}
    spelling: dict[str, str] = {}
    for line, cells in table.rows:
        known = {key: without_control_characters(cells[place]).strip() for key, place in places.items()}
        speaker, text = tidy(known["speaker"]), known["text"]
        identity, turn, utterance = (known.get(key, "") for key in ("transcript_id", "turn", "utterance"))
        if not speaker and utterance and turn and rows and (rows[-1].transcript_id, rows[-1].turn) == (identity, turn):
            speaker = rows[-1].speaker
        speaker = spelling.setdefault(same_label(speaker), speaker)
        columns = {heading: without_control_characters(cells[place]) for heading, place in others.items()}
        if not text:
            wordless.append(line)
        elif speaker.casefold() in _NO_SPEAKER:
            nobody.append(line)
        else:
            rows.append(_Row(line, identity, turn, utterance, speaker, text, columns))
    if nobody:
        raise CsvSpeakerUnknown(nobody)
    return rows, wordless


def _other_columns(table: Table) -> dict[str, int]:
    """Where the columns stand that Evoke does not read itself; repeated and empty headings are told apart."""
    own = {table.keys.index(key) for key in _KNOWN if key in table.keys}
    others: dict[str, int] = {}
    for place, heading in enumerate(table.headings):
        if place not in own:
            named = heading or f"column {place + 1}"
            others[named if named not in others else f"{named} ({place + 1})"] = place
    return others


def _turns(rows: Sequence[_Row], keys: Sequence[str]) -> Iterator[ParsedTurn]:
    for number, group in enumerate(_grouped(rows, keys), start=1):
        first = group[0]
        turn = first.turn or str(number)
        if "utterance" in keys:
            yield ParsedTurn(
                turn=turn,
                speaker_label=first.speaker,
                utterances=tuple(row.text for row in group),
                utterance_numbers=tuple(row.utterance for row in group),
                columns=tuple(row.columns for row in group),
            )
        else:
            text = " ".join(row.text for row in group)
            yield ParsedTurn(turn, first.speaker, (text,), columns=(_joined_columns(group),))


def _grouped(rows: Sequence[_Row], keys: Sequence[str]) -> Iterable[list[_Row]]:
    if "turn" in keys:
        return (list(group) for _, group in groupby(rows, key=lambda row: (row.turn or row.line, row.speaker)))
    if "utterance" in keys:
        return (list(group) for _, group in groupby(rows, key=lambda row: row.speaker))
    return ([row] for row in rows)


def _joined_columns(rows: Sequence[_Row]) -> dict[str, str]:
    """Cells of rows that became one turn: every different value, in order."""
    return {
        heading: "; ".join(dict.fromkeys(row.columns[heading] for row in rows if row.columns[heading]))
        for heading in rows[0].columns
    }
