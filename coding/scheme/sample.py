"""What a stretch of talk can support: which ratings mean something at its length, and which need a change goal."""

from dataclasses import dataclass
from enum import StrEnum

from coding.scheme.summary import GlobalRating

GLOBALS_FROM_MINUTES = 5
FULL_FROM_MINUTES = 10


class SampleSupport(StrEnum):
    COUNTS_ONLY = "counts_only"
    WEAK_GLOBALS = "weak_globals"
    FULL = "full"


_LENGTH_EXPLAINED = {
    SampleSupport.COUNTS_ONLY: (
        f"This is under {GLOBALS_FROM_MINUTES} minutes long. Only the counts mean anything, not the four ratings."
    ),
    SampleSupport.WEAK_GLOBALS: (
        f"This is under {FULL_FROM_MINUTES} minutes long, so the ratings are less sure than those of a longer stretch."
    ),
    SampleSupport.FULL: "This is long enough for counts and ratings. MITI is made for a random 20 minutes.",
}
_NO_GOAL = (
    "There is no change goal, so cultivating change talk and softening sustain talk cannot be rated, and what counts "
    "as change talk is less sure."
)


@dataclass(frozen=True)
class SampleUse:
    """`ratings` are the global ratings a person can give; `notes` say in plain words what holds them back."""

    support: SampleSupport
    ratings: tuple[GlobalRating, ...]
    notes: tuple[str, ...]


def sample_support(minutes: float) -> SampleSupport:
    """MITI is made for a random 20 minutes; under 10 globals are weaker, under 5 only counts mean anything."""
    if not minutes >= 0:
        raise ValueError(f"a sample cannot be {minutes} minutes long")
    if minutes < GLOBALS_FROM_MINUTES:
        return SampleSupport.COUNTS_ONLY
    return SampleSupport.WEAK_GLOBALS if minutes < FULL_FROM_MINUTES else SampleSupport.FULL


def sample_use(minutes: float, *, has_change_goal: bool) -> SampleUse:
    """Cultivating and softening need a change goal; partnership, empathy and counts do not."""
    support = sample_support(minutes)
    rateable = () if support is SampleSupport.COUNTS_ONLY else tuple(GlobalRating)
    if not has_change_goal:
        rateable = tuple(rating for rating in rateable if rating not in GlobalRating.need_change_goal())
    notes = (_LENGTH_EXPLAINED[support],)
    return SampleUse(support, rateable, notes if has_change_goal else (*notes, _NO_GOAL))
