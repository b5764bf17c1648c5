"""Plans that are not made again while what they are made of is as it was."""

from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from training.modules.load import Library
from training.plan.plan import Plan, make_plan
from training.plan.values import History
from training.planning.attempts import plan_exercises


@dataclass
class _Last:
    """What a person's plan was last made of, and the plan: changed together, as several threads read them."""

    made: tuple[tuple[Any, ...], Plan] | None = None


@lru_cache(maxsize=2048)
def _last_of(_person_id: UUID) -> _Last:
    return _Last()


def last_plan(person_id: UUID, history: History, library: Library, now: datetime) -> Plan:
    """The same history on the same day gives the same plan: all that it is made of is compared, so that one made before
    is never an old one. Most of a team's are as they were when its page was last opened. One is kept for each person:
    with every history that somebody has had, a website would hold more memory with each session added."""
    of = (history, library, now.date(), now.tzinfo)
    last = _last_of(person_id)
    made = last.made
    if made is None or made[0] != of:
        midnight = datetime.combine(now.date(), time(), now.tzinfo)
        last.made = made = (of, make_plan(history, plan_exercises(library), now=midnight))
    return made[1]
