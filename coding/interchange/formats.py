"""One way in and one way out for files of coded conversations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from coding.interchange.casaa_read import is_casaa
from coding.interchange.casaa_write import write_casaa, write_casaa_text, write_globals
from coding.interchange.coded import CodedSession, Written
from coding.interchange.csv_codes import read_csv_codes, write_csv_codes
from coding.interchange.eaf_write import write_eaf
from coding.interchange.errors import CodesWithoutWords, FormatUnknown
from coding.interchange.json_codes import read_json_codes, write_json_codes
from coding.transcript.csv_cells import known_headings
from coding.transcript.encoding import decode_text
from coding.transcript.errors import (
    EmptyFile,
    FileTooLarge,
    NotATranscript,
    TooManyConversations,
    TooManySpeakers,
    TranscriptTooLong,
)  # fmt: skip
from coding.transcript.limits import Limits


@dataclass(frozen=True)
class Format:
    """`shown` says in a few words what it is for."""

    shown: str
    ending: str
    write: Callable[[CodedSession, datetime], Written]


FORMATS: dict[str, Format] = {
    "csv": Format("CSV, for spreadsheets and statistics", ".csv", lambda session, _: write_csv_codes(session)),
    "json": Format("JSON, with everything there is", ".json", lambda session, _: write_json_codes(session)),
    "eaf": Format("ELAN (.eaf)", ".eaf", lambda session, at: write_eaf(session, at=at)),
    "casaa": Format("CACTI (.casaa)", ".casaa", lambda session, _: write_casaa(session)),
    "casaa-text": Format("CACTI’s older form (.casaa, text)", ".casaa", lambda session, _: write_casaa_text(session)),
    "globals": Format("CACTI’s ratings (.globals)", ".globals", lambda session, _: write_globals(session)),
}


def write_coded(session: CodedSession, form: str, *, name: str, at: datetime) -> Written:
    """`name` is the file's, without its ending. Raises FormatUnknown."""
    if form not in FORMATS:
        raise FormatUnknown(tuple(FORMATS))
    return replace(FORMATS[form].write(session, at), name=f"{name}{FORMATS[form].ending}")


def read_coded(name: str, data: bytes, *, limits: Limits = Limits()) -> list[CodedSession]:
    """The coded conversations in a file. Every reason why it cannot be read is a TranscriptError."""
    name = PurePath(name.replace("\\", "/")).name or "codes"
    title = PurePath(name).stem or name
    if not data.strip():
        raise EmptyFile(name)
    if len(data) > limits.file_bytes:
        raise FileTooLarge(name, len(data) / 1e6, limits.file_bytes / 1e6)
    if is_casaa(name, data):
        raise CodesWithoutWords(name)
    found = _read(name, title, data)
    if len(found) > limits.conversations:
        raise TooManyConversations(name, len(found), limits.conversations)
    for one in found:
        _check(one, limits)
    return found


def _read(name: str, title: str, data: bytes) -> list[CodedSession]:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<ANNOTATION_DOCUMENT")):
        from coding.interchange.eaf_read import read_eaf

        return [read_eaf(name, title, data)]
    text, notes = decode_text(name, data)
    if text.lstrip()[:1] == "{":
        found = read_json_codes(name, title, text)
    elif known_headings(text, ("speaker", "text", "code"))[1] >= 2:
        found = read_csv_codes(title, text)
    else:
        raise NotATranscript(
            name,
            "is no file of coded lines",
            "Give a CSV with the columns speaker, text and code, JSON, or ELAN (.eaf).",
        )
    return [replace(one, remarks=(*notes, *one.remarks)) for one in found]


def _check(session: CodedSession, limits: Limits) -> None:
    if sum(len(line.text.split()) for line in session.lines) > limits.words:
        raise TranscriptTooLong(session.title, limits.words)
    speakers = list(dict.fromkeys(line.speaker for line in session.lines))
    if len(speakers) > limits.speakers:
        raise TooManySpeakers(session.title, speakers, limits.speakers)
