"""Own sessions left out of a training stay out of it, are named with the coder, and are what coders are compared on."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from coding.coder.held_out import HoldOut, Learned, NothingHeldOut, OwnSessions, learned_by
from coding.coder.train import read_but
from tests.coding.coder.shelves import own_coder
from tests.coding.coder.test_model_commands import data_dir, run
from web.cli import main

__all__ = ["data_dir"]
SESSIONS = [f"s{number}" for number in range(40)]
SAID = (("practitioner", "How was it?", "Q"), ("client", "I want to stop.", "CT"), ("practitioner", "You do.", "SR"))


def own_file(path: Path, sessions: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("transcript_id", "turn", "utterance", "speaker", "text", "code"))
        out.writerows((one, turn, 1, *said) for one in sessions for turn, said in enumerate(SAID, 1))
    return path


def test_which_are_left_out_follows_from_name_and_seed_alone() -> None:
    held = {one for one in SESSIONS if HoldOut(20).holds(one)}
    assert 3 <= len(held) <= 14
    assert held < {one for one in SESSIONS if HoldOut(60).holds(one)}
    assert held != {one for one in SESSIONS if HoldOut(20, seed=1).holds(one)}
    assert not any(HoldOut(0).holds(one) for one in SESSIONS)


def test_what_is_left_out_teaches_nothing(authored: Path, tmp_path: Path) -> None:
    files = [own_file(tmp_path / "a.csv", SESSIONS[:30]), own_file(tmp_path / "b.csv", SESSIONS[20:])]
    data, sessions = read_but(HoldOut(20), None, None, authored, files)
    assert set(sessions.learned) | set(sessions.held_out) == set(SESSIONS)
    assert set(sessions.held_out) == {one for one in SESSIONS if HoldOut(20).holds(one)}
    learned = {talk.transcript_id for talk in data.talks if talk.source == "own"}
    assert learned == {
        f"own-{file}-{one}"
        for file, some in (("a", SESSIONS[:30]), ("b", SESSIONS[20:]))
        for one in some
        if one in sessions.learned
    }
    with pytest.raises(NothingHeldOut, match="Of 1 own sessions none would be left out"):
        read_but(HoldOut(1), None, None, authored, [own_file(tmp_path / "c.csv", ["s0"])])


def test_coders_are_compared_on_what_neither_learned_from(
    tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, learned in (("old", ["s1", "s2"]), ("new", ["s2", "s3"])):
        kept = OwnSessions(tuple(learned)).as_json(HoldOut(20))
        own_coder(data_dir / "coders" / name, about={"own_sessions": kept})
    own = own_file(tmp_path / "own.csv", SESSIONS[:6])
    status, out, err = run(capsys, "compare", "old", "new", own)
    assert (status, err) == (0, "")
    assert "Left out, because A or B learned from them (3): s1, s2, s3." in out
    assert "3 conversations, 9 utterances." in out
    assert "Practitioner against gold: F1 (6 utterances in 3 conversations)" in out
    status, out, err = run(capsys, "compare", "old", "new", own_file(tmp_path / "seen.csv", ["s1", "s3"]))
    assert (status, out) == (2, "")
    assert "learned from every conversation" in err


def test_a_coder_that_does_not_say_is_told(tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learned_by({}) == Learned()
    own_coder(data_dir / "coders/old", about={"conversations": {"own": 3}})
    _, out, _ = run(capsys, "compare", "linear-2", "old", own_file(tmp_path / "own.csv", ["s1"]))
    assert "B learned from own sessions before Evoke kept which." in out
    assert "A learned" not in out


@pytest.mark.parametrize("given", [["--hold-out", "20"], ["--hold-out", "100", "--own", "x.csv"]])
def test_a_share_that_cannot_be(given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--out", str(tmp_path / "new"), *given]) == 2
    assert "--hold-out" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
