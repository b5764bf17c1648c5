"""Learns the suggested ranges for the four global ratings: `python -m coding.coder.fit_globals`.

A sum of habits is fitted to the author's ratings of the authored conversations. The habits are counted in the codes of
a coder that had not seen the conversation, from its turns on, so that the machine's own mistakes are learned with. How
wide a range must be is told by conversations of authors that the sum had not seen.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from coding.coder.dataset import Dataset, folds_of
from coding.coder.figures import Figure
from coding.coder.fit import VERSION as CODER_VERSION
from coding.coder.fit import FitOptions, fit_model
from coding.coder.globals import (
    HIGHEST,
    LOWEST,
    GlobalsModel,
    LearnedHabit,
    LearnedRating,
    range_around,
    save_globals,
)
from coding.coder.habits import HABITS_OF, Habit, Habits, habits_of
from coding.coder.linear import LinearCoder
from coding.coder.training_data import Source, TrainingConversation
from coding.corpus.load import AUTHORED, AuthoredGlobals, load_corpus
from coding.pipeline import TurnToCode, code_conversation
from coding.scheme.codes import Speaker
from coding.scheme.summary import GlobalRating

VERSION = "globals-1"
LEVEL = 0.85  # of unseen conversations whose rating the range must hold
_STRENGTH = 10.0  # of the penalty on weights; 3 to 30 measured alike
_GAIN = 1.0  # ratings that ranges must be narrower than one range for all: even a lottery's are a little narrower
_NARROWEST, _WIDEST = 1.0, 4.0  # margins: a range of one rating would pass for a verdict


@dataclass(frozen=True)
class Rated:
    author: str
    habits: Habits
    globals: AuthoredGlobals

    def rating(self, name: GlobalRating) -> int:
        return int(getattr(self.globals, name.value))


@dataclass(frozen=True)
class Unseen:
    """Habits by conversation, in the codes of a coder that had not seen it; of AnnoMI's with AnnoMI's quality."""

    rated: tuple[Rated, ...]
    real: tuple[tuple[str, Habits], ...]


@dataclass(frozen=True)
class LeftOut:
    """What a conversation got from a model that had not seen its author. `same_two` are the two neighbouring ratings
    and `same_range` the narrowest range that serve the other authors best when everybody gets the same."""

    truth: int
    low: int
    high: int
    same_two: tuple[int, int]
    same_range: tuple[int, int]


def habits_unseen(data: Dataset, options: FitOptions, authored: Path = AUTHORED) -> Unseen:
    """Trains a coder a fold, on all but the fold, and lets it code the fold's conversations as it would an upload.
    Several minutes."""
    fold = folds_of(data, count=options.folds, seed=options.seed)
    fold_of = dict(zip(data.transcript.tolist(), fold.tolist(), strict=True))
    ratings = {talk.transcript_id: talk.globals for talk in load_corpus(authored)}
    rated: list[Rated] = []
    real: list[tuple[str, Habits]] = []
    for number in sorted(set(fold_of.values()) - {-1}):
        coder = LinearCoder(fit_model(data, np.flatnonzero(fold != number), options))
        for talk in data.talks:
            if fold_of[talk.transcript_id] != number:
                continue
            if talk.source is Source.AUTHORED:
                rated.append(Rated(talk.group, _habits_by(coder, talk), ratings[talk.transcript_id]))
            elif talk.source is Source.ANNOMI:
                real.append((talk.quality, _habits_by(coder, talk)))
    return Unseen(tuple(rated), tuple(real))


def _habits_by(coder: LinearCoder, talk: TrainingConversation) -> Habits:
    """From turns on: boundaries and codes are the coder's own, and only who speaks is given."""
    said = [example.utterance for example in talk.examples]
    turns = [
        TurnToCode(speaker.value, " ".join(one.text for one in turn))
        for (_, speaker), turn in groupby(said, key=lambda one: (one.turn, one.speaker))
    ]
    coded = code_conversation(turns, coder=coder, practitioner_labels=[Speaker.PRACTITIONER.value])
    return habits_of([item.estimate.of(item.utterance) for item in coded.utterances])


def fit_globals(rated: Sequence[Rated]) -> GlobalsModel:
    """A rating whose ranges are hardly narrower than one range for everybody is left out: it cannot be told from the
    words."""
    return GlobalsModel(
        version=VERSION,
        fewest_turns=min(one.habits.turns for one in rated),
        ratings={
            name: learn_rating(rated, name) for name in GlobalRating if _tells_anything(answers_left_out(rated, name))
        },
    )


def learn_rating(rated: Sequence[Rated], name: GlobalRating) -> LearnedRating:
    """The margin is the smallest whose ranges hold the rating in `LEVEL` of conversations, each author left out."""
    learned = _learn(rated, name)
    estimates, truth = [], []
    for _, others, own in _by_author(rated):
        without = _learn(others, name)
        estimates += [without.estimate(one.habits) for one in own]
        truth += [one.rating(name) for one in own]
    return LearnedRating(learned.usual, _margin(estimates, truth), learned.habits)


def _learn(rated: Sequence[Rated], name: GlobalRating) -> LearnedRating:
    """Ridge regression on standardised shares, no weight against the habit's direction."""
    from sklearn.linear_model import Ridge

    about = HABITS_OF[name]
    shares = np.array([[one.habits.share(habit) for habit in about] for one in rated])
    direction = np.array([-1.0 if habit in Habit.that_hinder() else 1.0 for habit in about])
    ratings = np.array([one.rating(name) for one in rated], float)
    usual, spread = shares.mean(axis=0), shares.std(axis=0)
    spread[spread == 0] = 1.0
    fitted = Ridge(alpha=_STRENGTH, positive=True).fit(direction * (shares - usual) / spread, ratings)
    weights = direction * fitted.coef_ / spread
    return LearnedRating(
        usual=float(fitted.intercept_),
        margin=_NARROWEST,
        habits={
            habit: LearnedHabit(float(weight), float(mean))
            for habit, weight, mean in zip(about, weights, usual, strict=True)
            if abs(weight) > 1e-6
        },
    )


def _margin(estimates: Sequence[float], truth: Sequence[int]) -> float:
    for margin in np.arange(_NARROWEST, _WIDEST, 0.05):
        ranges = [range_around(estimate, float(margin)) for estimate in estimates]
        if share_of(low <= right <= high for (low, high), right in zip(ranges, truth, strict=True)) >= LEVEL:
            return round(float(margin), 2)
    return _WIDEST


def answers_left_out(rated: Sequence[Rated], name: GlobalRating) -> list[LeftOut]:
    """Everything that is learned, margins and common ranges too, is learned without the author."""
    answers = []
    for _, others, own in _by_author(rated):
        learned = learn_rating(others, name)
        truth = [one.rating(name) for one in others]
        two, wide = _best_common(truth, width=2), _narrowest_common(truth)
        answers += [LeftOut(one.rating(name), *learned.range(one.habits), two, wide) for one in own]
    return answers


def _by_author(rated: Sequence[Rated]) -> Iterable[tuple[str, list[Rated], list[Rated]]]:
    for author in sorted({one.author for one in rated}):
        yield (
            author,
            [one for one in rated if one.author != author],
            [one for one in rated if one.author == author],
        )


def _best_common(truth: Sequence[int], *, width: int) -> tuple[int, int]:
    ranges = [(low, low + width - 1) for low in range(LOWEST, HIGHEST - width + 2)]
    return max(ranges, key=lambda one: share_of(one[0] <= right <= one[1] for right in truth))


def _narrowest_common(truth: Sequence[int]) -> tuple[int, int]:
    for width in range(1, HIGHEST + 1):
        low, high = _best_common(truth, width=width)
        if share_of(low <= right <= high for right in truth) >= LEVEL:
            break
    return low, high


def _tells_anything(answers: Sequence[LeftOut]) -> bool:
    wide = np.mean([one.same_range[1] - one.same_range[0] for one in answers])
    return bool(np.mean([one.high - one.low for one in answers]) <= wide - _GAIN)


def share_of(happened: Iterable[bool]) -> float:
    return float(np.mean(list(happened)))


def _about(rated: Sequence[Rated], figures: Sequence[Figure]) -> Mapping[str, object]:
    return {
        "learned_from": f"{len(rated)} authored conversations, rated by their author, no second rater",
        "in_codes_of": CODER_VERSION,
        "authors": len({one.author for one in rated}),
        "level": LEVEL,
        "figures": {figure.name: round(figure.value, 3) for figure in figures},
    }


def main() -> None:
    from coding.coder.measure_globals import measure_globals
    from coding.coder.train import read_all

    parser = argparse.ArgumentParser(description="Learns the suggested ranges for global ratings and prints how good.")
    parser.add_argument(
        "--annomi", type=Path, metavar="F", help="AnnoMI-full.csv; the coders of the folds learn from it"
    )
    parser.add_argument("--pair", type=Path, metavar="F", help="PAIR as CSV; the same")
    parser.add_argument("--out", type=Path, metavar="F", help="write what was learned into this JSON file")
    options = parser.parse_args()
    unseen = habits_unseen(read_all(options.annomi, options.pair), FitOptions())
    figures = measure_globals(unseen)
    for figure in figures:
        print(figure.line())
    if options.out is not None:
        save_globals(fit_globals(unseen.rated), options.out, about=_about(unseen.rated, figures))


if __name__ == "__main__":
    main()
