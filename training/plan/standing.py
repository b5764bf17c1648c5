"""How somebody stands in each skill: what their last conversations show, and the exercises since.

Role plays, simulated and real practice are never put into one figure: one kind is chosen, and every sentence names it.
A session that a coach signed off counts in full, one that only the machine coded half.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any, Protocol, TypeVar

from training.intervals import wilson
from training.plan.measures import MEASURES, Measure
from training.plan.values import Attempt, Measured, PastSession, Share, Standing, State, Sure, Tried, first_tries
from training.skills import Skill

KINDS = ("real_practice", "role_play", "simulated")
"""What tells most about somebody's work first."""
SESSIONS, LOOK_BACK = 3, timedelta(days=365)
MACHINE_WEIGHT = 0.5
NEWEST, EXERCISES_COUNT_FOR = 8, timedelta(days=180)
_FEW, _ENOUGH = 3, 6


class Held(Protocol):
    """As much of a session as it is chosen by. `kind` is the value of its kind."""

    @property
    def id(self) -> Any: ...
    @property
    def held_on(self) -> date: ...
    @property
    def kind(self) -> str: ...


OneHeld = TypeVar("OneHeld", bound=Held)


def sessions_used(sessions: Iterable[OneHeld], *, today: date) -> tuple[OneHeld, ...]:
    """The newest SESSIONS of one kind in the past year: of the first kind with two, else of the first with one."""
    lately = [one for one in sessions if today - LOOK_BACK <= one.held_on <= today]
    for least in (2, 1):
        for kind in KINDS:
            of_kind = sorted((one for one in lately if one.kind == kind), key=lambda one: (one.held_on, one.id))
            if len(of_kind) >= least:
                return tuple(reversed(of_kind[-SESSIONS:]))
    return ()


def standings(sessions: Iterable[PastSession], attempts: Iterable[Attempt], *, today: date) -> dict[Skill, Standing]:
    """Of every skill, in the order of `Skill`."""
    used, tried = sessions_used(sessions, today=today), first_tries(attempts)
    return {skill: _standing(skill, used, [one for one in tried if one.skill is skill], today) for skill in Skill}


def _standing(skill: Skill, used: Sequence[PastSession], attempts: Sequence[Attempt], today: date) -> Standing:
    measured = _measured(skill, used)
    since = max(today - EXERCISES_COUNT_FOR, used[0].held_on if measured else date.min)
    tried = _tried([one for one in attempts if since <= one.at.date()])
    if measured is None:
        return Standing(skill, *_by_exercises(tried), None, tried)
    state, sure = _by_talk(measured, MEASURES[skill])
    if state is State.WEAK and tried.of >= _ENOUGH and tried.met >= 0.8 * tried.of and tried.hard:
        state, sure = State.GROWING, Sure.NOT_YET
    if state is State.MASTERED and tried.of >= _ENOUGH and tried.met <= 0.4 * tried.of:
        state, sure = State.GROWING, Sure.NOT_YET
    return Standing(skill, state, sure, measured, tried)


def _measured(skill: Skill, used: Sequence[PastSession]) -> Measured | None:
    measure = MEASURES.get(skill)
    with_it = [(one, one.shares[skill]) for one in used if skill in one.shares]
    if measure is None or sum(share.n for _, share in with_it) < measure.least:
        return None
    weighed = [(1.0 if one.signed_off else MACHINE_WEIGHT, share) for one, share in with_it]
    value, low, high = pooled(weighed)
    return Measured(value, low, high, with_it[0][0].kind, len(with_it), sum(one.signed_off for one, _ in with_it))


def pooled(weighed: Sequence[tuple[float, Share]]) -> tuple[float, float, float]:
    """The share and its 90 % interval: Wilson's for how few chances there were, widened by what the coder is unsure of.
    Both are independent, so their half-widths add as squares."""
    k, n = sum(w * one.k for w, one in weighed), sum(w * one.n for w, one in weighed)
    value = k / n
    least, most = wilson(value, n)
    doubt = sqrt(sum((w * one.n * one.doubt) ** 2 for w, one in weighed)) / n
    low, high = value - least, most - value
    return value, max(0.0, value - sqrt(low * low + doubt * doubt)), min(1.0, value + sqrt(high * high + doubt * doubt))


def _by_talk(measured: Measured, measure: Measure) -> tuple[State, Sure]:
    if measured.value < measure.fair:
        surely, likely = measured.high < measure.fair, measured.high < measure.good
        return State.WEAK, Sure.QUITE if surely else Sure.FAIRLY if likely else Sure.NOT_YET
    if measured.value >= measure.good and measured.low >= measure.fair:
        return State.MASTERED, Sure.QUITE if measured.low >= measure.good else Sure.FAIRLY
    return State.GROWING, Sure.FAIRLY if measured.low >= measure.fair else Sure.NOT_YET


def _tried(attempts: Sequence[Attempt]) -> Tried:
    newest = attempts[-NEWEST:]
    met = [one for one in newest if one.met]
    return Tried(len(met), len(newest), sum(one.level > 1 for one in met))


def _by_exercises(tried: Tried) -> tuple[State, Sure]:
    """Exercises show what somebody can do when asked to, not what they do in talk: they never make it quite sure."""
    if tried.of < _FEW:
        return State.UNKNOWN, Sure.NOT_YET
    sure = Sure.FAIRLY if tried.of >= _ENOUGH else Sure.NOT_YET
    if tried.met <= 0.5 * tried.of:
        return State.WEAK, sure
    if tried.of >= _ENOUGH and tried.met >= 0.8 * tried.of and tried.hard >= 2:
        return State.MASTERED, sure
    return State.GROWING, sure
