"""Good authority in child protection: three ratings by a person, 1–5, that stand beside MITI and are never averaged
into it (dimensions after Whittaker et al. 2017). And what a sample of a given length can support."""

from dataclasses import dataclass
from enum import StrEnum


class AuthorityDimension(StrEnum):
    PURPOSEFULNESS = "purposefulness"
    CLARITY_ABOUT_CONCERNS = "clarity_about_concerns"
    CHILD_FOCUS = "child_focus"


@dataclass(frozen=True)
class AuthorityRatings:
    """Each 1–5, or None where the conversation gave no occasion."""

    purposefulness: int | None = None
    clarity_about_concerns: int | None = None
    child_focus: int | None = None

    def __post_init__(self) -> None:
        for rating in (self.purposefulness, self.clarity_about_concerns, self.child_focus):
            if rating is not None and not 1 <= rating <= 5:
                raise ValueError(f"ratings are 1 to 5, not {rating}")


class SampleSupport(StrEnum):
    COUNTS_ONLY = "counts_only"
    WEAK_GLOBALS = "weak_globals"
    FULL = "full"


def sample_support(minutes: float) -> SampleSupport:
    """MITI is made for a random 20 minutes; under 10 globals are weaker, under 5 only counts mean anything."""
    if minutes < 5:
        return SampleSupport.COUNTS_ONLY
    return SampleSupport.WEAK_GLOBALS if minutes < 10 else SampleSupport.FULL
