"""CSV: columns, delimiters, numbers kept, and errors that name the place."""

import pytest

from coding.scheme.codes import Speaker
from coding.transcript.errors import CsvBroken, CsvColumnsMissing, CsvSpeakerUnknown, NoWords
from coding.transcript.read import read_transcripts

FULL = """transcript_id,turn,utterance,speaker,text,topic
s1,4,1,practitioner,Hello.,start
s1,4,2,practitioner,How are you?,start
s1,5,1,client,"Tired, mostly.",sleep
s2,1,1,client,Late again.,
s2,2,1,practitioner,It was hard to get here.,travel
s1,6,1,practitioner,You are worn out.,sleep
"""


def test_many_transcripts_with_their_own_numbers_boundaries_and_columns() -> None:
    first, second = read_transcripts("any.csv", FULL.encode())
    assert (first.transcript_id, second.transcript_id) == ("s1", "s2")
    assert first.utterances_given
    assert second.utterances_given
    opening = first.turns[0]
    assert (opening.turn, opening.utterance_numbers) == ("4", ("1", "2"))
    assert opening.utterances == ("Hello.", "How are you?")
    assert opening.columns == ({"topic": "start"}, {"topic": "start"})
    assert opening.role is Speaker.PRACTITIONER
    assert [turn.turn for turn in first.turns] == ["4", "5", "6"]
    assert first.turns[1].text == "Tired, mostly."


def test_headings_may_be_spaced_and_capital_and_semicolons_may_part_cells() -> None:
    table = "sep=;\n Transcript ID ; TURN; Speaker ;Text;Wo ist es\na;1;Client;Hallo, du;x\na;2;Therapist;Ja;y\n"
    (read,) = read_transcripts("any.csv", table.encode())
    assert read.transcript_id == "a"
    assert [(turn.speaker_label, turn.text) for turn in read.turns] == [("Client", "Hallo, du"), ("Therapist", "Ja")]
    assert read.turns[0].columns == ({"Wo ist es": "x"},)


def test_without_utterances_rows_of_one_turn_are_one_piece() -> None:
    table = "turn,speaker,text,code\n1,client,I am,CT\n1,client,tired.,FN\n2,practitioner,Worn out.,SR\n"
    (read,) = read_transcripts("visit.csv", table.encode())
    assert read.transcript_id == "visit"
    assert [turn.utterances for turn in read.turns] == [("I am tired.",), ("Worn out.",)]
    assert read.turns[0].columns == ({"code": "CT; FN"},)
    assert not read.utterances_given


def test_without_turn_numbers_each_row_is_a_turn() -> None:
    (read,) = read_transcripts("a.csv", b"speaker,text\nclient,One.\nclient,Two.\npractitioner,Three.\n")
    assert [(turn.turn, turn.text) for turn in read.turns] == [("1", "One."), ("2", "Two."), ("3", "Three.")]


def test_utterance_numbers_without_turns_run_until_the_speaker_changes() -> None:
    (read,) = read_transcripts("a.csv", b"utterance,speaker,text\n1,A,One.\n2,A,Two.\n1,B,Three.\n")
    assert [turn.utterances for turn in read.turns] == [("One.", "Two."), ("Three.",)]


def test_neighbouring_turns_of_one_speaker_stay_apart() -> None:
    (read,) = read_transcripts("a.csv", b"turn,speaker,text\n1,A,One.\n2,A,Two.\n3,B,Three.\n")
    assert len(read.turns) == 3


@pytest.mark.parametrize(
    ("header", "missing"),
    [("turn,who,text", ["speaker"]), ("speaker,words", ["text"]), ("one,two", ["speaker", "text"])],
)
def test_missing_columns_are_named_beside_those_found(header: str, missing: list[str]) -> None:
    with pytest.raises(CsvColumnsMissing) as caught:
        read_transcripts("a.csv", f"{header}\n1,2,3\n".encode())
    named = caught.value.message.split("Columns found")
    assert all(f"called {column}" in named[0] for column in missing)
    assert all(column in named[1] for column in header.split(","))


def test_rows_of_nobody_are_named() -> None:
    with pytest.raises(CsvSpeakerUnknown, match="2 row"):
        read_transcripts("a.csv", b"speaker,text\nA,One.\n,Two.\nB,Three.\nunknown,Four.\n")
    with pytest.raises(CsvSpeakerUnknown, match=r"line 3, 5"):
        read_transcripts("a.csv", b"speaker,text\nA,One.\n,Two.\nB,Three.\nunknown,Four.\n")


def test_an_empty_speaker_inside_a_turn_is_the_turns_speaker() -> None:
    (read,) = read_transcripts("a.csv", b"turn,utterance,speaker,text\n1,1,A,One.\n1,2,,Two.\n2,1,B,Three.\n")
    assert read.turns[0].utterances == ("One.", "Two.")


def test_an_open_quote_is_found_where_it_opens() -> None:
    with pytest.raises(CsvBroken, match="line 3: a double quote is opened and never closed"):
        read_transcripts("a.csv", b'speaker,text\nA,One.\nB,"Two.\nA,Three.\n')


def test_too_many_cells_are_found_and_text_at_the_end_is_mended() -> None:
    with pytest.raises(CsvBroken, match="line 2: there are more cells"):
        read_transcripts("a.csv", b"speaker,text,topic\nA,One, two, three,x\nB,Four,y\n")
    (read,) = read_transcripts("a.csv", b"speaker,text\nA,One, two, three\nB,Four,,\n")
    assert [turn.text for turn in read.turns] == ["One, two, three", "Four"]
    assert "unquoted" in read.notes[0]


def test_rows_without_text_are_left_out_and_said_so() -> None:
    (read,) = read_transcripts("a.csv", b"speaker,text\nA,One.\nB,\nB,Two.\n\n")
    assert len(read.turns) == 2
    assert read.notes == ("1 row(s) without text were left out (line 3).",)
    with pytest.raises(NoWords):
        read_transcripts("a.csv", b"speaker,text\nA,\nB,\n")


def test_line_numbers_count_lines_inside_quotes() -> None:
    with pytest.raises(CsvSpeakerUnknown, match="line 4"):
        read_transcripts("a.csv", b'speaker,text\nA,"One\nand two."\n,Three.\n')
