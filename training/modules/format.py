"""What a module is, as its folder says it: `module.md` (YAML between two lines of `---`, then Markdown) and
`exercises.yaml`. Pure."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from training.skills import Skill

_Text = Annotated[str, Field(min_length=1, max_length=600)]
LONGEST_TITLE = 120
"""A certificate keeps it."""


class Task(StrEnum):
    """Where a module stands on the map: the four tasks of MI, what lies under them, and the work around them."""

    FOUNDATIONS = "foundations"
    ENGAGING = "engaging"
    FOCUSING = "focusing"
    EVOKING = "evoking"
    PLANNING = "planning"
    IN_PRACTICE = "in_practice"
    FOR_COACHES = "for_coaches"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class CheckQuestion(_Strict):
    """`answer` is the 1-based number of the right one of `options`; `why` is read once it is answered."""

    question: _Text
    options: list[_Text] = Field(min_length=3, max_length=5)
    answer: int = Field(ge=1)
    why: _Text

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> "CheckQuestion":
        if self.answer > len(self.options):
            raise ValueError(f"`answer` is {self.answer}, and there are only {len(self.options)} options")
        return self


class Reading(_Strict):
    """Where to read on. `link` only where the text is free to read."""

    title: _Text
    by: _Text
    year: int = Field(ge=1950, le=2100)
    why: _Text
    link: str = Field(default="", pattern=r"^(https://\S+)?$")


class ModuleHead(_Strict):
    """What stands between the lines of `---`. `order` places it in its task; `version` goes up by one with each change
    of what it teaches."""

    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    summary: _Text
    task: Task
    skills: list[Skill] = Field(min_length=1, max_length=4)
    minutes: int = Field(ge=10, le=20)
    order: int = Field(ge=1)
    version: int = Field(ge=1)
    check: list[CheckQuestion] = Field(min_length=3, max_length=6)
    reading: list[Reading] = Field(min_length=1, max_length=5)
