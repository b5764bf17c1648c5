"""One way in for every kind of transcript file."""

from collections import Counter
from dataclasses import replace
from pathlib import PurePath

from coding.transcript.csv_file import looks_like_csv, read_csv
from coding.transcript.docx_file import read_docx
from coding.transcript.encoding import decode_text
from coding.transcript.errors import (
    EmptyFile,
    FileTooLarge,
    NotATranscript,
    NoWords,
    OneSpeakerOnly,
    TooManyConversations,
    TooManySpeakers,
    TranscriptTooLong,
)
from coding.transcript.json_file import looks_like_json, read_json
from coding.transcript.limits import Limits
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.plain_text import read_plain_text
from coding.transcript.roles import with_roles
from coding.transcript.srt_file import looks_like_srt, read_srt
from coding.transcript.webvtt_file import read_webvtt

# What other programs' files start with, what they are, and what to do with them.
_SAVE_AS_DOCX = "Open it in Word, save it as .docx without a password, and add that file."
_ADD_AS_RECORDING = "Add it as a recording instead."
_OTHER_FILES = (
    (b"\xd0\xcf\x11\xe0", "is an old or password-protected Office file", _SAVE_AS_DOCX),
    (b"{\\rtf", "is a Rich Text file", _SAVE_AS_DOCX),
    (
        b"%PDF",
        "is a PDF, from which speakers cannot be read safely",
        "Save the original as Word (.docx) or plain text.",
    ),
    (b"RIFF", "is an audio or video file", _ADD_AS_RECORDING),
    (b"ID3", "is an audio file", _ADD_AS_RECORDING),
    (b"OggS", "is an audio file", _ADD_AS_RECORDING),
    (b"fLaC", "is an audio file", _ADD_AS_RECORDING),
    (b"\x1aE\xdf\xa3", "is a video file", _ADD_AS_RECORDING),
)


def read_transcripts(name: str, data: bytes, *, limits: Limits = Limits()) -> list[ParsedTranscript]:
    """The conversations in a file, by its content and, where that does not tell, by its extension.

    A CSV or JSON file can hold many. Roles are set where the labels say them; None is left to the coder. Every
    reason why a file cannot be read is a `TranscriptError`.
    """
    name = PurePath(name.replace("\\", "/")).name or "transcript"
    if not data.strip():
        raise EmptyFile(name)
    if len(data) > limits.file_bytes:
        raise FileTooLarge(name, len(data) / 1e6, limits.file_bytes / 1e6)
    _refuse_other_files(name, data)
    transcript_id = PurePath(name).stem or name
    found = _parsed(name, transcript_id, data, limits)
    if len(found) > limits.conversations:
        raise TooManyConversations(name, len(found), limits.conversations)
    return [_checked(name, replace(one, turns=with_roles(one.turns)), limits) for one in found]


def _refuse_other_files(name: str, data: bytes) -> None:
    for start, what, do in _OTHER_FILES:
        if data.startswith(start):
            raise NotATranscript(name, what, do)
    if data[4:8] == b"ftyp":
        raise NotATranscript(name, "is an audio or video file", _ADD_AS_RECORDING)


def _parsed(name: str, transcript_id: str, data: bytes, limits: Limits) -> list[ParsedTranscript]:
    extension = PurePath(name).suffix.lower()
    if data.startswith(b"PK\x03\x04") or extension == ".docx":
        return [read_docx(name, transcript_id, data, limits)]
    text, notes = decode_text(name, data)
    found = _from_text(name, transcript_id, extension, text, limits)
    return [replace(one, notes=notes + one.notes) for one in found]


def _from_text(name: str, transcript_id: str, extension: str, text: str, limits: Limits) -> list[ParsedTranscript]:
    if not text.strip():
        raise EmptyFile(name)
    beginning = text[:200].lstrip()
    if beginning[:9].lower() == "<!doctype" or beginning[:5].lower() == "<html":
        raise NotATranscript(name, "is a web page", "Copy its text into a plain-text or Word file and add that.")
    if extension == ".json" or looks_like_json(text):
        return read_json(name, transcript_id, text)
    if extension in (".csv", ".tsv") or (extension not in (".vtt", ".srt") and looks_like_csv(text)):
        return read_csv(name, transcript_id, text)
    if len(text) > limits.characters:
        raise TranscriptTooLong(transcript_id, limits.words)
    if beginning.startswith("WEBVTT"):
        return [read_webvtt(name, transcript_id, text)]
    if extension == ".srt" or looks_like_srt(text):
        return [read_srt(name, transcript_id, text)]
    if extension == ".vtt":
        return [read_webvtt(name, transcript_id, text)]
    return [read_plain_text(name, transcript_id, text)]


def _checked(name: str, transcript: ParsedTranscript, limits: Limits) -> ParsedTranscript:
    """Raises NoWords, TranscriptTooLong, OneSpeakerOnly and TooManySpeakers; notes when families speak together."""
    if not transcript.turns:
        raise NoWords(name)
    if sum(len(utterance.split()) for turn in transcript.turns for utterance in turn.utterances) > limits.words:
        raise TranscriptTooLong(transcript.transcript_id, limits.words)
    labels = list(Counter(turn.speaker_label for turn in transcript.turns))
    if len(labels) < limits.speakers_at_least:
        raise OneSpeakerOnly(transcript.transcript_id, labels[0])
    if len(labels) > limits.speakers:
        raise TooManySpeakers(transcript.transcript_id, labels, limits.speakers)
    if len(labels) > 2:
        note = f"{len(labels)} people speak. Everybody except the practitioner counts as the client."
        return replace(transcript, notes=(*transcript.notes, note))
    return transcript
