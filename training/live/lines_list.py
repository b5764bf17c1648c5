"""The lines that a trainer chooses among: each exercise answered in one's own words, module by module. Pure."""

from dataclasses import dataclass

from training.exercises.format import Written
from training.live.line import Line, line_of
from training.modules.load import Library
from training.skills import SKILLS, Skill


@dataclass(frozen=True)
class LineToChoose:
    """`skill` is in words."""

    exercise: str
    skill: str
    level: int
    line: Line


@dataclass(frozen=True)
class Group:
    """A module with its lines."""

    title: str
    lines: tuple[LineToChoose, ...]


def lines_to_choose(library: Library, skill: Skill | None = None) -> list[Group]:
    """Those of one skill, or all. A module without any is left out."""
    groups = []
    for module in library.modules:
        lines = tuple(
            LineToChoose(one.id, SKILLS[one.skill].name, one.level, line_of(one))
            for one in module.exercises
            if isinstance(one, Written) and skill in (None, one.skill)
        )
        if lines:
            groups.append(Group(module.head.title, lines))
    return groups
