"""Feedback as a value: two things done well and one to try, each with the lines it speaks of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """`keys` are the lines it quotes, in the order in which they are to be read, as a review's draft names them. `rule`
    says what drafted it, empty for a coach's own."""

    text: str
    keys: tuple[str, ...] = ()
    rule: str = ""


@dataclass(frozen=True)
class FeedbackWords:
    """At most two in `well`. In a draft there may be fewer, and `to_try` may be None."""

    well: tuple[Point, ...] = ()
    to_try: Point | None = None
