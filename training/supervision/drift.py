"""Whether somebody's newest sessions differ from their own earlier ones. Pure.

Only like is compared with like: sessions of one kind, all chosen or all drawn by lot, and all coded by a coach or all
by the machine alone. A move is named where the 90 % interval of the difference (Welch's) excludes no change. Three
figures are looked at, so by chance alone up to three people in ten show a move, and half of these a fall: it is a
reason to listen, never a finding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from coding.scheme.summary import ScoreName
from training.progress.trend import Change, difference

LOOKED_AT: dict[ScoreName, int] = {
    ScoreName.REFLECTION_TO_QUESTION: 1,
    ScoreName.PERCENT_COMPLEX: 1,
    ScoreName.MI_NON_ADHERENT: -1,
}
"""1 where more of it is more MI, −1 where less is."""
NEWEST, EARLIER, FEWEST = 3, 6, 3
KINDS = ("real_practice", "role_play", "simulated")
"""What tells most about somebody's work first."""


@dataclass(frozen=True)
class Coded:
    """The figures of one coded session. `kind` is the value of its kind."""

    id: str
    held_on: date
    kind: str
    by_coach: bool
    drawn: bool
    scores: Mapping[ScoreName, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """The mean of `after` sessions against that of the `before` ones. `away`: towards less MI."""

    name: ScoreName
    was: float
    now: float
    change: Change
    before: int
    after: int
    away: bool


@dataclass(frozen=True)
class Drift:
    """`moves` are those that the 90 % interval leaves, those away from MI first; none where nothing can be said, or
    where there is nothing to compare (`kind` empty). `newest` and `earlier` are the sessions looked at, the newest
    first; a move leaves out those that say nothing of its figure."""

    kind: str = ""
    by_coach: bool = False
    drawn: bool = False
    moves: tuple[Move, ...] = ()
    newest: tuple[Coded, ...] = ()
    earlier: tuple[Coded, ...] = ()

    @property
    def away(self) -> bool:
        return any(one.away for one in self.moves)


def compared(sessions: Sequence[Coded]) -> list[Coded]:
    """Those whose figures are looked at, the newest first: of the kind that tells most and has enough that are alike, a
    coach's codes before the machine's, drawn ones before chosen ones. None where no kind has enough."""
    alike: dict[tuple[str, bool, bool], list[Coded]] = {}
    for one in sessions:
        alike.setdefault((one.kind, one.by_coach, one.drawn), []).append(one)
    for slice_ in product(KINDS, (True, False), (True, False)):
        own = alike.get(slice_, [])
        if len(own) >= NEWEST + FEWEST:
            return sorted(own, key=lambda one: (one.held_on, one.id), reverse=True)[: NEWEST + EARLIER]
    return []


def drift_of(sessions: Sequence[Coded]) -> Drift:
    own = compared(sessions)
    if not own:
        return Drift()
    found = [_move(name, own[NEWEST:], own[:NEWEST]) for name in LOOKED_AT]
    moves = sorted((one for one in found if one is not None), key=lambda one: not one.away)
    newest, earlier = tuple(own[:NEWEST]), tuple(own[NEWEST:])
    return Drift(own[0].kind, own[0].by_coach, own[0].drawn, tuple(moves), newest, earlier)


def _move(name: ScoreName, before: Sequence[Coded], after: Sequence[Coded]) -> Move | None:
    was = [one.scores[name] for one in before if name in one.scores]
    now = [one.scores[name] for one in after if name in one.scores]
    change = difference(was, now)
    if not isinstance(change, Change) or change.low <= 0 <= change.high:
        return None
    if change.low == change.high:  # none differs from another: an interval without a width would claim to be certain
        return None
    away = change.rise * LOOKED_AT[name] < 0
    return Move(name, sum(was) / len(was), sum(now) / len(now), change, len(was), len(now), away)
