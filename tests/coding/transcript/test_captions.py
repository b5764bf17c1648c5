"""WebVTT and SRT as meetings and captioning programs write them."""

import pytest

from coding.transcript.errors import NoSpeakers, NotATranscript
from coding.transcript.read import read_transcripts

TEAMS = """WEBVTT

NOTE Confidence: 0.91

3f0c/12-0
00:00:03.120 --> 00:00:05.000 line:0 position:20%
<v Anna Smith>Hello &amp; welcome.</v>

3f0c/12-1
00:00:05.100 --> 00:00:07.000
<v Anna Smith>How was
the week?</v>

00:07.100 --> 00:09.000
<v.quiet Ben O'Neill>Fine.</v> <v Anna Smith>Good.</v>
"""


def test_voices_become_turns_with_times() -> None:
    (read,) = read_transcripts("a.vtt", TEAMS.encode())
    assert [(turn.speaker_label, turn.text, turn.start, turn.end) for turn in read.turns] == [
        ("Anna Smith", "Hello & welcome. How was the week?", 3.12, 7.0),
        ("Ben O'Neill", "Fine.", 7.1, 9.0),
        ("Anna Smith", "Good.", 7.1, 9.0),
    ]


ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:03.000
Anna Smith: How was the week?

2
00:00:03.000 --> 00:00:04.500
Ben: Long.

3
00:00:04.500 --> 00:00:06.000
and tiring: all of it.
"""


def test_names_in_the_text_become_turns() -> None:
    (read,) = read_transcripts("a.vtt", ZOOM.encode())
    assert [(turn.speaker_label, turn.text, turn.end) for turn in read.turns] == [
        ("Anna Smith", "How was the week?", 3.0),
        ("Ben", "Long. and tiring: all of it.", 6.0),
    ]


def test_a_missing_first_line_is_forgiven_with_a_note() -> None:
    (read,) = read_transcripts("a.vtt", ZOOM.removeprefix("WEBVTT\n\n").encode())
    assert len(read.turns) == 2
    assert "WEBVTT" in read.notes[0]


SRT = """1
00:00:01,000 --> 00:00:03,000
Therapist: How was
the week?

2
00:00:03,000 --> 00:00:04,500
<i>Client: Long.</i>

3
00:00:04,500 --> 00:00:06,000
- Therapist: I see.
- Client: Yes.
"""


def test_srt_captions_become_turns() -> None:
    (read,) = read_transcripts("a.srt", SRT.replace("\n", "\r\n").encode())
    assert [(turn.speaker_label, turn.text) for turn in read.turns] == [
        ("Therapist", "How was the week?"),
        ("Client", "Long."),
        ("Therapist", "I see."),
        ("Client", "Yes."),
    ]
    assert (read.turns[0].start, read.turns[0].end) == (1.0, 3.0)


@pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", ZOOM)])
def test_captions_of_nobody_are_refused(name: str, text: str) -> None:
    nobody = text.replace("Therapist: ", "").replace("Client: ", "").replace("Anna Smith: ", "").replace("Ben: ", "")
    with pytest.raises(NoSpeakers):
        read_transcripts(name, nobody.replace("tiring:", "tiring").encode())


@pytest.mark.parametrize("name", ["a.srt", "a.vtt"])
def test_captions_without_times_are_refused(name: str) -> None:
    with pytest.raises(NotATranscript, match="Export the captions again"):
        read_transcripts(name, b"Worker: Hello.\nMum: Hi.\n")
