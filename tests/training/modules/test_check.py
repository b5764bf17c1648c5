"""What ships has no fault; and each fault that can be found is found, with its place."""

import re
from pathlib import Path

import pytest

from tests.training.modules.samples import EXERCISES, MODULE
from training.modules.check import check_folder
from training.modules.fault import Fault
from training.modules.load import SHIPPED_MODULES
from training.modules.reading_age import grade, reading_age, syllables
from web.cli import main

LONG = MODULE.replace("Parent: My sister did.", "Parent: My sister did.\nYou: Tell me. [Seek]\n" * 5)
"""With a dialogue that is long enough."""


def _plant(folder: Path, slug: str, module_md: str = LONG, exercises: str = EXERCISES) -> Path:
    (folder / slug).mkdir()
    (folder / slug / "module.md").write_text(module_md, encoding="utf-8")
    (folder / slug / "exercises.yaml").write_text(exercises, encoding="utf-8")
    return folder / slug


def _only(folder: Path) -> Fault:
    ((_, fault),) = check_folder(folder).faults
    return fault


def test_what_ships_has_no_fault() -> None:
    checked = check_folder(SHIPPED_MODULES)
    assert [f"{slug}/{fault}" for slug, fault in checked.faults] == []
    assert len(checked.modules) >= 18
    assert sum(len(one.exercises) for one in checked.modules) >= 120


def test_a_module_alone_and_among_others_is_right(tmp_path: Path) -> None:
    assert check_folder(_plant(tmp_path, "asking")).faults == ()
    _plant(tmp_path, "b", LONG.replace("order: 1", "order: 2"), EXERCISES.replace("asking", "b"))
    assert check_folder(tmp_path).faults == ()


WORKED = "```dialogue\n"
HARD = "Notwithstanding considerable organisational complexity, practitioners " * 30


@pytest.mark.parametrize(("was", "now", "what"), [
    ("(asking)", "(no-such)", "no module no-such"),
    ("(asking)", "(/learn/asking/exercises/asking-9)", "no exercise asking-9"),
    ("(asking)", "(/learn/asking/nowhere)", "Nothing is at"),
    ("(asking)", "(http://example.org)", "is not taken"),
    ("(asking)", "(/about-the-scores#code-XX)", "no code XX"),
    ("## How it", "# How it", "has one #"),
    ("## How it sounds", "## What it is", "Two parts are called"),
    (WORKED, "```\n", "no worked dialogue"),
    ("\nYou: Tell me. [Seek]\n", "\n", "needs at least 10"),
    ("See `CR`", HARD + "See `CR`", "readers of"),
    ("[Q open]\n", "[Q wide]\n", "not a code of yours"),
    ("What has helped before? [Q open]", "What has helped before?", "no code at its end"),
])  # fmt: skip
def test_a_fault_in_the_text_is_found(tmp_path: Path, was: str, now: str, what: str) -> None:
    assert was in LONG
    _plant(tmp_path, "asking", LONG.replace(was, now))
    _plant(tmp_path, "b", LONG.replace("order: 1", "order: 2"), EXERCISES.replace("asking", "b"))
    found = [fault for slug, fault in check_folder(tmp_path).faults if slug == "asking"]
    assert any(what in fault.what for fault in found), found


def test_a_text_without_parts_is_found(tmp_path: Path) -> None:
    head, _, _ = LONG.partition("Before anything else")
    found = [fault.what for _, fault in check_folder(_plant(tmp_path, "asking", head + "Just talk.\n")).faults]
    assert any("has no part" in what for what in found)


@pytest.mark.parametrize(("was", "now", "what"), [
    ("id: asking-2", "id: asking-1", "asking-1 stands twice"),
    ('{text: "So is it every day?"', '{text: "What is a usual evening like for you?"', "stands twice among"),
    ("You want the evenings back.,", "You are worn out.,", "stands twice in `pieces`"),
    ("answer: CR\n", "answer: CR\n    apart: {AF: 2}\n", "not one of `options`"),
    ("    weak: [{", "    beware: [{words: [usual even*], why: It is dull.}]\n    weak: [{", "has “usual even*”"),
])  # fmt: skip
def test_a_fault_in_exercises_is_found(tmp_path: Path, was: str, now: str, what: str) -> None:
    assert was in EXERCISES
    fault = _only(_plant(tmp_path, "asking", exercises=EXERCISES.replace(was, now)))
    assert fault.file == "exercises.yaml"
    assert what in fault.what


def test_faults_between_modules_are_found(tmp_path: Path) -> None:
    _plant(tmp_path, "asking")
    _plant(tmp_path, "b")
    found = {(slug, fault.field) for slug, fault in check_folder(tmp_path).faults}
    assert found == {("asking", ""), ("b", ""), ("b", "order")}


def test_a_file_that_is_missing_or_no_text_is_found(tmp_path: Path) -> None:
    (_plant(tmp_path, "asking") / "exercises.yaml").unlink()
    assert _only(tmp_path).file == "exercises.yaml"
    (tmp_path / "asking" / "exercises.yaml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in _only(tmp_path).what


def test_a_name_that_no_address_can_have_is_found(tmp_path: Path) -> None:
    assert "small letters" in _only(_plant(tmp_path, "Asking now")).what


def test_the_command_tells_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["content", "check", str(_plant(tmp_path, "asking"))]) == 0
    assert "1 module read, with 3 exercises." in capsys.readouterr().out
    (tmp_path / "asking" / "module.md").write_text(LONG.replace("task: engaging", "task: x"), encoding="utf-8")
    assert main(["content", "check", str(tmp_path)]) == 1
    assert "asking/module.md, line 4, task: It must be" in capsys.readouterr().out
    assert main(["content", "check", str(tmp_path / "nothing")]) == 2


@pytest.mark.parametrize(("word", "count"), [
    ("the", 1), ("table", 2), ("made", 1), ("asked", 1), ("wanted", 2), ("mother", 2), ("social", 2), ("agreed", 2),
    ("don’t", 1), ("ambivalence", 4), ("see", 1),
])  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_is_flesch_and_kincaids() -> None:
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    one = "A mother waits. A father waits."  # six words, eight syllables, two sentences
    assert grade(one) == pytest.approx(0.39 * 3 + 11.8 * 8 / 6 - 15.59)
    assert grade("“I see.” He left.") == grade("I see. He left.")
    assert grade("one thing\nanother thing") == grade("one thing. another thing.")
    assert reading_age("The cat sat on the mat.") == 4


def test_answers_are_heard_by_the_coder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One model answer that is good, one that does not do it, one with no words in it, and a weak one that is good."""
    models = 'models: ["You must stop drinking now.", "???", "What is the glass for?"]'
    exercises = re.sub(r"models: .*", models, EXERCISES).replace("So is it every day?", "What does the glass give you?")
    assert main(["content", "check", str(_plant(tmp_path, "asking", exercises=exercises)), "--coder"]) == 1
    told = capsys.readouterr().out
    assert re.search(r"“You must stop drinking now.” is not yet: \w+ \d+% \(a model answer\)", told)
    assert "“???” is not scored: no words (a model answer)." in told
    assert re.search(r"“What does the glass give you\?” is met: Q \d+% \(a weak answer\)", told)
    assert "“What is the glass for?” is" not in told
    assert "Model answers heard as meant: 1 of 3." in told
    assert "Fewer than 95% of the model answers" in told


def test_a_name_that_a_page_has_already_is_not_taken(tmp_path: Path) -> None:
    assert "Choose another" in _only(_plant(tmp_path, "objections")).what


def test_a_title_that_no_certificate_could_hold_is_refused(tmp_path: Path) -> None:
    fault = _only(_plant(tmp_path, "asking", LONG.replace("Asking open questions", "Asking " * 20)))
    assert (fault.field, "at most 120" in fault.what) == ("title", True)
