"""Which importer reads a file, what is refused, and in which words."""

import pytest

from coding.scheme.codes import Speaker
from coding.transcript.errors import (
    EmptyFile,
    FileTooLarge,
    NoSpeakers,
    NotATranscript,
    NotText,
    NoWords,
    OneSpeakerOnly,
    TooManySpeakers,
    TranscriptTooLong,
)
from coding.transcript.limits import MAX_SPEAKERS, MAX_WORDS, Limits
from coding.transcript.read import read_transcripts
from tests.coding.transcript.rendering import as_csv, as_docx, as_json, as_srt, as_text, as_webvtt

SAID = [("Worker", "How was the week?"), ("Mum", "Better than the last one.")]


@pytest.mark.parametrize("name", ["a.txt", "a", "a.dat", "folder/a.TXT", "C:\\files\\a.txt"])
@pytest.mark.parametrize(
    "data",
    [as_csv(SAID).encode(), as_text(SAID).encode(), as_webvtt(SAID).encode(), as_srt(SAID).encode(), as_docx(SAID),
     as_json(SAID).encode()],
    ids=["csv", "text", "vtt", "srt", "docx", "json"],
)  # fmt: skip
def test_content_tells_the_format_where_the_extension_does_not(name: str, data: bytes) -> None:
    (read,) = read_transcripts(name, data)
    assert [(turn.speaker_label, turn.text, turn.role) for turn in read.turns] == [
        ("Worker", "How was the week?", Speaker.PRACTITIONER),
        ("Mum", "Better than the last one.", Speaker.CLIENT),
    ]
    assert not read.utterances_given


def test_the_file_name_names_a_single_conversation() -> None:
    assert read_transcripts("visit 3.txt", as_text(SAID).encode())[0].transcript_id == "visit 3"


@pytest.mark.parametrize("data", [b"", b"  \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
@pytest.mark.parametrize("extension", ["txt", "csv", "vtt", "srt", "json"])
def test_an_empty_file_is_called_empty(extension: str, data: bytes) -> None:
    with pytest.raises(EmptyFile, match=f"The file a.{extension} is empty") as caught:
        read_transcripts(f"a.{extension}", data)
    assert (caught.value.status, caught.value.code) == (422, "empty_file")


def test_an_empty_word_file_is_called_empty() -> None:
    with pytest.raises(EmptyFile):
        read_transcripts("a.docx", b"")


@pytest.mark.parametrize(
    ("start", "advice"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "save it as .docx"),
        (b"{\\rtf1 hello}", "save it as .docx"),
        (b"%PDF-1.7 and more", "plain text"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "as a recording"),
        (b"\x00\x00\x00\x20ftypisom", "as a recording"),
        (b"OggS\x00\x02", "as a recording"),
        (b"<!DOCTYPE html><html><p>Worker: hi</p></html>", "Copy its text"),
    ],
)
def test_other_files_are_named_with_what_to_do(start: bytes, advice: str) -> None:
    with pytest.raises(NotATranscript) as caught:
        read_transcripts("a.txt", start)
    assert advice in caught.value.message


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.vtt", "a.json"])
def test_binary_is_not_read_as_text(name: str) -> None:
    with pytest.raises(NotText):
        read_transcripts(name, bytes(range(256)) * 20)


def test_prose_without_speakers_is_told_how_to_mark_them() -> None:
    with pytest.raises(NoSpeakers, match="Worker: How was your week"):
        read_transcripts("a.txt", b"We talked about the week.\nIt went well.\n")


def test_one_voice_is_no_conversation() -> None:
    with pytest.raises(OneSpeakerOnly, match='only one person speaks \\("Worker"\\)'):
        read_transcripts("a.txt", b"Worker: Hello.\nWorker: Anybody there?\n")
    (read,) = read_transcripts("a.txt", b"Worker: Hello.\n", limits=Limits(speakers_at_least=1))
    assert len(read.turns) == 1


def test_one_monologue_among_many_transcripts_is_named() -> None:
    table = "transcript_id,turn,speaker,text\ns1,1,client,Hi\ns1,2,practitioner,Hello\ns2,1,client,Alone\n"
    with pytest.raises(OneSpeakerOnly, match="In s2 "):
        read_transcripts("a.csv", table.encode())


def _round_of(people: int) -> bytes:
    return as_csv([(f"Person {number}", "I was there.") for number in range(people)]).encode()


def test_a_family_is_taken_together_with_a_note() -> None:
    (read,) = read_transcripts("a.csv", _round_of(MAX_SPEAKERS))
    assert f"{MAX_SPEAKERS} people speak" in read.notes[-1]
    assert not read_transcripts("a.txt", as_text(SAID).encode())[0].notes


def test_a_crowd_is_refused() -> None:
    with pytest.raises(TooManySpeakers, match=f"{MAX_SPEAKERS + 1} different speakers"):
        read_transcripts("a.csv", _round_of(MAX_SPEAKERS + 1))


@pytest.mark.parametrize("write", [as_csv, as_text, as_webvtt, as_srt, as_json])
def test_a_hundred_thousand_words_are_too_many(write) -> None:  # type: ignore[no-untyped-def]
    said = [(*SAID[number % 2][:1], "word " * 200) for number in range(500)]
    with pytest.raises(TranscriptTooLong, match=f"{MAX_WORDS:,} words"):
        read_transcripts("a", write(said).encode())


def test_a_hundred_thousand_words_in_word_are_too_many() -> None:
    with pytest.raises(TranscriptTooLong):
        read_transcripts("a.docx", as_docx([(*SAID[number % 2][:1], "word " * 5000) for number in range(20)]))


def test_just_enough_words_are_read() -> None:
    said = [(*SAID[number % 2][:1], "word " * 599 + "end.") for number in range(MAX_WORDS // 600)]
    (read,) = read_transcripts("a.txt", as_text(said).encode())
    assert len(read.turns) == MAX_WORDS // 600


def test_a_file_beyond_the_limit_is_not_opened() -> None:
    with pytest.raises(FileTooLarge) as caught:
        read_transcripts("a.csv", b"x" * 2001, limits=Limits(file_bytes=2000))
    assert caught.value.status == 413


def test_labels_without_words_are_no_transcript() -> None:
    with pytest.raises(NoWords):
        read_transcripts("a.txt", b"Worker:\nMum:\nWorker:\n")


def test_the_web_process_is_spared_heavy_libraries() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from coding.transcript.read import read_transcripts;"
        "read_transcripts('a.txt', b'Worker: Hi\\nMum: Hello\\n');"
        "heavy = ('numpy', 'spacy', 'sklearn', 'docx', 'lxml', 'webvtt', 'charset_normalizer');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
