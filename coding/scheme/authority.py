"""Good authority in child protection: three ratings by a person, 1–5, that stand beside MITI and are never averaged
into it (dimensions after Whittaker et al. 2017)."""

from dataclasses import dataclass
from enum import StrEnum


class AuthorityDimension(StrEnum):
    PURPOSEFULNESS = "purposefulness"
    CLARITY_ABOUT_CONCERNS = "clarity_about_concerns"
    CHILD_FOCUS = "child_focus"


PROVISIONAL = (
    "These three ratings are our own and provisional. They are not part of MITI, and a person gives them: a machine "
    "does not."
)


@dataclass(frozen=True)
class AuthorityRatings:
    """Whole numbers 1–5, or None where the conversation gave no occasion."""

    purposefulness: int | None = None
    clarity_about_concerns: int | None = None
    child_focus: int | None = None

    def __post_init__(self) -> None:
        for rating in (self.purposefulness, self.clarity_about_concerns, self.child_focus):
            if rating is not None and rating not in range(1, 6):
                raise ValueError(f"ratings are whole numbers from 1 to 5, not {rating}")
