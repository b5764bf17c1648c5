"""What a plan is made from and what it says, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from training.skills import Skill


@dataclass(frozen=True)
class Share:
    """`k` of `n` chances. `doubt` is half the width of the coder's own 90 % interval of k/n, 0 where a person coded."""

    k: float
    n: float
    doubt: float = 0.0


@dataclass(frozen=True)
class PastSession:
    """A coded conversation. `kind` is the value of a session's kind; `shares` has those skills that it tells of."""

    id: str
    held_on: date
    kind: str
    signed_off: bool
    shares: Mapping[Skill, Share]


@dataclass(frozen=True)
class Attempt:
    """One answer to an exercise. `met` is None where it was met in part or the coder was not certain."""

    exercise: str
    skill: Skill
    level: int
    met: bool | None
    at: datetime


def in_order(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The oldest first; the same for the same attempts, however they come."""
    return sorted(attempts, key=lambda one: (one.at, one.exercise, str(one.met)))


def first_tries(attempts: Iterable[Attempt]) -> list[Attempt]:
    """In order, of the same exercise on the same day only the first: who tries again has just seen how it is done.
    Without those that say neither."""
    firsts: dict[tuple[str, date], Attempt] = {}
    for one in in_order(attempts):
        firsts.setdefault((one.exercise, one.at.date()), one)
    return [one for one in firsts.values() if one.met is not None]


@dataclass(frozen=True)
class PlanExercise:
    """`kind` is what is to be done, as its file says it."""

    id: str
    module: str
    skill: Skill
    level: int
    kind: str = ""


class State(StrEnum):
    WEAK = "weak"
    GROWING = "growing"
    MASTERED = "mastered"
    UNKNOWN = "unknown"


class Sure(StrEnum):
    QUITE = "quite"
    FAIRLY = "fairly"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Measured:
    """From conversations of one `kind`. `value` lies from `low` to `high` (90 %), all shares from 0 to 1; `signed_off`
    of so many `sessions` were signed off by a coach."""

    value: float
    low: float
    high: float
    kind: str
    sessions: int
    signed_off: int


@dataclass(frozen=True)
class Tried:
    """Of the newest exercises `met` of `of` were met, `hard` of these of level 2 or 3."""

    met: int
    of: int
    hard: int


@dataclass(frozen=True)
class Standing:
    """How somebody stands in one skill. `measured` is None where no conversation tells enough."""

    skill: Skill
    state: State
    sure: Sure
    measured: Measured | None = None
    tried: Tried = Tried(0, 0, 0)


class By(StrEnum):
    """Who chose the skill."""

    EVOKE = "evoke"
    TRAINEE = "trainee"
    COACH = "coach"


@dataclass(frozen=True)
class Wish:
    """A skill that a person chose. The newest counts."""

    skill: Skill
    by: By
    at: datetime


@dataclass(frozen=True)
class History:
    """All that a plan is made from. `noted` is the skill of the last thing to try that a coach gave, `wishes` what
    people chose and did not take back."""

    sessions: tuple[PastSession, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    noted: Skill | None = None
    wishes: tuple[Wish, ...] = field(default=())


@dataclass(frozen=True)
class Choice:
    """`skill` is None where every skill is mastered and nothing is due. `reason` is one sentence."""

    skill: Skill | None
    by: By
    reason: str
