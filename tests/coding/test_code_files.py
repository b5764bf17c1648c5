"""`evoke code`: what goes in comes back with its codes, whatever else goes wrong."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coding import code_files
from coding.coder.encoder_coder import EncoderCoder
from coding.output import CodedFile
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, TalkKind
from coding.scheme.summary import ScoreName
from web.cli import main

PRACTITIONER_CODES = {code.value for code in Behaviour}
CLIENT_CODES = {code.value for code in ClientTalk}
GIVEN = """\
transcript_id,turn,utterance,speaker,text,topic,note
s1,4,1,practitioner,"You feel torn. What would help you? It is up to you.",drink,
s1,4,2,practitioner,Would it be all right if I told you what others tried?,drink,x
s1,5,1,client,"I want to stop, but I can't. What do you think?",drink,"a, b"
s1,5,9,client,Yeah.,,
s2,1,1,client,I have poured it all away.,home,=1+1
s2,2,a,practitioner,=That took courage.,home,-2
"""
TALK = """\
Worker: How much did you drink last week?
Parent: I want to stop drinking at weekends, the kids have noticed.
Worker: You've seen it's getting to the children and that worries you. What would you like to do about it?
Parent: I don't know if I can, all my mates drink.
"""


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return kept(tmp_path / "given.csv", GIVEN)


def kept(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def run(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    status = main(["code", *map(str, argv)])
    told = capsys.readouterr()
    return status, told.out, told.err


def test_given_utterances_come_back_row_for_row_with_their_codes(
    capsys: pytest.CaptureFixture[str], given: Path
) -> None:
    status, out, err = run(capsys, given, "--format", "csv")
    assert (status, err) == (0, "")
    heading = out.partition("\n")[0]
    assert heading == "transcript_id,turn,utterance,speaker,text,topic,note,code,subtype,confidence,unsure"
    coded = rows_of(out)
    sent = rows_of(GIVEN)
    assert [{name: row[name] for name in sent[0]} for row in coded] == sent
    for row in coded:
        assert row["code"] in (PRACTITIONER_CODES if row["speaker"] == "practitioner" else CLIENT_CODES)
        assert 0 < float(row["confidence"]) <= 1
        assert row["unsure"] in ("yes", "no")
        kinds = {"Q": QuestionType, "CT": TalkKind, "ST": TalkKind}.get(row["code"])
        assert row["subtype"] in ({kind.value for kind in kinds} if kinds else {""})


def test_a_code_is_there_even_where_the_coder_is_unsure_and_is_its_best(
    capsys: pytest.CaptureFixture[str], given: Path
) -> None:
    sessions = json.loads(run(capsys, given)[1])["sessions"]
    said = [u for session in sessions for turn in session["turns"] for u in turn["utterances"]]
    assert any(u["unsure"] for u in said)
    for utterance in said:
        shares: dict[str, float] = utterance["probabilities"]
        assert sum(shares.values()) == pytest.approx(1, abs=0.01)
        assert shares[utterance["code"]] == max(shares.values()) == utterance["confidence"]


def test_turns_that_are_not_parsed_are_parsed_and_nothing_is_lost(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, out, _ = run(capsys, kept(tmp_path / "talk.txt", TALK), "--format", "csv")
    rows = rows_of(out)
    assert {row["transcript_id"] for row in rows} == {"talk"}
    for number, line in enumerate(TALK.splitlines(), start=1):
        speaker, _, text = line.partition(": ")
        own = [row for row in rows if row["turn"] == str(number)]
        assert {row["speaker"] for row in own} == {speaker}
        assert " ".join(row["text"] for row in own) == text
        assert [row["utterance"] for row in own] == [str(n) for n in range(1, len(own) + 1)]
    assert (
        len([row for row in rows if row["turn"] == "3"]) == 2
    )  # the practitioner's sentences are thoughts of their own


def test_columns_with_our_names_and_columns_of_one_file_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one = kept(
        tmp_path / "one.csv",
        "turn,utterance,speaker,text,code,input_code\n1,1,client,I want to stop drinking for the kids.,ST,older\n",
    )
    two = kept(
        tmp_path / "two.csv",
        "turn,utterance,speaker,text,place\n1,1,client,I want to stop drinking for the kids.,home\n",
    )
    _, out, _ = run(capsys, one, two, "--format", "csv")
    first, second = rows_of(out)
    assert (first["input_input_code"], first["input_code"], first["place"]) == ("ST", "older", "")
    assert (second["input_code"], second["place"]) == ("", "home")
    assert first["code"] == second["code"] == "CT"
    again = kept(tmp_path / "again.csv", out)
    recoded = rows_of(run(capsys, again, "--format", "csv")[1])
    assert [row["code"] for row in recoded] == ["CT", "CT"]
    assert [row["input_confidence"] for row in recoded] == [row["confidence"] for row in rows_of(out)]


def test_json_holds_the_conversations_with_counts_that_can_be_traced_and_scores(
    capsys: pytest.CaptureFixture[str], given: Path, tmp_path: Path
) -> None:
    status, out, _ = run(capsys, given, kept(tmp_path / "talk.txt", TALK), "--goal", "stop drinking")
    sessions = json.loads(out)["sessions"]
    assert status == 0
    assert [(s["transcript_id"], s["file"]) for s in sessions] == [
        ("s1", "given.csv"), ("s2", "given.csv"), ("talk", "talk.txt"),
    ]  # fmt: skip
    for session in sessions:
        check_counts(session)
        assert list(session["scores"]) == [name.value for name in ScoreName.from_counts()]
        for score in session["scores"].values():
            assert (score["value"] is None) == bool(score["note"])
            if score["low"] is not None:
                assert score["low"] <= score["value"] <= score["high"]
    assert sessions[2]["practitioner"] == ["Worker"]
    assert sessions[2]["practitioner_confidence"] is None
    assert sessions[2]["counts"]["Q"]["count"] == 2


def check_counts(session: dict[str, Any]) -> None:
    said = [u for turn in session["turns"] for u in turn["utterances"]]
    volleys: dict[int, set[str]] = {}
    for utterance in said:
        if utterance["volley"] is not None:
            volleys.setdefault(utterance["volley"], set()).add(utterance["code"])
    assert [v["volley"] for v in session["volleys"]] == list(volleys) == list(range(len(volleys)))
    for volley in session["volleys"]:
        assert set(volley["codes"]) == volleys[volley["volley"]] - {"NC"} - (
            {"SR"} if "CR" in volleys[volley["volley"]] else set()
        )
    for code, counted in session["counts"].items():
        if code in CLIENT_CODES:
            assert counted["count"] == sum(u["code"] == code for u in said)
        else:
            assert counted["count"] == sum(code in volley["codes"] for volley in session["volleys"])
        assert counted["low"] <= counted["count"] <= counted["high"]


def test_a_bad_file_is_named_and_the_others_are_still_coded(
    capsys: pytest.CaptureFixture[str], given: Path, tmp_path: Path
) -> None:
    broken = kept(tmp_path / "broken.json", '{"turns": [')
    status, out, err = run(capsys, tmp_path / "gone.txt", broken, given, tmp_path, "--format", "csv")
    assert status == 2
    assert len(rows_of(out)) == 6
    gone, named, folder = err.splitlines()
    assert gone == f"evoke: {tmp_path / 'gone.txt'}: No such file or directory"
    assert named.startswith(f"evoke: {broken}: The JSON cannot be read at line 1")
    assert folder == f"evoke: {tmp_path}: Is a directory"


def test_what_was_left_out_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = (
        "utterance,speaker,text\n1,client,I want to stop drinking for the kids.\n1,practitioner,\n2,client,Tomorrow.\n"
    )
    status, out, err = run(capsys, kept(tmp_path / "a.csv", table), "--format", "csv")
    assert (status, len(rows_of(out))) == (0, 2)
    assert "1 row(s) without text were left out (line 3)" in err


def test_a_client_alone_is_not_taken_for_the_practitioner(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    alone = kept(
        tmp_path / "a.csv",
        "speaker,text\nclient,What would you do about it?\nclient,I want to stop drinking for the kids.\n",
    )
    session = json.loads(run(capsys, alone)[1])["sessions"][0]
    assert (session["practitioner"], session["practitioner_confidence"]) == ([], None)
    assert {turn["role"] for turn in session["turns"]} == {"client"}
    assert session["volleys"] == []


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_same_file_gives_the_same_bytes(
    capsys: pytest.CaptureFixture[str], given: Path, tmp_path: Path, form: str
) -> None:
    outs = [tmp_path / f"{name}.out" for name in "ab"]
    for out in outs:
        assert run(capsys, given, "--format", form, "--out", out) == (0, "", "")
    first, second = (out.read_bytes() for out in outs)
    assert first == second
    assert first.decode() == run(capsys, given, "--format", form)[1]
    twice = run(capsys, given, given, "--format", form)[1]
    if form == "csv":
        assert twice == first.decode() + first.decode().partition("\n")[2]
    else:
        sessions = json.loads(twice)["sessions"]
        assert sessions[:2] == sessions[2:] == json.loads(first)["sessions"]


def test_text_for_researchers_is_as_it_was(capsys: pytest.CaptureFixture[str], given: Path) -> None:
    last = rows_of(run(capsys, given, "--format", "csv")[1])[-1]
    assert (last["text"], last["note"]) == ("=That took courage.", "-2")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_run_that_fails_leaves_the_old_file_whole(
    given: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = kept(tmp_path / "out", "yesterday's")
    whole = code_files._code_all

    def half(*args: Any) -> Iterator[CodedFile]:
        yield next(whole(*args))
        raise KeyboardInterrupt

    monkeypatch.setattr(code_files, "_code_all", half)
    assert main(["code", str(given), "--format", form, "--out", str(out)]) == 130
    assert out.read_text(encoding="utf-8") == "yesterday's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given.csv", "out"]


def test_an_output_that_cannot_be_written_is_named(
    capsys: pytest.CaptureFixture[str], given: Path, tmp_path: Path
) -> None:
    for out in (tmp_path / "none" / "out.csv", tmp_path):
        status, told, err = run(capsys, given, "--out", out)
        assert (status, told) == (2, "")
        assert err.startswith(f"evoke: {out} cannot be written: ")
        assert err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given.csv"]


def test_an_output_may_be_the_input_a_link_or_a_pipe(
    capsys: pytest.CaptureFixture[str], given: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(given)
    assert run(capsys, given, "--format", "csv", "--out", link)[0] == 0
    assert link.is_symlink()
    assert len(rows_of(given.read_text(encoding="utf-8"))) == 6
    read, write = os.pipe()
    pipe = Path(f"/dev/fd/{write}")
    assert run(capsys, kept(tmp_path / "talk.txt", TALK), "--format", "csv", "--out", pipe)[0] == 0
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as out:
        assert out.readline().startswith("transcript_id,")
    assert not list(tmp_path.glob("*.part"))


def test_the_coder_is_asked_with_the_goal(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goals: list[str] = []
    code = EncoderCoder.code

    def noted(self: EncoderCoder, conversation: Any, *, change_goal: str = "") -> Any:
        goals.append(change_goal)
        return code(self, conversation, change_goal=change_goal)

    monkeypatch.setattr(EncoderCoder, "code", noted)
    main(["code", str(given), "--goal", "drink less", "--out", str(tmp_path / "out")])
    assert goals == ["drink less", "drink less"]


def test_the_command_itself_speaks_utf8_and_ends_quietly_when_nobody_reads(tmp_path: Path) -> None:
    talk = kept(tmp_path / "talk.txt", TALK.replace("'", "’"))
    command = [sys.executable, "-m", "web.cli", "code", str(talk), str(tmp_path / "gone"), "--format", "csv"]
    done = subprocess.run(
        command, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "ascii"}, timeout=60
    )
    assert done.returncode == 2
    assert "You’ve seen it’s getting" in done.stdout.decode("utf-8")
    assert b"gone: No such file" in done.stderr
    assert b"Traceback" not in done.stderr
    read, write = os.pipe()
    os.close(read)  # the reader is gone before the first byte
    done = subprocess.run(command[:-3] + command[-2:], stdout=write, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
