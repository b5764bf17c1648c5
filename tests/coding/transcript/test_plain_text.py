"""The ways in which people mark who speaks."""

import pytest

from coding.transcript.read import read_transcripts

WAYS = {
    "colons": "Worker: Hello.\nMum: Hi there.\nWorker: Good week?\n",
    "short labels": "P1: Hello.\nP2: Hi there.\nP1: Good week?\n",
    "times before": "[00:01:02] Anna: Hello.\n[00:01:05] Ben: Hi there.\n[00:01:09] Anna: Good week?\n",
    "times bare": "00:01:02 Anna: Hello.\n00:01:05 Ben: Hi there.\n00:01:09 Anna: Good week?\n",
    "times after": "Anna (01:02): Hello.\nBen (01:05): Hi there.\nAnna (01:09): Good week?\n",
    "own line": "Speaker 1 (01:02)\nHello.\n\nSpeaker 2 (01:05)\nHi there.\n\nSpeaker 1 (01:09)\nGood week?\n",
    "meeting paste": "Anna Smith   1:02\nHello.\nBen Jones   1:05\nHi there.\nAnna Smith   1:09\nGood week?\n",
    "time then speaker": "00:01:02 Speaker 1\nHello.\n00:01:05 Speaker 2\nHi there.\n00:01:09 Speaker 1\nGood week?\n",
    "bold": "**Social worker:** Hello.\n**Parent:** Hi there.\n**Social worker:** Good week?\n",
    "tabs": "SW\tHello.\nM\tHi there.\nSW\tGood week?\n",
    "numbered": "1. SW: Hello.\n2. M: Hi there.\n3. SW: Good week?\n",
    "lower case": "worker: Hello.\nkelly: Hi there.\nworker: Good week?\n",
    "continued": "Worker: Hello.\nMum: Hi\n   there.\n\nWorker: Good\nweek?\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_turns_are_found(way: str) -> None:
    (read,) = read_transcripts("a.txt", WAYS[way].encode())
    assert [turn.text for turn in read.turns] == ["Hello.", "Hi there.", "Good week?"]
    assert read.turns[0].speaker_label == read.turns[2].speaker_label != read.turns[1].speaker_label
    if "02" in WAYS[way]:
        assert [turn.start for turn in read.turns] == [62.0, 65.0, 69.0]


def test_colons_in_speech_are_not_speakers() -> None:
    text = (
        "Worker: Shall we meet at 10:30?\nMum: I said to him: stop it.\nand he said: no.\n"
        "So: that was that.\nWorker: See https://example.org then.\n"
    )
    (read,) = read_transcripts("a.txt", text.encode())
    assert [turn.speaker_label for turn in read.turns] == ["Worker", "Mum", "Worker"]
    assert read.turns[1].text == "I said to him: stop it. and he said: no. So: that was that."


def test_a_remark_that_looks_like_a_speaker_is_kept_and_reported() -> None:
    text = "Worker: One.\nMum: Two.\n" * 3 + "carrying on\nand on\nHomework: the chart.\nand on\n" + "Worker: End.\n"
    (read,) = read_transcripts("a.txt", text.encode())
    assert {turn.speaker_label for turn in read.turns} == {"Worker", "Mum"}
    assert "Homework: the chart." in read.turns[-2].text
    assert 'line 9 ("Homework:")' in read.notes[0]


def test_somebody_who_speaks_once_is_somebody() -> None:
    (read,) = read_transcripts("a.txt", ("Worker: One.\nMum: Two.\n" * 3 + "Jayden: I'm hungry.\n").encode())
    assert read.turns[-1].speaker_label == "Jayden"


def test_the_heading_is_left_out_and_counted() -> None:
    (read,) = read_transcripts("a.txt", b"Session 3\nDate: 3 March\n\nWorker: Hello.\nMum: Hi.\n")
    assert len(read.turns) == 2
    assert read.notes == ("2 line(s) before the first speaker were left out.",)


def test_neighbours_join_and_a_label_keeps_its_first_spelling() -> None:
    (read,) = read_transcripts("a.txt", b"Worker: One.\nWORKER: Two.\nMum: Three.\nworker:  Four.\n")
    assert [(turn.speaker_label, turn.text) for turn in read.turns] == [
        ("Worker", "One. Two."),
        ("Mum", "Three."),
        ("Worker", "Four."),
    ]
