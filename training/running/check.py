"""One thing that was looked at: how it is, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """`LOOK`: it works, and somebody should look at it. `BROKEN`: something does not work until somebody acts."""

    OK = "ok"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True)
class Check:
    """`key` is its name for programs; `what` a sentence or two on what is the matter; `do` what to do about it, with
    commands between backquotes; both in plain words without a name, an address or a secret. `page` is where in Evoke to
    look. `names` are an operator's own names of workers and folders, for those who run the installation alone."""

    key: str
    state: State
    what: str
    do: str = ""
    since: datetime | None = None
    page: str = ""
    names: tuple[str, ...] = field(default=())


def ok(key: str, what: str) -> Check:
    return Check(key, State.OK, what)


def worst(checks: Iterable[Check]) -> State:
    states = {one.state for one in checks}
    return next((state for state in (State.BROKEN, State.LOOK) if state in states), State.OK)
