"""The words that speak of suicide are heard by every simulated parent, and those that do not are not."""

import pytest

from coding.scheme.codes import Behaviour, QuestionType
from training.listed_words import ABOUT_SUICIDE, first_in
from training.simulated.moves import Spoken
from training.simulated.occasions import topic_in
from training.simulated.shelf import scenarios
from training.simulated.talk import answer, opening


@pytest.mark.parametrize("slug", scenarios())
def test_every_parent_hears_being_asked_about_suicide(slug: str) -> None:
    safety = scenarios()[slug].safety
    about = [one for one in safety if "suicid*" in one.words]
    assert len(about) == 1
    for words in ABOUT_SUICIDE:
        assert topic_in(f"Can I ask, have you been thinking of that: {words.rstrip('*')}?", safety) is about[0], words


@pytest.mark.parametrize("slug", scenarios())
@pytest.mark.parametrize(
    "said",
    [
        "You don't want to be here today, and I can see why.",
        "You do not want to be here.",
        "You want your life back.",
        "You cut yourself off from your mates.",
    ],
)
def test_what_is_not_about_suicide_is_not_heard_so(slug: str, said: str) -> None:
    about = topic_in(said, scenarios()[slug].safety)
    assert about is None or "suicid*" not in about.words


@pytest.mark.parametrize(
    "said",
    [
        "Before we finish for today, are you having thoughts of suicide?",
        "I have to go now, but first: are you thinking of killing yourself?",
        "See you on Tuesday. Have you thought about ending your life?",
    ],
)
def test_safety_is_answered_in_the_last_minute_too(said: str) -> None:
    kelly = scenarios()["wine-at-night"]
    _, memory = opening(kelly, "1")
    asked = [Spoken(said, Behaviour.Q, QuestionType.CLOSED, {Behaviour.Q: 1.0})]
    for heard in (asked, []):  # coded or not
        given, _ = answer(kelly, memory, said, heard, seed="1")
        assert (given.why, given.ends, given.may_be_reworded) == ("safety", False, False)


def test_a_star_stands_for_any_ending_and_nothing_else_does() -> None:
    assert first_in("Have you felt SUICIDAL?", ["suicid*"]) == "suicid*"
    assert first_in("I don’t know", ["don't"]) == "don't"
    assert first_in("endings", ["end"]) == ""
    assert first_in("weekend", ["end*"]) == ""
