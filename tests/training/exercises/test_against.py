"""Words that speak against an answer whose codes are right, and hardly ever against one that is good."""

import re

import pytest

from coding.scheme.codes import Behaviour, QuestionType
from models.exercise import Outcome
from tests.training.exercises.samples import REFLECT, line, written
from training.exercises.against import against
from training.exercises.format import Beware, Want
from training.exercises.score import score

CR, SR, Q, EMPHASIZE = Behaviour.CR, Behaviour.SR, Behaviour.Q, Behaviour.EMPHASIZE
REFLECTION = REFLECT.model_copy(update={"want": Want(any_of=[CR, SR])})
CHOICE = REFLECT.model_copy(update={"want": Want(any_of=[EMPHASIZE])})


@pytest.mark.parametrize(
    "said",
    [
        "You need to stay away from your old mates.",
        "Take the tablet off him.",
        "You should talk to your GP about that.",
        "You’d better stop drinking in the week.",
        "Just stop seeing him.",
        "Don't let him get to you.",
        "Put the children first.",
        "You've got to put the kids first.",
        "Think about Ellie.",
    ],
)
def test_an_order_that_is_heard_as_a_reflection_is_partly_there(said: str) -> None:
    for code in (CR, SR):
        found = score(REFLECTION, [line(said, code)])
        assert found.outcome is Outcome.PARTLY
        assert "tells the parent what to do" in found.against
    assert score(REFLECTION, [line("It hurts.", CR), line(said, SR)]).outcome is Outcome.PARTLY
    assert score(CHOICE, [line("It's up to you.", EMPHASIZE), line(said, SR)]).outcome is Outcome.MET, "asked elsewhere"


@pytest.mark.parametrize(
    "said",
    [
        "You need some sleep.",
        "You want to keep away from them.",
        "You have to be both parents at once.",
        "You need to know that he's safe.",
        "You must be exhausted.",
        "You must feel so alone.",
        "You feel you should stop.",
        "You need to get away from it all.",
        "You should have been told.",
        "Trying to keep the peace.",
        "You need to be there for Finn.",
        "Everybody says you need to stop, and nobody asks how.",
    ],
)
def test_what_they_feel_or_want_is_a_reflection(said: str) -> None:
    assert score(REFLECTION, [line(said, SR)]).outcome is Outcome.MET


@pytest.mark.parametrize(
    "said",
    [
        "It's up to you, but you know what happens if you don't.",
        "It’s your decision, and you know what the consequences are.",
        "That's up to you. But you know where this ends.",
        "You decide, but don't say I didn't warn you.",
        "You can choose not to go, but then you'll lose him.",
        "It's your choice, but if you don't come we'll have to go back to court.",
        "It's your choice whether you go back to prison or not.",
        "It's up to you, or else.",
    ],
)
def test_a_threat_dressed_as_a_choice_is_partly_there(said: str) -> None:
    found = score(CHOICE, [line(said, EMPHASIZE)])
    assert found.outcome is Outcome.PARTLY
    assert "makes a threat of the choice" in found.against
    assert score(REFLECTION, [line(said, SR)]).against == ""


@pytest.mark.parametrize(
    "said",
    [
        "It's up to you how you do it.",
        "The order says that you come. What you say here is yours to choose.",
        "You know yourself best, so that's up to you.",
        "You know what works for you. It's your decision.",
        "If you don't want to talk about it, that's fine. It's your choice.",
    ],
)
def test_a_choice_is_a_choice(said: str) -> None:
    assert score(CHOICE, [line(said, EMPHASIZE)]).outcome is Outcome.MET


def test_words_that_an_exercise_warns_of_say_why() -> None:
    warned = REFLECT.model_copy(update={"beware": [Beware(words=["wound you up", "provok*"], why="It hands it over.")]})
    for said in ("She really wound you up that day.", "You were PROVOKED."):
        found = score(warned, [line(said, CR)])
        assert (found.outcome, found.against) == (Outcome.PARTLY, "It hands it over.")
        assert found.met_share > 0.9, "the coder stays as sure as it is"
    assert score(warned, [line("You were frightened.", CR)]).outcome is Outcome.MET
    not_there = score(warned, [line("She wound you up.", SR)])
    assert (not_there.outcome, not_there.against) == (Outcome.NOT_YET, ""), "what is not there is told so"


@pytest.mark.parametrize(
    ("exercise", "said", "code", "kind"),
    [
        ("domestic-abuse-not-her-story", "She really wound you up that day, and you lost it.", CR, None),
        ("mental-health-ask-straight", "You're not thinking of anything silly, are you?", Q, QuestionType.CLOSED),
        ("mental-health-ask-straight", "You're not suicidal, are you?", Q, QuestionType.CLOSED),
    ],
)
def test_two_exercises_that_ship_warn_of_words(
    exercise: str, said: str, code: Behaviour, kind: QuestionType | None
) -> None:
    found = next(one for one in written() if one.id == exercise)
    assert score(found, [line(said, code, turn=len(found.before), kind=kind)]).outcome is Outcome.PARTLY


def test_nothing_speaks_against_any_model_answer_whatever_it_is_coded_as() -> None:
    for exercise in written():
        for model in exercise.models:
            for sentence in (model, *re.split(r"(?<=[.!?;])\s+", model)):
                for code in (SR, CR, EMPHASIZE, Q):
                    assert against(exercise, [(sentence, code)]) == "", (exercise.id, sentence)
