"""Where a score's value, interval and lines lie on a short drawn scale."""

from dataclasses import dataclass

from coding.scheme.summary import THRESHOLDS, ScoreName
from training.score_view import ScoreView

WIDTH = 200
"""Units of the drawing, from the start of the scale to its end."""
_ENDS = {ScoreName.REFLECTION_TO_QUESTION: 4.0, ScoreName.TECHNICAL_GLOBAL: 5.0, ScoreName.RELATIONAL_GLOBAL: 5.0}
_STARTS = {ScoreName.TECHNICAL_GLOBAL: 1.0, ScoreName.RELATIONAL_GLOBAL: 1.0}
_NO_END = (ScoreName.MI_ADHERENT, ScoreName.MI_NON_ADHERENT, ScoreName.QUESTIONS_IN_A_ROW)


@dataclass(frozen=True)
class Gauge:
    """Positions from 0 to WIDTH. `lines` are those of fair and good, empty for a score without bands."""

    value: float
    low: float | None
    high: float | None
    lines: tuple[float, ...]
    width: int = WIDTH


def gauge(score: ScoreView) -> Gauge | None:
    """None for a score without a value, and for totals, whose scale has no end."""
    name = ScoreName(score.name)
    if score.value is None or name in _NO_END:
        return None
    start = _STARTS.get(name, 0.0)
    # The same scale on every session's page, unless a value would not fit on it.
    end = max(_ENDS.get(name, 100.0), score.value, score.high or 0.0)

    def at(value: float) -> float:
        return round((value - start) / (end - start) * WIDTH, 1)

    low, high = (at(score.low), at(score.high)) if score.low is not None and score.high is not None else (None, None)
    return Gauge(value=at(score.value), low=low, high=high, lines=tuple(at(line) for line in THRESHOLDS.get(name, ())))
