"""What the documentation shows trainers is what is taken."""

import re
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from training.exercises.format import Exercise
from training.modules.dialogue import parse_dialogue
from training.modules.format import CheckQuestion, Reading, Task
from training.skills import Skill

DOCS = (Path(__file__).parents[3] / "docs" / "trainers.md").read_text(encoding="utf-8")


def test_the_example_of_an_exercise_is_one() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    for one in yaml.safe_load(block)["exercises"]:
        TypeAdapter(Exercise).validate_python(one)


def test_the_example_of_a_head_is_one_but_for_its_length() -> None:
    (block,) = re.findall(r"```\n---\n(.*?)\n---", DOCS, re.DOTALL)
    head = yaml.safe_load(block)
    CheckQuestion.model_validate(head["check"][0])
    Reading.model_validate(head["reading"][0])
    assert head["task"] in list(Task)


def test_the_example_of_a_dialogue_is_one() -> None:
    (block,) = re.findall(r"```dialogue\n(.*?)```", DOCS, re.DOTALL)
    dialogue = parse_dialogue(block)
    assert dialogue.faults == ()
    assert [len(turn.utterances) for turn in dialogue.turns] == [1, 2]


def test_every_task_and_skill_is_told() -> None:
    assert all(f"`{one.value}`" in DOCS for one in (*Task, *Skill))
