"""From counts to summary scores with bands (MITI 4.2.1), client talk, and training extras outside MITI 4."""

from dataclasses import dataclass
from enum import StrEnum

from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.counts import BehaviourCounts


class ScoreName(StrEnum):
    TECHNICAL_GLOBAL = "technical_global"
    RELATIONAL_GLOBAL = "relational_global"
    REFLECTION_TO_QUESTION = "reflection_to_question"
    PERCENT_COMPLEX = "percent_complex_reflections"
    MI_ADHERENT = "total_mi_adherent"
    MI_NON_ADHERENT = "total_mi_non_adherent"
    PERCENT_CHANGE_TALK = "percent_change_talk"
    PERCENT_OPEN = "percent_open_questions"
    TALK_SHARE = "practitioner_talk_share"
    QUESTIONS_IN_A_ROW = "questions_in_a_row"

    @classmethod
    def from_counts(cls) -> tuple["ScoreName", ...]:
        """Those a machine's codes give; globals need a person."""
        return tuple(name for name in cls if name not in (cls.TECHNICAL_GLOBAL, cls.RELATIONAL_GLOBAL))

    @classmethod
    def outside_miti(cls) -> tuple["ScoreName", ...]:
        return (cls.PERCENT_OPEN, cls.TALK_SHARE, cls.QUESTIONS_IN_A_ROW)


class Band(StrEnum):
    BELOW_FAIR = "below_fair"
    FAIR = "fair"
    GOOD = "good"


THRESHOLDS: dict[ScoreName, tuple[float, float]] = {
    ScoreName.TECHNICAL_GLOBAL: (3.0, 4.0),
    ScoreName.RELATIONAL_GLOBAL: (3.5, 4.0),
    ScoreName.PERCENT_COMPLEX: (40.0, 50.0),
    ScoreName.REFLECTION_TO_QUESTION: (1.0, 2.0),
}
"""Fair and good, from the MITI 4.2.1 manual. They are expert opinion, not research findings."""


@dataclass(frozen=True)
class Figure:
    """One score. `value` is None when there is not enough to score, and `note` then says why.

    Shares are in percent, the reflection-to-question ratio as reflections per question. `low` and `high` bound the
    90 % interval where there is one.
    """

    name: ScoreName
    value: float | None
    band: Band | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None


class GlobalRating(StrEnum):
    """Each is a field of `Globals`."""

    CULTIVATING_CHANGE_TALK = "cultivating_change_talk"
    SOFTENING_SUSTAIN_TALK = "softening_sustain_talk"
    PARTNERSHIP = "partnership"
    EMPATHY = "empathy"

    @classmethod
    def need_change_goal(cls) -> tuple["GlobalRating", ...]:
        return (cls.CULTIVATING_CHANGE_TALK, cls.SOFTENING_SUSTAIN_TALK)


@dataclass(frozen=True)
class Globals:
    """A coach's ratings, whole numbers 1–5, None while not rated. Cultivating and softening need a change goal."""

    partnership: int | None = None
    empathy: int | None = None
    cultivating_change_talk: int | None = None
    softening_sustain_talk: int | None = None

    def __post_init__(self) -> None:
        for rating in (self.partnership, self.empathy, self.cultivating_change_talk, self.softening_sustain_talk):
            if rating is not None and rating not in range(1, 6):
                raise ValueError(f"globals are rated in whole numbers from 1 to 5, not {rating}")


@dataclass(frozen=True)
class GlobalSuggestion:
    """A machine's guess at what a coach may rate: `low` to `high`, both 1–5, or both None where it suggests nothing.

    `reason` says in plain words what moved it, or why there is none. It is never a rating and enters no score.
    """

    rating: GlobalRating
    low: int | None
    high: int | None
    reason: str
    model_version: str


def band_of(name: ScoreName, value: float | None) -> Band | None:
    if value is None or name not in THRESHOLDS:
        return None
    fair, good = THRESHOLDS[name]
    return Band.GOOD if value >= good else Band.FAIR if value >= fair else Band.BELOW_FAIR


def _figure(name: ScoreName, value: float | None, note: str = "") -> Figure:
    return Figure(name, value, band_of(name, value), "" if value is not None else note)


def _ratio(part: float, whole: float, scale: float = 1.0) -> float | None:
    """None for a zero denominator: never 0, never infinity."""
    return scale * part / whole if whole else None


def count_scores(counts: BehaviourCounts, *, questions_in_a_row: int = 0) -> tuple[Figure, ...]:
    """Every score that counts give, in the order of ScoreName."""
    reflections = counts.total(Behaviour.reflections())
    change, sustain = counts[ClientTalk.CT], counts[ClientTalk.ST]
    questions = counts.open_questions + counts.closed_questions
    words = counts.practitioner_words + counts.client_words
    return (
        _figure(ScoreName.REFLECTION_TO_QUESTION, _ratio(reflections, counts[Behaviour.Q]), "No questions were asked."),
        _figure(
            ScoreName.PERCENT_COMPLEX, _ratio(counts[Behaviour.CR], reflections, 100), "There were no reflections."
        ),
        _figure(ScoreName.MI_ADHERENT, counts.total(Behaviour.mi_adherent())),
        _figure(ScoreName.MI_NON_ADHERENT, counts.total(Behaviour.mi_non_adherent())),
        _figure(
            ScoreName.PERCENT_CHANGE_TALK, _ratio(change, change + sustain, 100), "There was no change or sustain talk."
        ),
        _figure(ScoreName.PERCENT_OPEN, _ratio(counts.open_questions, questions, 100), "No questions were asked."),
        _figure(ScoreName.TALK_SHARE, _ratio(counts.practitioner_words, words, 100), "Nobody spoke."),
        _figure(ScoreName.QUESTIONS_IN_A_ROW, questions_in_a_row),
    )


def global_scores(ratings: Globals) -> tuple[Figure, Figure]:
    """Technical and relational, the means of their two ratings; None when either rating is missing."""
    return (
        _figure(
            ScoreName.TECHNICAL_GLOBAL,
            _mean(ratings.cultivating_change_talk, ratings.softening_sustain_talk),
            "The technical score needs a change goal, and a rating of both cultivating change talk and softening "
            "sustain talk.",
        ),
        _figure(
            ScoreName.RELATIONAL_GLOBAL,
            _mean(ratings.partnership, ratings.empathy),
            "The relational score needs a rating of both partnership and empathy.",
        ),
    )


def _mean(one: int | None, other: int | None) -> float | None:
    return None if one is None or other is None else (one + other) / 2
