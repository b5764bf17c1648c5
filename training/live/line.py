"""The line that a room answers: one of an exercise, or a trainer's own. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import EvokeError
from training.exercises.format import AdviceWithPermission, OpenTheQuestion, Said, Want, Written, talk_with

LONGEST_LINE = 600
LONGEST_SETTING = 300
LONGEST_PROMPT = 200
USUAL_PROMPT = "What would you say next?"


class LineWrong(EvokeError):
    code = "line_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class Line:
    """`before` is the talk so far, the parent's line last; `say_again` what is to be put another way, where it is that
    kind of exercise. `want` and `models` are empty for a line of a trainer's own."""

    setting: str
    prompt: str
    before: tuple[Said, ...]
    goal: str = ""
    say_again: str = ""
    want: Want | None = None
    models: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        return self.before[-1].text

    @property
    def earlier(self) -> tuple[Said, ...]:
        return self.before[:-1]

    def as_json(self) -> dict[str, Any]:
        return {
            "setting": self.setting, "prompt": self.prompt, "before": [one.model_dump() for one in self.before],
            "goal": self.goal, "say_again": self.say_again, "want": self.want.model_dump() if self.want else None,
            "models": list(self.models),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Line":
        return cls(
            setting=data["setting"], prompt=data["prompt"], before=tuple(Said(**one) for one in data["before"]),
            goal=data["goal"], say_again=data["say_again"], want=Want(**data["want"]) if data["want"] else None,
            models=tuple(data["models"]),
        )  # fmt: skip

    def turns_with(self, answer: str) -> list[tuple[str, str]]:
        """For the coding desk: the talk before, then the answer."""
        return talk_with(self.before, answer)


def line_of(exercise: Written) -> Line:
    again = exercise.line if isinstance(exercise, OpenTheQuestion | AdviceWithPermission) else ""
    return Line(
        setting=exercise.setting, prompt=exercise.prompt, before=tuple(exercise.before), goal=exercise.goal,
        say_again=again, want=exercise.want, models=tuple(exercise.models),
    )  # fmt: skip


def own_line(*, parent: str, setting: str = "", prompt: str = "") -> Line:
    """Raises LineWrong."""
    parent, setting, prompt = (" ".join(text.split()) for text in (parent, setting, prompt))
    wrong = {}
    if not parent:
        wrong["parent"] = "Write what the parent says."
    for name, text, most in (
        ("parent", parent, LONGEST_LINE),
        ("setting", setting, LONGEST_SETTING),
        ("prompt", prompt, LONGEST_PROMPT),
    ):
        if len(text) > most:
            wrong[name] = f"Shorten this by {len(text) - most} characters: {most} fit on the screen."
    if wrong:
        raise LineWrong(wrong)
    return Line(setting=setting, prompt=prompt or USUAL_PROMPT, before=(Said(by="parent", text=parent),))
