"""What is suggested for a conversation written by hand, and what may never happen whatever is said."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.coder.globals import (
    GlobalsModel,
    LearnedHabit,
    LearnedRating,
    load_globals,
    range_around,
    save_globals,
    suggest_globals,
)
from coding.coder.habits import Habit, habits_of
from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance
from coding.scheme.glossary import GLOBALS
from coding.scheme.summary import GlobalRating, GlobalSuggestion
from tests.coding.scheme.conversations import C, P, conversations, said

B = Behaviour
CULTIVATING, SOFTENING, PARTNERSHIP, EMPATHY = GlobalRating


def talk(*turns: tuple[Code, ...] | Code) -> list[CodedUtterance]:
    """Each turn's codes, with an answer of the other person after it."""
    lines: list[tuple[object, str, Code]] = []
    for turn in turns:
        for code in turn if isinstance(turn, tuple) else (turn,):
            lines.append((P, "Some words of the practitioner.", code))
        lines.append((C, "And then the other one said more.", ClientTalk.FN))
    return said(*lines)  # type: ignore[arg-type]


def suggested(conversation: list[CodedUtterance], *, goal: bool = True) -> dict[GlobalRating, GlobalSuggestion]:
    return {one.rating: one for one in suggest_globals(conversation, has_change_goal=goal)}


def estimates(conversation: list[CodedUtterance]) -> dict[GlobalRating, float]:
    habits = habits_of(conversation)
    return {name: learned.estimate(habits) for name, learned in load_globals().ratings.items()}


def test_habits_are_counted_by_turn() -> None:
    habits = habits_of(
        talk((B.Q, B.Q), B.Q, (B.SR, B.CR, B.Q), B.Q, (B.PERSUADE, B.CONFRONT), (B.PERSUADE, B.PWP), B.AF, B.NC)
    )
    assert habits.turns == 8
    assert habits.times == {
        Habit.REFLECTS_SIMPLY: 0, Habit.REFLECTS_DEEPLY: 1, Habit.AFFIRMS: 1, Habit.SEEKS: 0, Habit.EMPHASIZES: 0,
        Habit.ASKS_LEAVE: 1, Habit.ASKS_OPENLY: 4, Habit.PUSHES: 1, Habit.ASKS_AGAIN: 1,
    }  # fmt: skip
    assert habits.share(Habit.ASKS_OPENLY) == 0.5
    assert habits_of([]).share(Habit.PUSHES) == 0


def test_what_the_other_person_says_changes_nothing() -> None:
    conversation = talk(*[B.Q, B.CR] * 10)
    against = [u if u.speaker is P else said((C, u.text, ClientTalk.ST))[0] for u in conversation]
    assert suggest_globals(against, has_change_goal=True) == suggest_globals(conversation, has_change_goal=True)


def test_a_good_and_a_poor_conversation() -> None:
    good = suggested(talk(*[B.CR, B.Q, B.SEEK, B.AF, B.CR] * 5))
    poor = suggested(talk(*[B.PERSUADE, B.NC, B.CONFRONT, B.NC, B.GI] * 5))
    for name in GlobalRating:
        assert (good[name].high, poor[name].low) == (5, 1)
        assert (poor[name].high or 5) < (good[name].low or 1)
    assert poor[PARTNERSHIP].reason == (
        "It leans lower because 10 of 25 turns confronted or advised unasked, and no turn sought the other person’s "
        "view."
    )
    assert good[PARTNERSHIP].reason == (
        "It leans higher because no turn confronted or advised unasked, and 5 of 25 turns sought the other person’s "
        "view."
    )


def test_a_reason_names_both_ways_and_few() -> None:
    mixed = suggested(talk(*[B.SEEK] * 8, *[B.PERSUADE] * 6, *[B.GI] * 14))[PARTNERSHIP].reason
    assert mixed == (
        "It leans higher because 8 of 28 turns sought the other person’s view, and lower because 6 confronted or "
        "advised unasked."
    )
    few = suggested(talk(B.CR, B.SEEK, *[B.PERSUADE] * 12, *[B.GI] * 15))[EMPATHY].reason
    assert few == (
        "It leans lower because 12 of 29 turns confronted or advised unasked, and only 1 gave a complex reflection."
    )


def test_where_nothing_stands_out_the_reason_says_so() -> None:
    plain = LearnedRating(3.0, 1.0, {Habit.AFFIRMS: LearnedHabit(2.0, 0.0)})
    model = GlobalsModel("m", 1, {EMPATHY: plain})
    *_, empathy = suggest_globals(talk(B.NC, B.GI), has_change_goal=True, model=model)
    assert empathy.reason.startswith("Nothing stands out")


@given(conversations, st.booleans())
def test_every_range_is_of_ratings_and_is_no_single_one(conversation: list[CodedUtterance], goal: bool) -> None:
    learned = load_globals()
    model = GlobalsModel(learned.version, 1, learned.ratings)
    for one in suggest_globals(conversation, has_change_goal=goal, model=model):
        assert one.reason
        assert (one.low is None) == (one.high is None)
        if one.low is not None and one.high is not None:
            assert 1 <= one.low < one.high <= 5


@given(st.floats(1, 5), st.floats(1, 4))
def test_a_range_holds_its_estimate_and_every_rating_within_the_margin(estimate: float, margin: float) -> None:
    low, high = range_around(estimate, margin)
    assert low <= estimate <= high
    assert [r for r in range(1, 6) if low <= r <= high] == [r for r in range(1, 6) if abs(r - estimate) <= margin]


@given(conversations, st.integers(0, 30))
def test_confronting_never_raises_and_seeking_never_lowers(conversation: list[CodedUtterance], place: int) -> None:
    places = [n for n, u in enumerate(conversation) if u.speaker is P and u.code is B.NC]
    if not places:
        return
    at = places[place % len(places)]

    def with_code(code: Behaviour) -> list[CodedUtterance]:
        changed = said((P, conversation[at].text, code))[0]
        return [*conversation[:at], changed, *conversation[at + 1 :]]

    before = estimates(with_code(B.GI))
    worse, better = estimates(with_code(B.CONFRONT)), estimates(with_code(B.AF))
    assert all(worse[name] <= before[name] <= better[name] for name in before)


def test_more_and_more_confronting_only_lowers() -> None:
    sliding = [suggested(talk(*[B.CONFRONT] * n, *[B.CR, B.Q] * 12)) for n in range(0, 25, 3)]
    for earlier, later in pairwise(sliding):
        for name in GlobalRating:
            assert (later[name].low or 0) <= (earlier[name].low or 0)
            assert (later[name].high or 0) <= (earlier[name].high or 0)
    assert (sliding[-1][PARTNERSHIP].high or 5) < (sliding[0][PARTNERSHIP].low or 1)


@pytest.mark.parametrize(("turns", "said_so"), [(0, "speaks 0 times"), (1, "speaks once"), (13, "speaks 13 times")])
def test_too_short_to_say(turns: int, said_so: str) -> None:
    found = suggested(talk(*[B.Q] * turns))
    assert load_globals().fewest_turns == 14
    assert all(one.low is one.high is None and said_so in one.reason for one in found.values())
    assert all(one.low for one in suggested(talk(*[B.Q] * 14)).values())


def test_without_a_change_goal_two_are_left() -> None:
    found = suggested(talk(*[B.Q, B.CR] * 10), goal=False)
    assert [name for name in GlobalRating if found[name].low is not None] == [PARTNERSHIP, EMPATHY]
    assert "change goal" in found[CULTIVATING].reason
    assert "change goal" in found[SOFTENING].reason


def test_a_rating_that_was_not_learned_needs_an_ear() -> None:
    shipped = load_globals()
    model = GlobalsModel("m", 14, {name: one for name, one in shipped.ratings.items() if name is not SOFTENING})
    _, softening, partnership, _ = suggest_globals(talk(*[B.Q] * 20), has_change_goal=True, model=model)
    assert (softening.low, softening.high) == (None, None)
    assert "coach’s ear" in softening.reason
    assert partnership.low is not None


def test_what_ships_has_every_habit_in_its_direction() -> None:
    model = load_globals()
    assert set(model.ratings) == set(GlobalRating) == set(GLOBALS)
    for learned in model.ratings.values():
        assert learned.margin >= 1
        for habit, one in learned.habits.items():
            assert (one.weight < 0) == (habit in Habit.that_hinder())


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    save_globals(load_globals(), path, about={"why": "test"})
    assert load_globals(path) == load_globals()


def test_suggesting_loads_no_learning_library() -> None:
    code = "import sys, coding.pipeline, coding.coder.globals as g; g.load_globals(); print('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
