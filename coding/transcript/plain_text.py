"""Plain text with speaker labels."""

from coding.transcript.errors import NoSpeakers
from coding.transcript.labelled import RawLine, lines_of
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.turns import turns_of


def read_plain_text(name: str, transcript_id: str, text: str) -> ParsedTranscript:
    """Raises NoSpeakers when no line says who speaks."""
    lines, notes = lines_of(RawLine(line, number) for number, line in enumerate(text.split("\n"), start=1))
    if not lines:
        raise NoSpeakers(name)
    return ParsedTranscript(transcript_id, turns_of(lines), notes=notes)
