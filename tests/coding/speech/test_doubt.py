"""When what was heard is doubtful."""

import pytest

from coding.speech.doubt import flags_of, is_loop
from coding.speech.heard import Flag, Word


def flags(
    text: str,
    *,
    probability: float = 0.9,
    seconds: float = 10.0,
    avg_logprob: float = -0.2,
    no_speech_prob: float = 0.01,
) -> set[Flag]:
    words = [Word(0.0, 1.0, word, probability) for word in text.split()]
    return set(flags_of(text, words, seconds=seconds, avg_logprob=avg_logprob, no_speech_prob=no_speech_prob))


SENTENCE = "What worries you most about your drinking at the moment?"


def test_a_clear_sentence_has_no_flag() -> None:
    assert flags(SENTENCE) == set()
    assert flags("") == set()


@pytest.mark.parametrize(("avg_logprob", "probability", "doubtful"), [
    (-0.99, 0.9, False), (-1.01, 0.9, True), (-0.2, 0.41, False), (-0.2, 0.39, True),
])  # fmt: skip
def test_improbable_words(avg_logprob: float, probability: float, doubtful: bool) -> None:
    found = flags(SENTENCE, avg_logprob=avg_logprob, probability=probability)

    assert found == ({Flag.LOW_PROBABILITY} if doubtful else set())


def test_words_without_probabilities_are_judged_by_the_segments_alone() -> None:
    assert flags_of(SENTENCE, (), seconds=5, avg_logprob=-0.2, no_speech_prob=0.0) == ()
    assert flags_of(SENTENCE, (), seconds=5, avg_logprob=-2.0, no_speech_prob=0.0) == (Flag.LOW_PROBABILITY,)


def test_more_words_than_anybody_can_say() -> None:
    assert flags(SENTENCE, seconds=1.5) == set()  # ten words
    assert flags(SENTENCE, seconds=1.4) == {Flag.TOO_FAST}
    assert flags(SENTENCE, seconds=0.0) == {Flag.TOO_FAST}
    assert flags("Yes it is.", seconds=0.05) == set()  # too few to tell


def test_words_where_there_may_be_none() -> None:
    assert flags("Thank you for watching.", no_speech_prob=0.61) == {Flag.MAYBE_SILENCE}
    assert flags("Thank you for watching.", no_speech_prob=0.59) == set()
    assert flags("", no_speech_prob=0.99) == set()


def test_a_sure_loop_is_a_loop() -> None:
    assert flags("I know. " * 8, avg_logprob=-0.01, probability=0.99, seconds=20) == {Flag.LOOP}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("before", range(6))
def test_a_phrase_four_times_in_a_row_is_a_loop_wherever_it_begins(size: int, before: int) -> None:
    lead = [f"word{number}" for number in range(before)]
    phrase = [f"again{number}" for number in range(size)]

    assert is_loop([*lead, *phrase * 4, "end"])
    assert not is_loop([*lead, *phrase * 3, "end"])


def test_case_and_punctuation_do_not_hide_a_loop() -> None:
    assert is_loop(["Yeah,", "yeah.", "YEAH!", "Yeah?"])


def test_a_run_of_words_that_fills_a_third_is_a_loop_even_when_broken() -> None:
    known = ["you", "know", "what"]
    broken = [*known, "I", "one", *known, "two", "three", *known, "four", "five", *known, "six"]

    assert is_loop(broken)
    assert not is_loop([*broken, *(f"other{number}" for number in range(30))])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No.",
        "Yeah, yeah, yeah.",
        "No, no. Well, well. So, so. Yes, yes. Oh, oh.",
        "I could, I could stop. I could stop drinking, and I could see the kids, and I could sleep.",
        "One day at a time, one step at a time, one drink at a time, that is how I do it.",
    ],
)
def test_people_may_repeat_themselves(text: str) -> None:
    assert not is_loop(text.split())
