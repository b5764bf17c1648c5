"""The library: every module a reader may open, and every exercise by its id. Read once and kept."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from training.exercises.format import Exercise
from training.modules.fault import ContentFaulty
from training.modules.format import Task
from training.modules.read import EXERCISE_FILE, MODULE_FILE, Module, read_module
from training.skills import Skill

log = logging.getLogger("evoke.content")
SHIPPED_MODULES = Path(__file__).resolve().parent.parent / "content" / "modules"


@dataclass(frozen=True)
class Placed:
    """An exercise and the module it belongs to. `number` is its 1-based place there."""

    exercise: Exercise
    module: Module
    number: int


@dataclass(frozen=True, eq=False)
class Library:
    """`modules` in the order of the map. Two exercises with one id: the first is found."""

    modules: tuple[Module, ...]

    @cached_property
    def _by_slug(self) -> dict[str, Module]:
        return {one.slug: one for one in self.modules}

    @cached_property
    def exercises(self) -> dict[str, Placed]:
        """By id, in the order of the map."""
        found: dict[str, Placed] = {}
        for module in self.modules:
            for number, exercise in enumerate(module.exercises, 1):
                found.setdefault(exercise.id, Placed(exercise, module, number))
        return found

    def module(self, slug: str) -> Module | None:
        return self._by_slug.get(slug)

    def exercise(self, exercise_id: str) -> Placed | None:
        return self.exercises.get(exercise_id)

    def exercises_for(self, skill: Skill) -> list[Placed]:
        return [one for one in self.exercises.values() if one.exercise.skill is skill]

    def modules_for(self, skill: Skill) -> list[Module]:
        return [one for one in self.modules if skill in one.head.skills]


def in_map_order(modules: Iterable[Module]) -> tuple[Module, ...]:
    tasks = list(Task)
    return tuple(sorted(modules, key=lambda one: (tasks.index(one.head.task), one.head.order, one.slug)))


@cache
def shipped_library() -> Library:
    """What comes with Evoke. A module that cannot be read is left out and named in the log."""
    return Library(in_map_order(_readable(SHIPPED_MODULES)))


def _readable(folder: Path) -> Iterable[Module]:
    for one in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not (one / MODULE_FILE).is_file():
            continue
        try:
            yield read_folder(one)
        except (ContentFaulty, OSError, UnicodeDecodeError) as error:
            log.error("the module %s cannot be read: %s", one.name, error)


def read_folder(folder: Path) -> Module:
    """Raises ContentFaulty, OSError, UnicodeDecodeError."""
    module_md = (folder / MODULE_FILE).read_text(encoding="utf-8")
    return read_module(folder.name, module_md, (folder / EXERCISE_FILE).read_text(encoding="utf-8"))
