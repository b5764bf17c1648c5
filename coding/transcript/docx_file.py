"""Word documents: labelled paragraphs, or tables with a column for who speaks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby

from coding.transcript.clock import seconds_of
from coding.transcript.csv_cells import key_of
from coding.transcript.docx_archive import DocxArchive
from coding.transcript.docx_text import Paragraph, Row, blocks_of
from coding.transcript.errors import NoSpeakers, NoWords
from coding.transcript.labelled import RawLine, lines_of
from coding.transcript.limits import Limits
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.turns import tidy, turns_of

_SPEAKER_HEADINGS = frozenset({"speaker", "who", "name", "role", "person"})
_TEXT_HEADINGS = frozenset(
    {"text", "transcript", "utterance", "speech", "words", "dialogue", "content", "what_was_said"}
)
_TIME_HEADINGS = frozenset({"time", "start", "timestamp", "time_code", "timecode"})
_LABEL_CHARACTERS = 40


def read_docx(name: str, transcript_id: str, data: bytes, limits: Limits) -> ParsedTranscript:
    """Raises DocxUnsafe, DocxBroken, NotATranscript for other zip files, NoSpeakers and NoWords."""
    archive = DocxArchive(name, data)
    blocks = list(blocks_of(name, archive.main_part(), limits.characters))
    raw = list(_raw_lines(blocks))
    if not any(line.text.strip() for line in raw):
        raise NoWords(name)
    lines, notes = lines_of(raw)
    if not lines:
        raise NoSpeakers(name)
    return ParsedTranscript(transcript_id, turns_of(lines), notes=notes)


def _raw_lines(blocks: Iterable[Paragraph | Row]) -> Iterator[RawLine]:
    number = count(1)
    for table, group in groupby(blocks, key=lambda block: block.table if isinstance(block, Row) else 0):
        if table:
            yield from _table_lines([block.cells for block in group if isinstance(block, Row)], number)
        else:
            texts = (block.text for block in group if isinstance(block, Paragraph))
            yield from (RawLine(line, next(number)) for text in texts for line in text.split("\n"))


def _table_lines(rows: Sequence[tuple[str, ...]], number: "count[int]") -> Iterator[RawLine]:
    """A table without a column of speakers is layout: its cells are read as lines."""
    headed, places = _columns(rows)
    for cells in rows[1:] if headed else rows:
        filled = [cell for cell in cells if cell.strip()]
        if places is None or max(places) >= len(cells) or len(filled) < 2:
            yield from (RawLine(line, next(number)) for cell in filled for line in cell.split("\n"))
            continue
        speaker, text, time = places[0], places[1], places[2] if len(places) > 2 else None
        start = seconds_of(cells[time]) if time is not None else None
        label = tidy(cells[speaker]).rstrip(":").strip() or None
        yield RawLine(" ".join(cells[text].split("\n")), next(number), label, start)


def _columns(rows: Sequence[tuple[str, ...]]) -> tuple[bool, tuple[int, ...] | None]:
    """Whether the first row is a heading, and the places of speaker, text and (where there is one) time."""
    keys = [key_of(cell) for cell in rows[0]] if rows else []
    named = [next((place for place, key in enumerate(keys) if key in headings), None)
             for headings in (_SPEAKER_HEADINGS, _TEXT_HEADINGS, _TIME_HEADINGS)]  # fmt: skip
    speaker, text, time = named
    if speaker is not None and text is not None:
        return True, (speaker, text) if time is None else (speaker, text, time)
    full = [
        cells for cells in rows if len(cells) == max(map(len, rows)) and sum(1 for cell in cells if cell.strip()) > 1
    ]
    if not full or len(full[0]) not in (2, 3):
        return False, None
    times = [place for place in range(len(full[0])) if all(_is_mark(cells[place]) for cells in full)]
    rest = [place for place in range(len(full[0])) if place not in times[:1]]
    if len(rest) < 2 or any(len(cells[rest[0]]) > _LABEL_CHARACTERS for cells in full):
        return False, None
    return False, (rest[0], rest[-1], *times[:1])


def _is_mark(cell: str) -> bool:
    """A time, a number, or nothing."""
    return not cell.strip() or cell.strip().rstrip(".").isdigit() or seconds_of(cell.strip("[]() ")) is not None
