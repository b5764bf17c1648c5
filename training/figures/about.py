"""Numbers of groups that may not be told to the last one. Pure."""

from dataclasses import dataclass

from training.figures.cells import LEAST

LEAST_OF = 2 * LEAST
"""A group's size from which `about` parts few from nearly all."""


@dataclass(frozen=True)
class About:
    """How many, from `least` to `most`: one number, or as little as may be told of few. None of a group, or all of it,
    would tell of each; four of them, or all but four, nearly so."""

    least: int
    most: int

    @property
    def exact(self) -> bool:
        return self.least == self.most


def about(count: int, of: int | None = None) -> About:
    """`of` is the group's size, at least LEAST_OF; None where nobody knows of how many they are."""
    if count < LEAST:
        return About(0, LEAST - 1)
    if of is not None and of - count < LEAST:
        return About(of - LEAST + 1, of)
    return About(count, count)


def about_shown(one: About, of: int | None = None) -> str:
    """ "12", "fewer than 5", "nearly all" of 20."""
    if one.exact:
        return f"{one.least:,}"
    return "nearly all" if one.most == of else f"fewer than {one.most + 1}"
