"""How a talk went, turn by turn, without a word of it: how open the parent was, and what moved them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from training.simulated.format import Band, Did
from training.simulated.kept import Turn
from training.simulated.state import State

NOTABLE = 0.03
"""How much a turn must move openness to be named."""


@dataclass(frozen=True)
class Step:
    """After one turn of the trainee. `place` is the position of what they said among the turns of the transcript, None
    for a silence; `line` is the turn's number in the talk, from 1. `openness` is 0–1, `change` that since the turn
    before."""

    line: int
    place: int | None
    did: Did
    openness: float
    change: float
    band: Band
    told: str = ""
    safety: str = ""


def course_of(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """As it is kept: the state after each turn, the opening first."""
    kept: list[dict[str, Any]] = []
    place = 0
    for turn in turns:
        mine = place if turn.said else None
        place += 2 if turn.said else 1
        kept.append(
            {
                "state": turn.memory.as_json()["state"], "did": turn.did.value, "place": mine, "unread": turn.unread,
                "told": turn.about if turn.why == "concern" else "",
                "safety": turn.about if turn.why == "safety" else "",
            }
        )  # fmt: skip
    return kept


def steps_of(course: Sequence[dict[str, Any]]) -> list[Step]:
    """One for each turn of the trainee."""
    steps = []
    for number, (before, now) in enumerate(pairwise(course), 1):
        state = State(**now["state"])
        steps.append(
            Step(
                line=number, place=now["place"], did=Did(now["did"]), openness=state.openness,
                change=state.openness - State(**before["state"]).openness, band=state.band, told=now["told"],
                safety=now["safety"],
            )
        )  # fmt: skip
    return steps


def opened_most(steps: Sequence[Step]) -> list[Step]:
    """The two turns that opened the parent most, in their order."""
    up = sorted((one for one in steps if one.change >= NOTABLE), key=lambda one: -one.change)[:2]
    return sorted(up, key=lambda one: one.line)


def closed_most(steps: Sequence[Step]) -> list[Step]:
    down = sorted((one for one in steps if one.change <= -NOTABLE), key=lambda one: one.change)[:2]
    return sorted(down, key=lambda one: one.line)
