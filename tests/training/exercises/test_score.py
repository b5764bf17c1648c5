"""Met, partly, not there yet, or too close to call; and what would make an answer stronger."""

import pytest

from coding.scheme.codes import Behaviour, QuestionType
from models.exercise import Outcome
from tests.training.exercises.samples import REFLECT, line
from training.exercises.format import Want
from training.exercises.score import CLOSE, score, sure_words, turns_of
from training.exercises.stronger import stronger

CR, SR, Q = Behaviour.CR, Behaviour.SR, Behaviour.Q


def wanting(**want: object) -> object:
    return REFLECT.model_copy(update={"want": Want(**want)})  # type: ignore[arg-type]


def test_what_is_wanted_and_nothing_to_avoid_is_met() -> None:
    found = score(REFLECT, [line("It hurts.", CR, 0.9), line("Mm.", Behaviour.NC)])
    assert found.outcome is Outcome.MET
    assert found.met_share == pytest.approx(0.9)
    assert [one.name for one in found.parts] == ["Complex reflection", "Not coded"]


def test_what_is_wanted_beside_what_to_avoid_is_partly_there() -> None:
    found = score(REFLECT, [line("It hurts.", CR), line("Why?", Q, kind=QuestionType.OPEN)])
    assert found.outcome is Outcome.PARTLY
    assert found.parts[1].name == "Open question"
    (tip,) = stronger(REFLECT, "It hurts. Why?", found)
    assert "“Why?”" in tip
    assert "one breath earlier" in tip


def test_what_is_not_wanted_is_not_there_yet() -> None:
    found = score(REFLECT, [line("You drink once the kids are in bed.", SR)])
    assert found.outcome is Outcome.NOT_YET
    assert "one step further" in stronger(REFLECT, "You drink once the kids are in bed.", found)[0]


def test_a_near_thing_is_too_close_to_call() -> None:
    near = score(REFLECT, [line("It hurts.", SR, 1 - CLOSE, rival=CR, unsure=True)])
    assert near.outcome is Outcome.UNSURE
    assert near.parts[0].rival == "Complex reflection"
    assert "lies between" in " ".join(stronger(REFLECT, "It hurts.", near))
    assert score(REFLECT, [line("It hurts.", SR, 1 - CLOSE + 0.01, rival=CR)]).outcome is Outcome.NOT_YET


def test_a_good_answer_that_may_be_to_somebody_else_is_not_called_met() -> None:
    assert score(REFLECT, [line("It hurts.", CR)], perhaps_else=True).outcome is Outcome.UNSURE


def test_only_the_answer_itself_counts() -> None:
    assert score(REFLECT, [line("It hurts.", CR, turn=0), line("Mm.", Behaviour.NC)]).outcome is Outcome.NOT_YET
    longer = [line("It hurts.", Behaviour.NC, turn=1), line("It hurts.", CR, turn=3)]
    assert score(REFLECT, longer).outcome is Outcome.MET, "the talk before was longer when it was answered"
    assert turns_of(REFLECT, "It hurts.") == [("Parent", REFLECT.before[0].text), ("You", "It hurts.")]


def test_an_open_question_is_wanted_open() -> None:
    exercise = wanting(any_of=[Q], question="open")
    closed = score(exercise, [line("Do you drink?", Q, kind=QuestionType.CLOSED)])  # type: ignore[arg-type]
    assert (closed.outcome, closed.met_share) == (Outcome.NOT_YET, 0)
    assert "begins “Do you …”" in stronger(exercise, "Do you drink?", closed)[0]  # type: ignore[arg-type]
    assert score(exercise, [line("How is it?", Q, kind=QuestionType.OPEN)]).outcome is Outcome.MET  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        ("You should cut down.", Behaviour.PERSUADE, "“You should” steers"),
        ("You're in denial.", Behaviour.CONFRONT, "heard as blame"),
        ("You're not a drunk.", Behaviour.CONFRONT, "argues with how it is"),
        ("So it hurts?", Q, "nearly a reflection"),
        ("What do they say?", Q, "as a statement that begins with “you”"),
        ("Wine has nine units.", Behaviour.GI, "about what you know"),
        ("Don't worry.", Behaviour.NC, "Say their worry back"),
        ("Right.", Behaviour.NC, "what you think it means to them"),
    ],
)
def test_what_would_help_is_said_of_the_words_themselves(answer: str, code: Behaviour, told: str) -> None:
    assert told in " ".join(stronger(REFLECT, answer, score(REFLECT, [line(answer, code)])))


def test_a_weak_answer_of_the_exercise_is_told_its_own_reason_first() -> None:
    answer = "You should try to drink less"
    found = score(REFLECT, [line(answer, Behaviour.PERSUADE)])
    assert stronger(REFLECT, answer, found)[0] == "It tells her what to do."


def test_a_met_answer_is_told_little() -> None:
    plain = "You keep it for when they can't see."
    assert stronger(REFLECT, plain, score(REFLECT, [line(plain, CR)])) == ()
    but = "It hurts, but you manage."
    assert "takes back" in stronger(REFLECT, but, score(REFLECT, [line(but, CR)]))[0]


def test_how_sure_is_said_in_words() -> None:
    words = [sure_words(share) for share in (0.95, 0.8, 0.6, 0.4)]
    assert words == ["very sure", "fairly sure", "more sure than not", "not sure"]
