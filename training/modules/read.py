"""A module's two files to a module."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from training.exercises.format import Exercise, ExerciseFile
from training.modules.dialogue import Dialogue
from training.modules.fault import ContentFaulty, Fault
from training.modules.format import ModuleHead, Task
from training.modules.markdown import Body, Section, render_body
from training.modules.yaml_file import read_yaml

MODULE_FILE, EXERCISE_FILE = "module.md", "exercises.yaml"
LONGEST_BLOCK = 20_000
"""Characters without an empty line: how long Markdown takes grows faster than its paragraphs do."""
TASK_NAMES = {
    Task.FOUNDATIONS: "Foundations",
    Task.ENGAGING: "Engaging",
    Task.FOCUSING: "Focusing",
    Task.EVOKING: "Evoking",
    Task.PLANNING: "Planning",
    Task.IN_PRACTICE: "In practice",
    Task.FOR_COACHES: "For coaches",
}


class Source(StrEnum):
    """Who wrote it: it comes with Evoke, or it is the authority's own."""

    SHIPPED = "shipped"
    OWN = "own"


@dataclass(frozen=True, eq=False)
class Module:
    """`body_line` is the 1-based line of module.md where its text begins. `own_number` counts an authority's versions
    of it; None for what ships. Its HTML is made when first asked for."""

    slug: str
    head: ModuleHead
    markdown: str
    body_line: int
    exercises: tuple[Exercise, ...]
    own_number: int | None = None

    @property
    def source(self) -> Source:
        return Source.SHIPPED if self.own_number is None else Source.OWN

    @property
    def edition(self) -> str:
        """Which text it is, to be kept with what somebody did with it."""
        return str(self.head.version) if self.own_number is None else f"own {self.own_number}"

    @cached_property
    def body(self) -> Body:
        return render_body(self.markdown)

    @property
    def introduction(self) -> Section | None:
        """What stands before the first heading."""
        return next((one for one in self.body.sections if not one.title), None)

    @property
    def parts(self) -> tuple[Section, ...]:
        """What is read one after the other."""
        return tuple(one for one in self.body.sections if one.title)

    @property
    def dialogues(self) -> tuple[Dialogue, ...]:
        return tuple(block for one in self.body.sections for block in one.blocks if isinstance(block, Dialogue))


def read_module(slug: str, module_md: str, exercises_yaml: str, *, own_number: int | None = None) -> Module:
    """Raises ContentFaulty with the faults of both files."""
    faults: list[Fault] = []
    head, exercises = None, None
    markdown, body_line = "", 1
    try:
        head, markdown, body_line = _head_and_body(module_md)
    except ContentFaulty as error:
        faults += error.faults
    try:
        exercises = read_yaml(_lines(exercises_yaml), ExerciseFile, file=EXERCISE_FILE).exercises
    except ContentFaulty as error:
        faults += error.faults
    if head is None or exercises is None:
        raise ContentFaulty(faults)
    return Module(slug, head, markdown, body_line, tuple(exercises), own_number)


def _head_and_body(text: str) -> tuple[ModuleHead, str, int]:
    lines = _lines(text).split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if len(ends) < 2 or any(line.strip() for line in lines[: ends[0]]):
        what = "The file must begin with a line of ---, then the head, then another line of ---."
        raise ContentFaulty([Fault(MODULE_FILE, what, 1)])
    head = "\n".join(lines[ends[0] + 1 : ends[1]])
    read = read_yaml(head, ModuleHead, file=MODULE_FILE, first_line=ends[0] + 2)
    _require_short_blocks(lines[ends[1] + 1 :], ends[1] + 2)
    return read, "\n".join(lines[ends[1] + 1 :]), ends[1] + 2


def _require_short_blocks(lines: list[str], first_line: int) -> None:
    length = 0
    for number, line in enumerate(lines, first_line):
        length = length + len(line) if line.strip() else 0
        if length > LONGEST_BLOCK:
            what = f"There are more than {LONGEST_BLOCK} characters without an empty line. Break it into paragraphs."
            raise ContentFaulty([Fault(MODULE_FILE, what, number)])


def _lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
