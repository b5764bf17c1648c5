"""SubRip (SRT) captions with speaker labels."""

import re

from coding.transcript.errors import NoSpeakers, NotATranscript
from coding.transcript.labelled import RawLine, lines_of
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.turns import turns_of

_CUE = re.compile(r"^\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}[ \t]*-->[ \t]*\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,100}>|\{\\[^{}\n]{0,100}\}")
_BLANKS = re.compile(r"\n[ \t\n]*\n")


def looks_like_srt(text: str) -> bool:
    """By the comma in its times, where WebVTT has a point."""
    return (cue := _CUE.search(text[:5_000])) is not None and "," in cue.group()


def read_srt(name: str, transcript_id: str, text: str) -> ParsedTranscript:
    """Raises NoSpeakers, or NotATranscript when it has no captions. Lines that are no caption are noted."""
    import srt

    # One blank line between captions: the library's pattern is slow on long runs of white space.
    text = _BLANKS.sub("\n\n", text.strip())
    try:
        cues = list(srt.parse(text, ignore_errors=True)) if _CUE.search(text) else []
    except (ValueError, OverflowError):  # an index or a time with thousands of digits
        cues = []
    if not cues:
        raise NotATranscript(name, "has no SRT captions", "Export the captions again as SRT or WebVTT.")
    raw = [
        RawLine(line, cue.index or number, None, cue.start.total_seconds(), cue.end.total_seconds())
        for number, cue in enumerate(cues, start=1)
        for line in _TAG.sub("", cue.content).split("\n")
    ]
    lines, notes = lines_of(raw)
    if not lines:
        raise NoSpeakers(name)
    if (lost := len(_CUE.findall(text)) - len(cues)) > 0:
        notes += (f"{lost} caption(s) could not be read.",)
    return ParsedTranscript(transcript_id, turns_of(lines), notes=notes)
