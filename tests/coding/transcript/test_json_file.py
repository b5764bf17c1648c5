"""The shapes of JSON that hold a conversation."""

import json

import pytest

from coding.scheme.codes import Speaker
from coding.transcript.errors import JsonBroken, NoSpeakers, NotATranscript, NoWords
from coding.transcript.read import read_transcripts


def _read(value: object, name: str = "a.json"):  # type: ignore[no-untyped-def]
    return read_transcripts(name, json.dumps(value).encode())


def test_evokes_own_output_is_read_again() -> None:
    word = {"word": "Hello.", "start": 0.5, "end": 0.9, "probability": 0.9}
    turns = [
        {
            "start": 0.5,
            "end": 1.5,
            "speaker": "A",
            "role": "practitioner",
            "text": "Hello.",
            "words": [word],
            "flags": [],
        },
        {"start": 2, "end": 3.25, "speaker": "B", "role": None, "text": "Hi.", "words": []},
    ]
    first, second = _read({"sessions": [{"id": "s1", "turns": turns}, {"turns": turns}]})
    assert (first.transcript_id, second.transcript_id) == ("s1", "a-2")
    assert [(turn.speaker_label, turn.role, turn.start, turn.end) for turn in first.turns] == [
        ("A", Speaker.PRACTITIONER, 0.5, 1.5),
        ("B", Speaker.CLIENT, 2.0, 3.25),
    ]


def test_given_utterances_and_turn_numbers_are_kept() -> None:
    turns = [
        {"turn": 7, "speaker": "client", "utterances": [{"text": "One."}, {"text": "Two."}]},
        {"turn": 8, "speaker": "client", "utterances": ["Three."]},
        {"turn": 9, "speaker": "practitioner", "utterances": ["Four."]},
    ]
    (read,) = _read({"turns": turns})
    assert read.utterances_given
    assert [(turn.turn, turn.utterances) for turn in read.turns] == [
        ("7", ("One.", "Two.")),
        ("8", ("Three.",)),
        ("9", ("Four.",)),
    ]


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"segments": rows}, lambda rows: {"turns": rows}])
def test_lists_and_segments_are_read_and_neighbours_join(wrap) -> None:  # type: ignore[no-untyped-def]
    rows = [
        {"speaker": "SPEAKER_00", "text": " One.", "start": 0.0, "end": 1.0},
        {"speaker": "SPEAKER_00", "text": " Two.", "start": 1.0, "end": 2.0},
        {"speaker": "SPEAKER_01", "text": " Three.", "start": 2.0, "end": 3.0},
        {"speaker": "SPEAKER_01", "text": ""},
    ]
    (read,) = _read(wrap(rows))
    assert [(turn.speaker_label, turn.text, turn.start, turn.end) for turn in read.turns] == [
        ("SPEAKER_00", "One. Two.", 0.0, 2.0),
        ("SPEAKER_01", "Three.", 2.0, 3.0),
    ]
    assert read.notes == ("1 entries without text were left out.",)


def test_segments_without_speakers_are_told_so() -> None:
    with pytest.raises(NoSpeakers):
        _read({"segments": [{"text": "One.", "start": 0.0}]})


def test_broken_json_is_named_with_its_line() -> None:
    with pytest.raises(JsonBroken, match="at line 3"):
        read_transcripts("a.json", b'{"turns": [\n {"speaker": "A", "text": "x"},\n {"speaker" "B"}]}')


@pytest.mark.parametrize("text", ["[" * 100_000, '{"turns": [{"start": ' + "9" * 5000 + "}]}"])
def test_hostile_json_is_named(text: str) -> None:
    with pytest.raises(JsonBroken):
        read_transcripts("a.json", text.encode())


@pytest.mark.parametrize("value", [3, "x", {}, {"turns": 3}, {"sessions": []}, {"sessions": [4]}, None])
def test_json_of_another_shape_is_no_transcript(value: object) -> None:
    with pytest.raises(NotATranscript):
        _read(value)


def test_no_words_and_twice_the_same_session_are_named() -> None:
    with pytest.raises(NoWords):
        _read([])
    same = {"id": "s1", "turns": [{"speaker": "A", "text": "x"}, {"speaker": "B", "text": "y"}]}
    with pytest.raises(JsonBroken, match="same transcript_id"):
        _read({"sessions": [same, same]})


def test_times_that_are_none_are_left_out() -> None:
    text = (
        '[{"speaker": "A", "text": "x\\u0000\\ud800y", "start": NaN, "end": 1e999}, '
        '{"speaker": "B", "text": "z", "start": true, "end": "4"}]'
    )
    (read,) = read_transcripts("a.json", text.encode())
    assert [(turn.start, turn.end) for turn in read.turns] == [(None, None), (None, None)]
    assert read.turns[0].text == "x\ufffdy"
