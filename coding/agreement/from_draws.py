"""A figure, and the same figure in draws of whole sessions, become a statistic."""

import math

import numpy as np

from coding.agreement.statistic import Statistic, WhyNot
from coding.coder.chance import FEWEST, Numbers, interval


def statistic(
    value: float, drawn: Numbers, *, items: int, sessions: int, missing: WhyNot, least: float = -math.inf,
    resting_on: int | None = None,
) -> Statistic:  # fmt: skip
    """`value` and `drawn` are not a number where the figure is undefined. The interval (see `coding.coder.chance`) is
    cut to lie between `least` and 1. A figure may rest on fewer sessions than were compared, as that of a rare code.
    """
    if not math.isfinite(value):
        return Statistic(None, why=missing, items=items, sessions=sessions)
    count = sessions if resting_on is None else resting_on
    found = interval(value, drawn, conversations=count)
    if found is None:
        few = WhyNot.FEW_SESSIONS if sessions < FEWEST else WhyNot.RARE
        return Statistic(value, why=few if count < FEWEST else WhyNot.OFTEN_MISSING, items=items, sessions=sessions)
    if found.high - found.low < 1e-9:
        return Statistic(value, why=WhyNot.NO_MOVEMENT, items=items, sessions=sessions)
    return Statistic(value, max(found.low, least), min(found.high, 1.0), items=items, sessions=sessions)


def share(part: Numbers, whole: Numbers, *, items: int, sessions: int, missing: WhyNot) -> Statistic:
    """`part` of `whole`, 0–1: of all sessions first, then of each draw."""
    none = whole == 0
    shares = np.where(none, np.nan, part / np.where(none, 1, whole))
    return statistic(float(shares[0]), shares[1:], items=items, sessions=sessions, missing=missing, least=0)
