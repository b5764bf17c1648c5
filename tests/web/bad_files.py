"""Files that no session can be made of: what each is called, its bytes, and the code and words of its refusal."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from functools import cache

from tests.coding.speech.making import tone, wav, write_video
from tests.coding.transcript.rendering import as_csv, as_docx, as_json, as_text
from tests.web.conftest import CONVERSATION


def lines(speakers: int, turns: int) -> list[tuple[str, str]]:
    return [(f"Voice {chr(65 + n % speakers)}", "I want it to be different at home.") for n in range(turns)]


LONG = [(("Worker", "Parent")[n % 2], "and so it went on " * 20) for n in range(1_000)]
"""100,000 words."""


def without_index() -> bytes:
    """A video whose recording stopped before its end: its index, written last, is missing."""
    whole = write_video(sound=tone(2))
    return whole[: int(len(whole) * 0.6)]


def bomb(unpacked: int = 60_000_000, *, said: int | None = None) -> bytes:
    """A Word file of which much more comes out than went in; `said` is the size that its directory claims."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w>" + b" " * unpacked + b"</w>")
    data = out.getvalue()
    return data if said is None else data.replace(struct.pack("<I", unpacked + 7), struct.pack("<I", said))


def six_hours() -> bytes:
    return wav(b"\x80" * (6 * 3600 * 500), rate=500)


JUNK = random.Random(7).randbytes(40_000)
BAD: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "an empty transcript": ("talk.txt", lambda: b"", "empty_file", "talk.txt is empty"),
    "a transcript of blanks": ("talk.csv", lambda: b" \r\n\n", "empty_file", "talk.csv is empty"),
    "an empty recording": ("talk.mp3", lambda: b"", "empty_recording", "The file is empty"),
    "no seconds of sound": ("talk.wav", lambda: wav(b""), "no_sound", "0 seconds of sound"),
    "text named as sound": ("talk.wav", CONVERSATION.encode, "not_a_recording", "added as a transcript"),
    "junk named as sound": ("talk.m4a", lambda: JUNK, "not_a_recording", "whatever its name says"),
    "a video cut short": ("talk.mp4", without_index, "recording_cut_short", "cut short"),
    "a video without sound": ("talk.mp4", lambda: write_video(sound=None), "no_sound_in_video", "audio track"),
    "six hours": ("talk.wav", six_hours, "recording_too_long", "360 minutes; Evoke takes up to 120"),
    "junk named as text": ("talk.txt", lambda: JUNK, "not_text", "not text"),
    "sound named as text": ("talk.txt", lambda: wav(b"\x80" * 999), "not_a_transcript", "Add it as a recording"),
    "a PDF": ("talk.pdf", lambda: b"%PDF-1.7\n", "not_a_transcript", "Save the original as Word"),
    "an old Word file": ("talk.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1", "not_a_transcript", "save it as .docx"),
    "CSV without a speaker": ("a.csv", lambda: b"turn,text\n1,Hi\n", "csv_columns_missing", "no column called speaker"),
    "CSV of other columns": ("a.csv", lambda: b"a;b\n1;2\n", "csv_columns_missing", "Columns found: a, b"),
    "a heading alone": ("a.csv", lambda: b"turn,speaker,text\n", "no_words", "no spoken words"),
    "CSV with an open quote": ("a.csv", lambda: b'speaker,text\nA,"Hello\nB,x\n', "csv_broken", "line 2"),
    "CSV with a row of nobody": ("a.csv", lambda: b"speaker,text\nA,Hi\n,Hello\n", "csv_speaker_unknown", "line 3"),
    "text without speakers": ("a.txt", lambda: b"we talked for a while\nand left", "no_speakers", "Start each turn"),
    "one speaker": ("a.txt", lambda: as_text(lines(1, 4)).encode(), "one_speaker_only", "only one person speaks"),
    "one speaker in CSV": ("a.csv", lambda: as_csv(lines(1, 4)).encode(), "one_speaker_only", '"Voice A"'),
    "thirteen speakers": ("a.txt", lambda: as_text(lines(13, 26)).encode(), "too_many_speakers", "takes up to 12"),
    "100,000 words": ("a.txt", lambda: as_text(LONG).encode(), "transcript_too_long", "60,000 words"),
    "100,000 words in CSV": ("a.csv", lambda: as_csv(LONG).encode(), "transcript_too_long", "Split it"),
    "100,000 words in JSON": ("a.json", lambda: as_json(LONG).encode(), "transcript_too_long", "60,000 words"),
    "100,000 words in Word": ("a.docx", lambda: as_docx(LONG), "transcript_too_long", "60,000 words"),
    "501 conversations in one CSV": ("a.csv", lambda: as_many(501), "too_many_conversations", "501 conversations"),
    "a zip bomb": ("a.docx", bomb, "docx_unsafe", "unpacks to far more"),
    "a zip bomb that lies": ("a.docx", lambda: bomb(said=900), "docx_broken", "damaged"),
    "Word that is no zip": ("a.docx", lambda: b"Worker: Hello\nParent: Hi\n", "docx_broken", "save it again as .docx"),
    "Word cut short": ("a.docx", lambda: as_docx(lines(2, 4))[:5000], "docx_broken", "cut short"),
    "a zip of something else": ("a.docx", lambda: some_zip(), "not_a_transcript", "not a Word document"),
    "broken JSON": ("a.json", lambda: b'{"turns": [\n{"speaker": "A",]}', "json_broken", "at line 2"),
    "JSON nested without end": ("a.json", lambda: b"[" * 200_000, "json_broken", "nested too deeply"),
    "JSON of something else": ("a.json", lambda: b'{"a": 1}', "not_a_transcript", "list of turns"),
    "subtitles without any": ("a.srt", lambda: b"hello", "not_a_transcript", "Export the captions again"),
}  # fmt: skip


def some_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("notes.txt", "Worker: Hello")
    return out.getvalue()


def as_many(conversations: int) -> bytes:
    rows = (f"{n},Worker,Hello.\n{n},Parent,Hi.\n" for n in range(conversations))
    return ("transcript_id,speaker,text\n" + "".join(rows)).encode()


@cache
def made(case: str) -> bytes:
    return BAD[case][1]()
