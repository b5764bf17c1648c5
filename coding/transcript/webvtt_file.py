"""WebVTT: voice spans, and the exports of Teams and Zoom."""

import html
import re
from collections.abc import Iterator

from coding.transcript.errors import NoSpeakers, NotATranscript
from coding.transcript.labelled import RawLine, lines_of
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.turns import turns_of

_VOICE = re.compile(r"<v(?:\.[^\s>.]{1,40}){0,9}[ \t]([^>\n]{1,200})>")
_TAG = re.compile(r"</?[^<>\n]{0,200}>")


def read_webvtt(name: str, transcript_id: str, text: str) -> ParsedTranscript:
    """One cue may hold several voices. Raises NoSpeakers, or NotATranscript when it has no cues."""
    import io

    import webvtt

    notes: tuple[str, ...] = ()
    if not text.lstrip().startswith("WEBVTT"):
        text, notes = f"WEBVTT\n\n{text}", ("The first line WEBVTT was missing.",)
    try:
        cues = webvtt.from_buffer(io.StringIO(text.lstrip())).captions
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError, ValueError):
        cues = []
    if not cues:
        raise NotATranscript(name, "has no WebVTT cues", "Export the captions again as WebVTT (.vtt).")
    raw: list[RawLine] = []
    for number, cue in enumerate(cues, start=1):
        start, end = cue.start_time.in_milliseconds() / 1000, cue.end_time.in_milliseconds() / 1000
        for speaker, said in _voices(cue.raw_text):
            raw.append(RawLine(said, number, speaker, start, max(start, end)))
    lines, more = lines_of(raw)
    if not lines:
        raise NoSpeakers(name)
    return ParsedTranscript(transcript_id, turns_of(lines), notes=notes + more)


def _voices(cue: str) -> Iterator[tuple[str | None, str]]:
    """Who says what in one cue; lines outside a voice span may carry a label of their own."""
    pieces = _VOICE.split(cue)
    yield from ((None, line) for line in _plain(pieces[0]).split("\n") if line.strip())
    for voice, said in zip(pieces[1::2], pieces[2::2], strict=True):
        if spoken := " ".join(_plain(said).split()):
            yield html.unescape(voice).strip(), spoken


def _plain(said: str) -> str:
    return html.unescape(_TAG.sub("", said))
