"""One score of a coding made readable: what it means, how sure it is, and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from coding.scheme.glossary import HUMAN_AGREEMENT, SCORES, show, thresholds_shown
from coding.scheme.summary import Band, ScoreName, band_of
from models.coding import Score

BAND_SHOWN = {"below_fair": "not yet fair", "fair": "fair", "good": "good"}


@dataclass(frozen=True)
class ScoreView:
    """One figure with what it means.

    `shown` is the value for people ("2.1 : 1", "45 %"), `interval_shown` its 90 % interval in the same units, both
    empty when there is not enough to score; `note` then says why. `band` is below_fair, fair or good,
    or "" where there is none or the interval reaches over all three. `human_agreement` says how sure people are about
    this figure. `outside_miti` marks training extras.
    """

    name: str
    title: str
    explanation: str
    value: float | None
    low: float | None
    high: float | None
    shown: str
    interval_shown: str
    band: str
    band_shown: str
    thresholds_shown: str
    note: str
    human_agreement: str
    outside_miti: bool


def score_views(rows: Iterable[Score]) -> tuple[ScoreView, ...]:
    """In the order of ScoreName."""
    kept = {row.name: row for row in rows}
    return tuple(score_view(name, kept[name]) for name in ScoreName if name in kept)


def score_view(name: ScoreName, kept: Score) -> ScoreView:
    interval = ""
    band, band_shown = kept.band or "", BAND_SHOWN.get(kept.band or "", "")
    if _anything_goes(name, kept):
        band, band_shown = "", "too unsure to place"
    if kept.low is not None and kept.high is not None:
        low, high = show(name, kept.low), show(name, kept.high)
        interval = low if low == high else f"{low} to {high}"
    return ScoreView(
        name=name.value,
        title=SCORES[name].name,
        explanation=SCORES[name].one_line,
        value=kept.value,
        low=kept.low,
        high=kept.high,
        shown="" if kept.value is None else show(name, kept.value),
        interval_shown=interval,
        band=band,
        band_shown=band_shown,
        thresholds_shown=thresholds_shown(name),
        note=kept.note,
        human_agreement=HUMAN_AGREEMENT[name],
        outside_miti=name in ScoreName.outside_miti(),
    )


def _anything_goes(name: ScoreName, kept: Score) -> bool:
    """Whether the interval reaches from below fair to good: a band would then claim more than is known."""
    if kept.low is None or kept.high is None:
        return False
    return (band_of(name, kept.low), band_of(name, kept.high)) == (Band.BELOW_FAIR, Band.GOOD)
