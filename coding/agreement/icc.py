"""ICC(2,1): how far single raters agree on counts and ratings in absolute terms (Shrout & Fleiss 1979).

Two-way random effects: the raters stand for others, and a rater who is always a point higher disagrees. From the mean
squares of rows, columns and what is left (McGraw & Wong 1996, case 2A).
"""

from collections.abc import Sequence

import numpy as np

from coding.agreement.from_draws import statistic
from coding.agreement.statistic import Statistic, WhyNot
from coding.coder.chance import DRAWS, Draws, Numbers

NOTHING = 1e-12
"""Of the spread of all ratings: less than that is rounding."""


def icc(ratings: Sequence[Sequence[float | None]], *, seed: int = 0, draws: int = DRAWS) -> Statistic:
    """Of one rating or count: a row for each session, a column for each rater, None where a rater gave none.

    Only rows without a gap count; `items` says how many. Where any two of many raters rate each session, almost none
    are left: `alpha` with an interval scale takes gaps. A value below 0 means no agreement, and few sessions can give
    one below -1. Raises ValueError where rows are not of one length, or a rating is not finite.
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("each session needs a place for each rater, None where a rating is missing")
    complete = [[float(one) for one in row if one is not None] for row in ratings if None not in row]
    table = np.array(complete, dtype=np.float64).reshape(len(complete), len(ratings[0]) if ratings else 0)
    if not np.isfinite(table).all():
        raise ValueError("ratings are finite numbers; None stands for a missing one")
    sessions, raters = table.shape
    if sessions < 2 or raters < 2:
        missing = WhyNot.FEW_RATED if sessions and raters > 1 else WhyNot.NOTHING_TWICE
        return Statistic(None, why=missing, items=sessions, sessions=sessions)
    spread = float(np.ptp(table))
    if spread <= NOTHING * float(np.abs(table).max()):
        return Statistic(None, why=WhyNot.NO_SPREAD, items=sessions, sessions=sessions)
    table = (table - table.mean()) / spread
    value = float(icc_of(table, np.ones((1, sessions)))[0])
    drawn = icc_of(table, Draws(sessions, seed, draws).weights)
    return statistic(value, drawn, items=sessions, sessions=sessions, missing=WhyNot.CROSSED)


def icc_of(table: Numbers, weights: Numbers) -> Numbers:
    """(sessions, raters) and how often each draw has each session (draws, sessions) → (draws,); not a number where it
    is undefined. Rows of `weights` sum to the number of sessions, and `table` is scaled to a spread of one."""
    sessions, raters = table.shape
    means = table.mean(axis=1)
    middle = weights @ means / sessions
    columns = weights @ table / sessions
    total = weights @ (table**2).sum(axis=1) - sessions * raters * middle**2
    between = raters * (weights @ means**2 - sessions * middle**2)
    of_raters = sessions * ((columns - middle[:, None]) ** 2).sum(axis=1)
    rest = np.maximum(total - between - of_raters, 0) / ((sessions - 1) * (raters - 1))
    rows, cols = between / (sessions - 1), of_raters / (raters - 1)
    below = rows + (raters - 1) * rest + raters * (cols - rest) / sessions
    none = below <= NOTHING
    return np.where(none, np.nan, (rows - rest) / np.where(none, 1, below))
