"""What an evaluator's file says of a session: each measure with its formula, from counts and a coach's ratings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from coding.scheme.summary import THRESHOLDS, ScoreName

COUNTS = ("gi", "persuade", "pwp", "q", "sr", "cr", "af", "seek", "emphasize", "confront", "ct", "st", "fn",
          "open_questions", "closed_questions")  # fmt: skip
RATINGS = (
    "cultivating_change_talk", "softening_sustain_talk", "partnership", "empathy", "purposefulness",
    "clarity_about_concerns", "child_focus",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """The sum of the counts `part`, by that of `whole` where there is one, times `scale`. `name` is as in the scores of
    a session."""

    name: str
    part: tuple[str, ...]
    whole: tuple[str, ...]
    scale: float
    unit: str

    @property
    def formula(self) -> str:
        above = " + ".join(self.part)
        if not self.whole:
            return above
        times = f"{self.scale:g} × " if self.scale != 1 else ""
        return f"{times}({above}) / ({' + '.join(self.whole)})"

    @property
    def thresholds(self) -> tuple[float, float] | None:
        """Fair and good."""
        return THRESHOLDS.get(ScoreName(self.name))


MEASURES = (
    Measure("reflection_to_question", ("sr", "cr"), ("q",), 1, "reflections for each question"),
    Measure("percent_complex_reflections", ("cr",), ("sr", "cr"), 100, "percent of reflections"),
    Measure("total_mi_adherent", ("af", "seek", "emphasize"), (), 1, "count"),
    Measure("total_mi_non_adherent", ("confront", "persuade"), (), 1, "count"),
    Measure("percent_change_talk", ("ct",), ("ct", "st"), 100, "percent of change and sustain talk"),
    Measure("percent_open_questions", ("open_questions",), ("open_questions", "closed_questions"), 100,
            "percent of questions"),
)  # fmt: skip
GLOBALS = {
    "technical_global": ("cultivating_change_talk", "softening_sustain_talk"),
    "relational_global": ("partnership", "empathy"),
}
"""Each is the mean of its two ratings."""


@dataclass(frozen=True)
class Measured:
    """`part` and `whole` are the counts behind it, None where there are none."""

    measure: str
    value: float
    part: int | None = None
    whole: int | None = None


def measured(counts: Mapping[str, int], ratings: Mapping[str, int | None]) -> list[Measured]:
    """What cannot be told, because nothing is below the line or nobody rated it, is left out."""
    found = []
    for one in MEASURES:
        part = sum(counts[name] for name in one.part)
        if not one.whole:
            found.append(Measured(one.name, float(part), part))
        elif whole := sum(counts[name] for name in one.whole):
            found.append(Measured(one.name, round(one.scale * part / whole, 6), part, whole))
    for name in RATINGS:
        if (rated := ratings.get(name)) is not None:
            found.append(Measured(name, float(rated)))
    for name, (first, second) in GLOBALS.items():
        one_rating, other = ratings.get(first), ratings.get(second)
        if one_rating is not None and other is not None:
            found.append(Measured(name, (one_rating + other) / 2))
    return found
