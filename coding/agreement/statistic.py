"""One figure of agreement with its interval, or why there is none. Never "not a number".

Loads no numpy, so that pages may show what a job worked out.
"""

from dataclasses import dataclass
from enum import StrEnum


class WhyNot(StrEnum):
    """Why there is no figure or no interval, in words for a page."""

    NOTHING_TWICE = "Nothing has been coded or rated by two people yet."
    ONE_CODE = "Both only ever gave one and the same code, so agreement cannot be told from chance."
    NEITHER_USED = "Neither of the two used this code."
    BOTH_ALWAYS = "Both gave this code every time, so agreement cannot be told from chance."
    FEW_RATED = "Two sessions at least must have been rated by everybody, and by two people or more."
    NO_SPREAD = "Everybody gave the same everywhere. They agree, but nothing sets one session apart from another."
    CROSSED = "The ratings are exactly opposed in too few sessions to say more."
    NO_CODES = "Neither of the two counted any code."
    NOTHING_DRAWN = "Neither of the two drew more than one utterance in any turn."
    FEW_SESSIONS = "No interval: at least 10 sessions coded by both are needed to say how far chance goes."
    RARE = "No interval: this was seen in fewer than 10 sessions."
    NO_MOVEMENT = "No interval: whichever of these sessions are drawn, the figure is the same."
    OFTEN_MISSING = "No interval: too many draws of the sessions have no figure."


class AgreementBand(StrEnum):
    """Of a kappa or an ICC (Cicchetti & Sparrow 1981, Cicchetti 1994)."""

    POOR = "poor"
    FAIR = "fair"
    GOOD = "good"
    EXCELLENT = "excellent"


_BANDS = ((0.75, AgreementBand.EXCELLENT), (0.60, AgreementBand.GOOD), (0.40, AgreementBand.FAIR))


def band_of(value: float | None) -> AgreementBand | None:
    """Not rounded first: 0.599 is fair."""
    if value is None:
        return None
    return next((band for least, band in _BANDS if value >= least), AgreementBand.POOR)


@dataclass(frozen=True)
class Statistic:
    """`value` is None where there is no figure, and `why` then says why; `low` and `high` bound the 95 % interval, and
    where there is none though there is a value, `why` says that. `items` are what was compared, out of so many
    `sessions`."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: WhyNot | None = None
    items: int = 0
    sessions: int = 0

    @property
    def band(self) -> AgreementBand | None:
        """Only a kappa or an ICC has one that means something."""
        return band_of(self.value)
