"""What is written out in any format is read back the same; no bytes whatever cause an unnamed error."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.transcript.endings import EXTENSIONS
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.read import read_transcripts
from models.errors import EvokeError
from tests.coding.transcript.rendering import Said, as_csv, as_docx, as_json, as_srt, as_text, as_webvtt

_NAMES = ("Worker", "Anna", "Mum", "Speaker 2", "Dr Okafor", "Jo-Ann O'Neill", "Zoë")
_WORDS = st.text("abcdefghijklmnopqrstuvwxyzéüABCDEFG'’£,.?!-&<0123456789", min_size=1, max_size=9)


def _sentence(words: list[str]) -> str:
    return "I " + " ".join(words)


_SAID = st.lists(
    st.tuples(st.sampled_from(_NAMES), st.lists(_WORDS, min_size=1, max_size=12).map(_sentence)),
    min_size=2,
    max_size=30,
).filter(lambda said: all(a != b for (a, _), (b, _) in pairwise(said)))
_TAGLIKE = str.maketrans("", "", "<>&")

_FORMATS: dict[str, Callable[[Said], str]] = {
    "a.csv": as_csv,
    "a.txt": as_text,
    "a.vtt": as_webvtt,
    "a.srt": as_srt,
    "a.json": as_json,
}


@pytest.mark.parametrize("name", _FORMATS)
@given(said=_SAID)
@settings(max_examples=60, deadline=None)
def test_turns_come_back_as_they_were_written(name: str, said: list[tuple[str, str]]) -> None:
    if name.endswith(".srt"):
        said = [(who, what.translate(_TAGLIKE)) for who, what in said]
    (read,) = read_transcripts(name, _FORMATS[name](said).encode())
    assert [(turn.speaker_label, turn.text) for turn in read.turns] == [(w, " ".join(t.split())) for w, t in said]
    assert [turn.turn for turn in read.turns] == [str(number) for number in range(1, len(said) + 1)]


@pytest.mark.parametrize("table", [False, True])
@given(said=_SAID)
@settings(max_examples=12, deadline=None)
def test_word_documents_come_back_as_they_were_written(table: bool, said: list[tuple[str, str]]) -> None:
    (read,) = read_transcripts("a.docx", as_docx(said, table=table))
    assert [(turn.speaker_label, turn.text) for turn in read.turns] == [(w, " ".join(t.split())) for w, t in said]


@given(said=_SAID, delimiter=st.sampled_from(",;\t|"))
@settings(max_examples=30, deadline=None)
def test_any_usual_delimiter_is_understood(said: list[tuple[str, str]], delimiter: str) -> None:
    (read,) = read_transcripts("a.csv", as_csv(said, delimiter=delimiter).encode())
    assert [turn.text for turn in read.turns] == [text for _, text in said]


_GOOD = as_docx([("Worker", "How are you?"), ("Mum", "Tired.")])
_PIECES = st.sampled_from(
    ["WEBVTT", "\n", "\n\n", "00:00:01.000 --> 00:00:02.000", "00:00:01,000 --> 00:00:02,000", "Worker: ", "Mum: ",
     "speaker,text", "transcript_id;turn;utterance;speaker;text", '"', ",", ";", "\t", "{", "}", "[", "]", '"turns":',
     '{"speaker":"A","text":"b"}', "<v Anna>", "</v>", "\x00", "\ufeff", "1", ":", "NOTE x", "99999999999999999999"]
)  # fmt: skip
_BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(_PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode()),
    st.lists(_PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode("utf-16")),
    st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
)


@pytest.mark.parametrize("extension", [*EXTENSIONS, "", ".xyz"])
@given(data=_BYTES)
@settings(max_examples=120, deadline=None)
def test_any_bytes_give_a_transcript_or_a_named_error(extension: str, data: bytes) -> None:
    _read_or_named(f"a{extension}", data)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_spoilt_word_file_gives_a_transcript_or_a_named_error(data: st.DataObject) -> None:
    good = bytearray(_GOOD)
    for place in data.draw(st.lists(st.integers(0, len(good) - 1), max_size=8)):
        good[place] = data.draw(st.integers(0, 255))
    _read_or_named("a.docx", bytes(good[: data.draw(st.integers(10, len(good)))]))


def _read_or_named(name: str, data: bytes) -> None:
    problem: EvokeError | None = None
    found: list[ParsedTranscript] = []
    try:
        found = read_transcripts(name, data)
    except EvokeError as error:
        problem = error
    if problem is not None:
        assert problem.code != EvokeError.code
        assert problem.message.endswith((".", '".'))
    else:
        assert found
        assert all(turn.text and turn.speaker_label for one in found for turn in one.turns)
