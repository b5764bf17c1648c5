"""A person's plan for a day: the skill, why, where to read, and two or three exercises. The same history on the same
day gives the same plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from training.plan.choose import choose, weak_waits
from training.plan.spacing import due_at, levels
from training.plan.standing import standings
from training.plan.values import Choice, History, PlanExercise, Standing, State
from training.skills import Skill

A_DAY = 3
"""Exercises in about five minutes."""
FIRST = (Skill.OPEN_QUESTIONS, Skill.REFLECTIONS, Skill.AFFIRMING)
"""With nothing known, one exercise of each shows where somebody stands."""


@dataclass(frozen=True)
class Plan:
    """`done` exercises were tried today, `today` are still to do. `next_on` is the day of the next one when nothing is
    to do today; None where nothing is planned. `level` is of the chosen skill."""

    choice: Choice
    level: int
    done: tuple[PlanExercise, ...]
    today: tuple[PlanExercise, ...]
    next_on: date | None
    standing: Mapping[Skill, Standing]
    baseline: bool

    def next_after(self, exercise_id: str) -> PlanExercise | None:
        """What is still to do today after this one; the first, where this one is done. None at the end."""
        ids = [one.id for one in self.today]
        left = self.today[ids.index(exercise_id) + 1 :] if exercise_id in ids else self.today
        return next(iter(left), None)


def make_plan(history: History, exercises: Sequence[PlanExercise], *, now: datetime) -> Plan:
    """`now` carries the zone whose days count. Exercises come in the order in which they are taught."""
    today = now.date()
    standing = standings(history.sessions, history.attempts, today=today)
    dues = due_at(history.attempts)
    skill_of = {one.id: one.skill for one in exercises}
    known = sorted((at, id_) for id_, at in dues.items() if id_ in skill_of)
    is_due = [skill_of[id_] for at, id_ in known if at.astimezone(now.tzinfo).date() <= today]
    ahead = [at.astimezone(now.tzinfo).date() for at, id_ in known if at.astimezone(now.tzinfo).date() > today]
    choice = choose(history, standing, due=tuple(dict.fromkeys(is_due)), next_due=min(ahead, default=None))
    tried_today = {one.exercise for one in history.attempts if one.at.astimezone(now.tzinfo).date() == today}
    done = tuple(one for one in exercises if one.id in tried_today)
    earlier = [one for one in history.attempts if one.exercise not in tried_today]
    baseline = not (history.sessions or history.wishes or earlier) and history.noted is None
    day = _Day(standing, levels(history.attempts), {id_: at.astimezone(now.tzinfo).date() for id_, at in dues.items()})
    left = max(0, A_DAY - len(done))
    picked = day.pick(exercises, choice.skill, today, spread=baseline)
    todo = tuple(one for one, _ in zip((one for one in picked if one.id not in tried_today), range(left), strict=False))
    return Plan(
        choice, day.levels[choice.skill] if choice.skill else 1, done, todo,
        None if todo else _next_on(day, exercises, choice.skill, today, ahead), standing, baseline,
    )  # fmt: skip


@dataclass(frozen=True)
class _Day:
    standing: Mapping[Skill, Standing]
    levels: Mapping[Skill, int]
    due: Mapping[str, date]

    def pick(
        self, exercises: Sequence[PlanExercise], skill: Skill | None, today: date, *, spread: bool
    ) -> Iterator[PlanExercise]:  # fmt: skip
        """Two of the chosen skill, those that are due before new ones near the level; then one of another skill that is
        due, then the rest. Of other skills no mastered one while a weak one waits."""
        if spread:
            known = {one.skill for one in exercises if one.id in self.due}
            firsts = [next(iter(self._new(exercises, one)), None) for one in FIRST if one not in known]
            yield from (one for one in firsts if one is not None)
            return
        own = [*self._due(exercises, [skill], today), *self._new(exercises, skill)] if skill is not None else []
        others = [one for one in self.standing.values() if one.skill is not skill]
        if weak_waits(self.standing):
            others = [one for one in others if one.state is not State.MASTERED]
        other_due = self._due(exercises, [one.skill for one in others], today)
        yield from (*own[:2], *other_due[:1], *own[2:], *other_due[1:])

    def _due(self, exercises: Iterable[PlanExercise], skills: Sequence[Skill], today: date) -> list[PlanExercise]:
        """The longest due first."""
        due = [one for one in exercises if one.skill in skills and one.id in self.due and self.due[one.id] <= today]
        return sorted(due, key=lambda one: (self.due[one.id], one.id))

    def _new(self, exercises: Iterable[PlanExercise], skill: Skill) -> list[PlanExercise]:
        """At the level first, then easier ones, then harder ones; as they are taught within each."""
        level = self.levels[skill]
        new = [one for one in exercises if one.skill is skill and one.id not in self.due]
        return sorted(new, key=lambda one: (abs(one.level - level), one.level))


def _next_on(
    day: _Day, exercises: Sequence[PlanExercise], skill: Skill | None, today: date, ahead: Sequence[date]
) -> date | None:
    """Tomorrow where something new or due waits, else when the next one is due."""
    tomorrow = date.fromordinal(today.toordinal() + 1)
    if next(day.pick(exercises, skill, tomorrow, spread=False), None) is not None:
        return tomorrow
    return min(ahead, default=None)
