"""Undo and redo without limit: a draft is what it began as, with every step applied that is not undone."""

from collections.abc import Sequence
from dataclasses import dataclass

from coding.review.steps import Step


@dataclass(frozen=True)
class Taken:
    """A step with its number, from 1 in the order in which they came. `dropped`: it was undone, and another step was
    taken since, so that it cannot be redone."""

    number: int
    step: Step
    undone: bool = False
    dropped: bool = False


def live(taken: Sequence[Taken]) -> list[Taken]:
    return [one for one in taken if not one.undone]


def to_undo(taken: Sequence[Taken]) -> Taken | None:
    """The last one that is not undone."""
    return next((one for one in reversed(taken) if not one.undone), None)


def to_redo(taken: Sequence[Taken]) -> Taken | None:
    """The one that was undone last."""
    return next((one for one in taken if one.undone and not one.dropped), None)
