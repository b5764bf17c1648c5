"""Coded conversations as CSV and JSON, value by value."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest

from coding.output import CODE_COLUMNS, KNOWN_COLUMNS, CodedFile, coded_session_csv, harmless, write_csv, write_json
from coding.pipeline import code_conversation, turns_of_parsed
from coding.scheme.summary import GlobalRating, ScoreName
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from tests.coding.scripted_coder import ScriptedCoder

GIVEN = ParsedTranscript(
    "s1",
    (
        ParsedTurn(
            "10", "worker", ("SR You are worn out.", "Q What helps?"), ("a", ""), start=1.5, end=4.0,
            columns=({"topic": "sleep", "code": "old"}, {"topic": "help", "code": ""}),
        ),
        ParsedTurn("11", "parent", ("CT I want to rest.",), ("1",), columns=({"topic": "rest", "code": "x"},)),
    ),
    utterances_given=True,
    notes=("1 row(s) without text were left out (line 3).",),
)  # fmt: skip


def coded_file(
    parsed: ParsedTranscript = GIVEN, *, confidence: float = 0.9, labels: tuple[str, ...] = ("worker",)
) -> CodedFile:
    coder = ScriptedCoder(confidence)
    coded = code_conversation(turns_of_parsed(parsed), coder=coder, practitioner_labels=labels)
    return CodedFile("given.csv", parsed, coded, coder.version)


def as_csv(*files: CodedFile) -> list[list[str]]:
    out = io.StringIO()
    write_csv(files, out)
    return list(csv.reader(io.StringIO(out.getvalue(), newline="")))


def as_json(*files: CodedFile) -> list[dict[str, Any]]:
    out = io.StringIO()
    write_json(files, out)
    sessions: list[dict[str, Any]] = json.loads(out.getvalue())["sessions"]
    return sessions


def test_csv_is_the_input_and_four_columns_more() -> None:
    assert as_csv(coded_file()) == [
        [*KNOWN_COLUMNS, "topic", "input_code", *CODE_COLUMNS],
        ["s1", "10", "a", "worker", "SR You are worn out.", "sleep", "old", "SR", "", "0.900", "no"],
        ["s1", "10", "2", "worker", "Q What helps?", "help", "", "Q", "open", "0.900", "no"],
        ["s1", "11", "1", "parent", "CT I want to rest.", "rest", "x", "CT", "desire", "0.900", "no"],
    ]


def test_a_turn_that_was_parsed_gives_its_cells_to_each_utterance() -> None:
    turn = ParsedTurn("3", "worker", ("Q How are you? Q What happened then?",), columns=({"topic": "week"},))
    rows = as_csv(coded_file(ParsedTranscript("s", (turn,))))
    assert [row[1:6] for row in rows[1:]] == [
        ["3", "1", "worker", "Q How are you?", "week"],
        ["3", "2", "worker", "Q What happened then?", "week"],
    ]


def test_an_unsure_code_is_still_there() -> None:
    (row, *_) = as_csv(coded_file(confidence=0.4))[1:]
    assert row[-4:] == ["SR", "", "0.400", "yes"]


def test_nothing_coded_is_a_heading_and_an_empty_list() -> None:
    assert as_csv() == [[*KNOWN_COLUMNS, *CODE_COLUMNS]]
    assert as_json() == []


def test_awkward_text_survives_both_forms() -> None:
    text = 'Q "Why",\nshe said; é 👍 =1+1?'
    file = coded_file(ParsedTranscript("a,b", (ParsedTurn("1", 'O"Brien', (text,)),), utterances_given=True))
    row = as_csv(file)[1]
    assert (row[0], row[3], row[4]) == ("a,b", 'O"Brien', text)
    assert as_json(file)[0]["turns"][0]["utterances"][0]["text"] == text


def test_json_is_the_whole_coding() -> None:
    (session,) = as_json(coded_file())
    assert {key: session[key] for key in ("transcript_id", "file", "model_version", "notes", "practitioner")} == {
        "transcript_id": "s1", "file": "given.csv", "model_version": "scripted-1", "notes": list(GIVEN.notes),
        "practitioner": ["worker"],
    }  # fmt: skip
    assert session["practitioner_confidence"] is None
    first, second = session["turns"]
    assert {key: first[key] for key in ("turn", "speaker", "role", "start", "end", "text")} == {
        "turn": "10", "speaker": "worker", "role": "practitioner", "start": 1.5, "end": 4.0,
        "text": "SR You are worn out. Q What helps?",
    }  # fmt: skip
    reflection, question = first["utterances"]
    assert {key: value for key, value in reflection.items() if key != "probabilities"} == {
        "utterance": "a", "text": "SR You are worn out.", "code": "SR", "subtype": None, "confidence": 0.9,
        "unsure": False, "volley": 0, "reason": "It begins with SR.",
    }  # fmt: skip
    assert len(reflection["probabilities"]) == 11
    assert (question["utterance"], question["subtype"]) == ("2", "open")
    assert second["utterances"][0]["volley"] is None
    assert second["utterances"][0]["probabilities"] == {"CT": 0.9, "ST": 0.05, "FN": 0.05}
    assert session["volleys"] == [{"volley": 0, "codes": ["Q", "SR"]}]
    assert {code: counted["count"] for code, counted in session["counts"].items() if counted["count"]} == {
        "Q": 1, "SR": 1, "CT": 1,
    }  # fmt: skip
    assert "NC" not in session["counts"]
    assert session["scores"]["reflection_to_question"]["value"] == 1
    assert session["scores"]["reflection_to_question"]["band"] == "fair"
    assert list(session["scores"]) == [name.value for name in ScoreName.from_counts()]
    assert list(session["globals"]) == [rating.value for rating in GlobalRating]
    partnership = session["globals"]["partnership"]
    assert (partnership["low"], partnership["high"]) == (None, None)  # one turn is too short
    assert "Too short" in partnership["reason"]


def test_a_volley_that_counts_nothing_is_listed_too() -> None:
    turns = (ParsedTurn("1", "worker", ("Right.",)), ParsedTurn("2", "parent", ("FN I was out.",)),
             ParsedTurn("3", "worker", ("Q Where?",)))  # fmt: skip
    (session,) = as_json(coded_file(ParsedTranscript("s", turns, utterances_given=True)))
    assert session["volleys"] == [{"volley": 0, "codes": []}, {"volley": 1, "codes": ["Q"]}]


def test_json_says_when_the_practitioner_was_guessed_and_what_could_not_be_scored() -> None:
    (session,) = as_json(coded_file(labels=()))
    assert session["practitioner"] == ["worker"]
    assert 0 < session["practitioner_confidence"] <= 1
    (silent,) = as_json(coded_file(ParsedTranscript("s", (ParsedTurn("1", "worker", ("Right.",)),))))
    score = silent["scores"]["reflection_to_question"]
    assert score == {"value": None, "low": None, "high": None, "band": None, "note": "No questions were asked."}


def test_json_says_of_each_global_that_it_is_a_suggestion() -> None:
    turns = [
        turn
        for n in range(20)
        for turn in (
            ParsedTurn(str(2 * n), "worker", ("Seek What do you make of it?",)),
            ParsedTurn(str(2 * n + 1), "parent", ("CT I want to rest.",)),
        )
    ]
    file = coded_file(ParsedTranscript("s", tuple(turns), utterances_given=True))
    (session,) = as_json(file)
    said = session["globals"]["partnership"]
    assert set(said) == {"low", "high", "reason", "suggestion", "model_version"}
    assert 1 <= said["low"] < said["high"] <= 5
    assert "20 of 20 turns sought the other person’s view" in said["reason"]
    assert "The coach’s rating is the rating" in said["suggestion"]
    assert session["globals"]["cultivating_change_talk"]["low"] is None  # no change goal was named


def test_many_sessions_are_one_json_document_in_order() -> None:
    other = ParsedTranscript("s2", GIVEN.turns, utterances_given=True)
    assert [session["transcript_id"] for session in as_json(coded_file(), coded_file(other))] == ["s1", "s2"]


@dataclass(frozen=True)
class Said:
    text: str
    code: str = "Q"
    subtype: str = "open"
    confidence: float | None = 0.5
    unsure: bool = True


@dataclass(frozen=True)
class SaidTurn:
    position: int
    speaker_label: str
    utterances: tuple[Said, ...]


@dataclass(frozen=True)
class Shown:
    title: str
    turns: tuple[Any, ...]


def test_a_download_is_harmless_in_a_spreadsheet() -> None:
    shown = Shown(
        "=cmd|' /C calc'!A0", (SaidTurn(0, "@worker", (Said("+44?"), Said("Fine.", confidence=None, unsure=False))),)
    )
    rows = list(csv.reader(io.StringIO(coded_session_csv(shown), newline="")))
    assert rows == [
        [*KNOWN_COLUMNS, *CODE_COLUMNS],
        ["'=cmd|' /C calc'!A0", "1", "1", "'@worker", "'+44?", "Q", "open", "0.500", "yes"],
        ["'=cmd|' /C calc'!A0", "1", "2", "'@worker", "Fine.", "Q", "open", "", "no"],
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_quoted_and_words_are_not(sign: str) -> None:
    assert harmless(f"{sign}1") == f"'{sign}1"
    assert harmless(f"a{sign}1") == f"a{sign}1"
    assert harmless("") == ""
