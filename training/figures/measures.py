"""What is measured of a group of sessions, from the counts and ratings of each. Pure.

A ratio is one of sums: all reflections of the group by all its questions. Bands are expert opinion (MITI 4.2.1).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from coding.scheme.summary import THRESHOLDS, ScoreName
from training.figures.rates import RATING, RATIO, SHARE, Estimate, Observed, Range, estimate

Counts = Mapping[str, int]
Pair = tuple[float, float]


class Measure(StrEnum):
    AT_FAIR = "at_fair"
    AT_GOOD = "at_good"
    REFLECTION_TO_QUESTION = "reflection_to_question"
    PERCENT_COMPLEX = "percent_complex_reflections"
    MI_ADHERENT = "mi_adherent_in_a_session"
    MI_NON_ADHERENT = "mi_non_adherent_in_a_session"
    PERCENT_CHANGE_TALK = "percent_change_talk"
    PERCENT_OPEN = "percent_open_questions"
    TECHNICAL_GLOBAL = "technical_global"
    RELATIONAL_GLOBAL = "relational_global"
    PURPOSEFULNESS = "purposefulness"
    CLARITY_ABOUT_CONCERNS = "clarity_about_concerns"
    CHILD_FOCUS = "child_focus"

    @classmethod
    def rated(cls) -> tuple["Measure", ...]:
        """Of what people rate; a machine gives none of them."""
        return (
            cls.TECHNICAL_GLOBAL, cls.RELATIONAL_GLOBAL, cls.PURPOSEFULNESS, cls.CLARITY_ABOUT_CONCERNS,
            cls.CHILD_FOCUS,
        )  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """How it is called and made, and what one session adds: a numerator and a denominator, None for nothing. `percent`
    are shown as such; `fair` and `good` are the bands' lower ends where there are any. `formula` is exact, for the
    codebook."""

    name: str
    what: str
    formula: str
    within: Range
    percent: bool
    of: Callable[[Counts, Counts], Pair | None]
    fair: float | None = None
    good: float | None = None


def _reflections(counts: Counts) -> int:
    return counts["sr"] + counts["cr"]


def _adherent(counts: Counts) -> int:
    return counts["af"] + counts["seek"] + counts["emphasize"]


def _non_adherent(counts: Counts) -> int:
    return counts["confront"] + counts["persuade"]


def reaches(counts: Counts, band: int) -> bool | None:
    """Whether reflections to questions and complex reflections are both at fair (0) or good (1). None where either
    cannot be told, for want of a question or a reflection."""
    if not counts["q"] or not _reflections(counts):
        return None
    ratio = THRESHOLDS[ScoreName.REFLECTION_TO_QUESTION][band]
    complex_ = THRESHOLDS[ScoreName.PERCENT_COMPLEX][band]
    return _reflections(counts) >= ratio * counts["q"] and 100 * counts["cr"] >= complex_ * _reflections(counts)


def _reached(band: int) -> Callable[[Counts, Counts], Pair | None]:
    def of(counts: Counts, ratings: Counts) -> Pair | None:
        yes = reaches(counts, band)
        return None if yes is None else (float(yes), 1.0)

    return of


def _share(part: Callable[[Counts], int], whole: Callable[[Counts], int]) -> Callable[[Counts, Counts], Pair]:
    return lambda counts, ratings: (float(part(counts)), float(whole(counts)))


def _each(count: Callable[[Counts], int]) -> Callable[[Counts, Counts], Pair]:
    return lambda counts, ratings: (float(count(counts)), 1.0)


def _rated(*names: str) -> Callable[[Counts, Counts], Pair | None]:
    def of(counts: Counts, ratings: Counts) -> Pair | None:
        if not all(name in ratings for name in names):
            return None
        return sum(ratings[name] for name in names) / len(names), 1.0

    return of


def _ends(name: ScoreName, by: float = 1.0) -> tuple[float, float]:
    fair, good = THRESHOLDS[name]
    return fair / by, good / by


MEASURES: dict[Measure, Measured] = {
    Measure.AT_FAIR: Measured(
        "Sessions at fair", "Sessions with as many reflections as questions or more, and 40 % of reflections complex.",
        "share of sessions with Q > 0 and SR + CR > 0 in which (SR + CR) / Q >= 1 and CR / (SR + CR) >= 0.40",
        SHARE, True, _reached(0),
    ),
    Measure.AT_GOOD: Measured(
        "Sessions at good", "Sessions with two reflections for each question or more, and half of reflections complex.",
        "share of sessions with Q > 0 and SR + CR > 0 in which (SR + CR) / Q >= 2 and CR / (SR + CR) >= 0.50",
        SHARE, True, _reached(1),
    ),
    Measure.REFLECTION_TO_QUESTION: Measured(
        "Reflections for each question", "All reflections by all questions.",
        "sum of (SR + CR) over sessions / sum of Q over sessions", RATIO, False,
        _share(_reflections, lambda counts: counts["q"]), *_ends(ScoreName.REFLECTION_TO_QUESTION),
    ),
    Measure.PERCENT_COMPLEX: Measured(
        "Complex reflections", "Of all reflections, those that add meaning.",
        "sum of CR over sessions / sum of (SR + CR) over sessions", SHARE, True,
        _share(lambda counts: counts["cr"], _reflections), *_ends(ScoreName.PERCENT_COMPLEX, 100),
    ),
    Measure.MI_ADHERENT: Measured(
        "MI-adherent in a session", "Affirming, seeking collaboration and emphasising autonomy, in a session.",
        "sum of (AF + Seek + Emphasize) over sessions / number of sessions", RATIO, False, _each(_adherent),
    ),
    Measure.MI_NON_ADHERENT: Measured(
        "MI-non-adherent in a session", "Confronting, and persuading without permission, in a session.",
        "sum of (Confront + Persuade) over sessions / number of sessions", RATIO, False, _each(_non_adherent),
    ),
    Measure.PERCENT_CHANGE_TALK: Measured(
        "Change talk", "Of what the other person said for or against the change, what was for it.",
        "sum of CT over sessions / sum of (CT + ST) over sessions", SHARE, True,
        _share(lambda counts: counts["ct"], lambda counts: counts["ct"] + counts["st"]),
    ),
    Measure.PERCENT_OPEN: Measured(
        "Open questions", "Of all questions, the open ones. A training figure, not part of MITI 4.",
        "sum of open questions over sessions / sum of open and closed questions over sessions", SHARE, True,
        _share(
            lambda counts: counts["open_questions"],
            lambda counts: counts["open_questions"] + counts["closed_questions"],
        ),
    ),
    Measure.TECHNICAL_GLOBAL: Measured(
        "Technical rating", "Cultivating change talk and softening sustain talk, as coaches rated them, 1 to 5.",
        "mean over rated sessions of (cultivating_change_talk + softening_sustain_talk) / 2", RATING, False,
        _rated("cultivating_change_talk", "softening_sustain_talk"), *_ends(ScoreName.TECHNICAL_GLOBAL),
    ),
    Measure.RELATIONAL_GLOBAL: Measured(
        "Relational rating", "Partnership and empathy, as coaches rated them, 1 to 5.",
        "mean over rated sessions of (partnership + empathy) / 2", RATING, False,
        _rated("partnership", "empathy"), *_ends(ScoreName.RELATIONAL_GLOBAL),
    ),
    Measure.PURPOSEFULNESS: Measured(
        "Purposefulness", "Good authority, as coaches rated it, 1 to 5. Provisional; not part of MITI.",
        "mean over rated sessions of purposefulness", RATING, False, _rated("purposefulness"),
    ),
    Measure.CLARITY_ABOUT_CONCERNS: Measured(
        "Clarity about concerns", "Good authority, as coaches rated it, 1 to 5. Provisional; not part of MITI.",
        "mean over rated sessions of clarity_about_concerns", RATING, False, _rated("clarity_about_concerns"),
    ),
    Measure.CHILD_FOCUS: Measured(
        "Child focus", "Good authority, as coaches rated it, 1 to 5. Provisional; not part of MITI.",
        "mean over rated sessions of child_focus", RATING, False, _rated("child_focus"),
    ),
}  # fmt: skip


def observed(measure: Measure, sessions: Iterable[tuple[str, Counts, Counts]]) -> list[Observed]:
    """Of (person, counts, ratings); sessions that say nothing of it are left out."""
    of = MEASURES[measure].of
    pairs = ((person, of(counts, ratings)) for person, counts, ratings in sessions)
    return [Observed(person, *pair) for person, pair in pairs if pair is not None]


def measured(measure: Measure, sessions: Iterable[tuple[str, Counts, Counts]]) -> Estimate | None:
    return estimate(observed(measure, sessions), within=MEASURES[measure].within)
