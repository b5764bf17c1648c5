"""How often the suggested ranges hold the author's rating, how wide they are, and what they say of real interviews."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coding.coder.figures import Figure, at_least, for_information
from coding.coder.fit_globals import LEVEL, LeftOut, Unseen, answers_left_out, fit_globals, share_of
from coding.coder.globals import GlobalsModel
from coding.coder.habits import Habits
from coding.scheme.summary import GlobalRating


def measure_globals(unseen: Unseen) -> list[Figure]:
    """Whole authors left out of the sum, the margin and the coder alike. Widths count ratings: 3 to 4 is 2 wide."""
    figures = [
        figure for name in GlobalRating for figure in _figures_of(name.value, answers_left_out(unseen.rated, name))
    ]
    return figures + _on_real(fit_globals(unseen.rated), unseen.real)


def _figures_of(name: str, answers: Sequence[LeftOut]) -> list[Figure]:
    middles = [abs((one.low + one.high) / 2 - one.truth) for one in answers]
    held = share_of(one.low <= one.truth <= one.high for one in answers)
    return [
        at_least(f"{name}: range holds the rating", 100 * held, 80, "%"),
        for_information(f"{name}: width", float(np.mean([a.high - a.low + 1 for a in answers])), "ratings"),
        for_information(f"{name}: middle of the range off by", float(np.mean(middles)), "ratings"),
        for_information(f"{name}: one range for all, {LEVEL:.0%}, width", _mean_width(answers), "ratings"),
        for_information(
            f"{name}: the same two ratings for all hold the rating",
            100 * share_of(a.same_two[0] <= a.truth <= a.same_two[1] for a in answers), "%",
        ),
        for_information(
            f"{name}: ranges other than those two", 100 * share_of((a.low, a.high) != a.same_two for a in answers), "%"
        ),
    ]  # fmt: skip


def _mean_width(answers: Sequence[LeftOut]) -> float:
    return float(np.mean([one.same_range[1] - one.same_range[0] + 1 for one in answers]))


def _on_real(model: GlobalsModel, real: Sequence[tuple[str, Habits]]) -> list[Figure]:
    """Nobody rated AnnoMI's interviews, but each is a demonstration of high or of low quality."""
    long = [(quality, habits) for quality, habits in real if habits.turns >= model.fewest_turns]
    figures = []
    for name, learned in model.ratings.items():
        high, low = (
            np.array([learned.estimate(habits) for quality, habits in long if quality == wanted])
            for wanted in ("high", "low")
        )
        if not len(high) or not len(low):
            continue
        figures += [
            for_information(f"{name.value}: AnnoMI, high above low quality in", 100 * _above(high, low), "% of pairs"),
            for_information(f"{name.value}: AnnoMI, mean estimate of high quality", float(high.mean())),
            for_information(f"{name.value}: AnnoMI, mean estimate of low quality", float(low.mean())),
        ]
    return figures


def _above(these: npt.NDArray[np.float64], those: npt.NDArray[np.float64]) -> float:
    difference = these[:, None] - those[None, :]
    return float(np.mean(np.where(difference == 0, 0.5, difference > 0)))
