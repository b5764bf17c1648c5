"""What there is to learn, and how far somebody is: the map of modules and the page of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.exercise import Outcome
from models.learning import ModuleCheckTry, ModuleProgress
from models.permissions import Actor
from training.exercises.format import Exercise
from training.modules.format import Task
from training.modules.library import library_for
from training.modules.markdown import Section
from training.modules.progress import latest_tries, needed, progress_of, tried_exercises
from training.modules.read import TASK_NAMES, Module
from training.skills import SKILLS, Skill

TASK_LINES = {
    Task.FOUNDATIONS: "What Motivational Interviewing is, and what it rests on.",
    Task.ENGAGING: "Building trust, so that there is somebody to talk with.",
    Task.FOCUSING: "Agreeing what the talk is about.",
    Task.EVOKING: "Drawing out their own reasons to change.",
    Task.PLANNING: "From wanting to doing.",
    Task.IN_PRACTICE: "Where it meets the work: risk, the law, and lives under strain.",
    Task.FOR_COACHES: "Helping others to learn it.",
}
KINDS = {
    "open_the_question": "Open the question",
    "answer_the_parent": "Answer the parent",
    "advice_with_permission": "Advice with permission",
    "continue_the_talk": "Go on with the talk",
    "spot_the_code": "Spot the code",
    "hear_the_change_talk": "Hear the change talk",
    "order_the_summary": "Order the summary",
}
LEVELS = {1: "first steps", 2: "getting on", 3: "hard"}
MOST_MINE = 3


@dataclass(frozen=True)
class ExerciseRow:
    """`tried` is the best that came of it so far."""

    exercise: Exercise
    kind_shown: str
    level_shown: str
    tried: Outcome | None


@dataclass(frozen=True)
class PartRow:
    """`number` is its 1-based place, `read` whether the reader went past it."""

    number: int
    part: Section
    read: bool


@dataclass(frozen=True)
class ModuleView:
    """One module for one reader. `go_on` is the 1-based part to read next, None once all are read. `changed` says that
    the text is another one than the reader completed."""

    module: Module
    task_shown: str
    skills_shown: tuple[str, ...]
    parts: tuple[PartRow, ...]
    exercises: tuple[ExerciseRow, ...]
    last_check: ModuleCheckTry | None
    started: bool
    read_at: datetime | None
    completed_at: datetime | None
    go_on: int | None
    needed: int

    @property
    def slug(self) -> str:
        return self.module.slug

    @property
    def parts_read(self) -> int:
        return sum(one.read for one in self.parts)

    @property
    def tried(self) -> int:
        return sum(one.tried is not None for one in self.exercises)

    @property
    def check_passed(self) -> bool:
        return self.last_check is not None and self.last_check.passed

    @property
    def state_shown(self) -> str:
        """In a few words, for the map."""
        if self.completed_at:
            return "Completed"
        if not self.started:
            return "Not started"
        left = [] if self.read_at else [f"read {self.parts_read} of {len(self.parts)} parts"]
        left += [] if self.tried >= self.needed else [f"{self.tried} of {self.needed} exercises tried"]
        left += [] if self.check_passed else ["check to do"]
        return "Started: " + ", ".join(left)


@dataclass(frozen=True)
class TaskGroup:
    task: Task
    name: str
    line: str
    modules: tuple[ModuleView, ...]


@dataclass(frozen=True)
class Mine:
    """A module that is the reader's next, and why, in a sentence."""

    view: ModuleView
    why: str


@dataclass(frozen=True)
class LearnMap:
    mine: tuple[Mine, ...]
    groups: tuple[TaskGroup, ...]
    completed: int
    total: int


@dataclass(frozen=True)
class _Known:
    """All that is kept about one reader."""

    progress: dict[str, ModuleProgress]
    checks: dict[str, ModuleCheckTry]
    tried: dict[str, Outcome]


def build_learn_map(session: Session, reader: Actor, *, planned: Skill | None = None) -> LearnMap:
    """`planned` is the skill of the reader's practice plan."""
    known = _known(session, reader)
    views = [_view(one, known) for one in library_for(session, reader.organisation_id).modules]
    groups = tuple(
        TaskGroup(task, TASK_NAMES[task], TASK_LINES[task], found)
        for task in Task
        if (found := tuple(one for one in views if one.module.head.task is task))
    )
    return LearnMap(
        mine=tuple(_mine(views, known, planned))[:MOST_MINE],
        groups=groups,
        completed=sum(one.completed_at is not None for one in views),
        total=len(views),
    )


def next_to_learn(session: Session, reader: Actor, *, planned: Skill | None = None) -> Mine | None:
    """The first of what is theirs; None once everything is completed."""
    return next(iter(build_learn_map(session, reader, planned=planned).mine), None)


def build_module_view(session: Session, reader: Actor, module: Module) -> ModuleView:
    return _view(module, _known(session, reader))


def _known(session: Session, reader: Actor) -> _Known:
    return _Known(
        progress=progress_of(session, reader.person_id),
        checks=latest_tries(session, reader.person_id),
        tried=tried_exercises(session, reader.person_id),
    )


def _mine(views: list[ModuleView], known: _Known, planned: Skill | None) -> Iterator[Mine]:
    """What goes with the plan, then what is begun, the last first; without either the first that is not."""
    order = {slug: number for number, slug in enumerate(known.progress)}
    left = [one for one in views if one.completed_at is None]
    with_plan = [one for one in left if planned and one.module.head.skills[0] is planned][:1]
    begun = [one for one in left if one.started and one not in with_plan]
    begun.sort(key=lambda one: order.get(one.slug, len(order)))
    yield from (Mine(one, f"Goes with your practice plan: {SKILLS[planned].doing}.") for one in with_plan if planned)
    yield from (Mine(one, "You have begun it.") for one in begun)
    if not with_plan and not begun and left:
        yield Mine(left[0], "Comes next." if known.progress else "A good place to begin.")


def _view(module: Module, known: _Known) -> ModuleView:
    row = known.progress.get(module.slug)
    read = set(row.parts) if row else set()
    parts = tuple(PartRow(number, part, part.anchor in read) for number, part in enumerate(module.parts, 1))
    exercises = tuple(
        ExerciseRow(one, KINDS[one.kind], LEVELS[one.level], known.tried.get(one.id)) for one in module.exercises
    )
    return ModuleView(
        module=module,
        task_shown=TASK_NAMES[module.head.task],
        skills_shown=tuple(SKILLS[skill].name for skill in module.head.skills),
        parts=parts,
        exercises=exercises,
        last_check=known.checks.get(module.slug),
        started=row is not None or any(one.tried for one in exercises),
        read_at=row.read_at if row else None,
        completed_at=row.completed_at if row else None,
        go_on=_go_on(parts, row),
        needed=needed(module),
    )


def _go_on(parts: tuple[PartRow, ...], row: ModuleProgress | None) -> int | None:
    unread = [one.number for one in parts if not one.read]
    wanted = [one.number for one in parts if row and one.part.anchor == row.next_part]
    return wanted[0] if wanted else unread[0] if unread else None
