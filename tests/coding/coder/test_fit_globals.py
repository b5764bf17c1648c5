"""Learning the ranges on made-up conversations, where what should be found is known."""

import random

import pytest

from coding.coder.dataset import dataset_of
from coding.coder.features import FeatureOptions
from coding.coder.fit import FitOptions
from coding.coder.fit_globals import (
    LEVEL,
    Rated,
    Unseen,
    answers_left_out,
    fit_globals,
    habits_unseen,
    learn_rating,
)
from coding.coder.habits import Habit, Habits
from coding.coder.measure_globals import measure_globals
from coding.coder.training_data import read_authored
from coding.corpus.load import AUTHORED, AuthoredGlobals, load_corpus
from coding.scheme.summary import GlobalRating


@pytest.fixture(scope="module")
def rated() -> list[Rated]:
    """Partnership falls with pushing and empathy rises with reflections; the other two are drawn by lot."""
    chance = random.Random(7)
    made = []
    for number in range(240):
        times = {habit: chance.randint(0, 8) for habit in Habit}
        partnership = round(5 - times[Habit.PUSHES] / 2 + chance.uniform(-0.4, 0.4))
        empathy = round(1 + times[Habit.REFLECTS_DEEPLY] / 2 + chance.uniform(-0.4, 0.4))
        ratings = AuthoredGlobals(
            cultivating_change_talk=chance.randint(1, 5), softening_sustain_talk=chance.randint(1, 5),
            partnership=min(5, max(1, partnership)), empathy=min(5, max(1, empathy)),
        )  # fmt: skip
        made.append(Rated("abcdef"[number % 6], Habits(20 + number % 10, times), ratings))
    return made


def test_what_makes_the_rating_is_found_and_nothing_goes_against_its_direction(rated: list[Rated]) -> None:
    partnership = learn_rating(rated, GlobalRating.PARTNERSHIP)
    assert max(partnership.habits, key=lambda habit: abs(partnership.habits[habit].weight)) is Habit.PUSHES
    assert partnership.habits[Habit.PUSHES].weight < -5
    empathy = learn_rating(rated, GlobalRating.EMPATHY)
    assert max(empathy.habits, key=lambda habit: abs(empathy.habits[habit].weight)) is Habit.REFLECTS_DEEPLY
    for learned in (partnership, empathy):
        assert all((one.weight < 0) == (habit in Habit.that_hinder()) for habit, one in learned.habits.items())


def test_a_habit_that_goes_with_the_rating_the_wrong_way_has_no_say(rated: list[Rated]) -> None:
    upside_down = [
        Rated(one.author, one.habits, AuthoredGlobals(3, 3, min(5, 1 + one.habits.times[Habit.PUSHES]), 3))
        for one in rated
    ]
    assert Habit.PUSHES not in learn_rating(upside_down, GlobalRating.PARTNERSHIP).habits


def test_a_rating_drawn_by_lot_is_left_to_the_coach(rated: list[Rated]) -> None:
    model = fit_globals(rated)
    assert set(model.ratings) == {GlobalRating.PARTNERSHIP, GlobalRating.EMPATHY}
    assert model.fewest_turns == 20


def test_ranges_hold_the_ratings_of_authors_that_were_not_seen(rated: list[Rated]) -> None:
    answers = answers_left_out(rated, GlobalRating.PARTNERSHIP)
    assert len(answers) == len(rated)
    held = sum(one.low <= one.truth <= one.high for one in answers) / len(answers)
    assert held >= LEVEL - 0.05
    assert sum(one.high - one.low for one in answers) / len(answers) < 1.5


def test_the_figures_say_how_wide_and_how_often_right(rated: list[Rated]) -> None:
    real = [("high", rated[0].habits), ("low", rated[1].habits)]
    figures = {figure.name: figure for figure in measure_globals(Unseen(tuple(rated), tuple(real)))}
    assert figures["partnership: range holds the rating"].ok
    assert figures["partnership: width"].value < figures["partnership: one range for all, 85%, width"].value
    assert figures["partnership: ranges other than those two"].value > 40
    assert figures["partnership: AnnoMI, high above low quality in"].value in (0, 50, 100)
    assert "softening_sustain_talk: AnnoMI, mean estimate of low quality" not in figures  # it is not suggested


def test_habits_come_from_a_coder_that_had_not_seen_the_conversation() -> None:
    everything = read_authored(AUTHORED, leave_out=frozenset())
    few = dataset_of([talk for talk in everything if talk.transcript_id in ("a03", "b07", "c05", "g03", "k07")])
    small = FitOptions(features=FeatureOptions(phrases=300, letters=200, around=50, least=2), iterations=8, folds=2)
    unseen = habits_unseen(few, small)
    assert sorted(one.author for one in unseen.rated) == ["a", "b", "c", "g", "k"]
    assert unseen.real == ()
    ratings = {talk.transcript_id: talk.globals for talk in load_corpus()}
    assert {one.author: one.globals for one in unseen.rated}["g"] == ratings["g03"]
    assert all(one.habits.turns >= 10 for one in unseen.rated)
