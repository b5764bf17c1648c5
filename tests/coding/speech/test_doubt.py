"""When what was heard is doubtful."""

from dataclasses import replace

import pytest

from coding.speech.doubt import is_loop, judged, looped_words, only_hotwords
from coding.speech.heard import Flag
from coding.speech.voice import Voice
from tests.coding.speech.making import segment, voice


def flags(
    text: str, *, seconds: float = 10.0, probability: float = 0.9, logprob: float = -0.2, no_speech: float = 0.01,
    heard_in: Voice | None = None,
) -> set[Flag]:  # fmt: skip
    one = segment(text, 0.0, seconds, probability=probability, logprob=logprob, no_speech=no_speech)
    return set(judged([one], heard_in or voice(max(seconds, 0.1)))[0].flags)


SENTENCE = "What worries you most about your drinking at the moment?"


def test_a_clear_sentence_has_no_flag() -> None:
    assert flags(SENTENCE) == set()
    assert flags("") == set()


@pytest.mark.parametrize(("logprob", "probability", "doubtful"), [
    (-0.99, 0.9, False), (-1.01, 0.9, True), (-0.2, 0.41, False), (-0.2, 0.39, True),
])  # fmt: skip
def test_improbable_words(logprob: float, probability: float, doubtful: bool) -> None:
    found = flags(SENTENCE, logprob=logprob, probability=probability)

    assert found == ({Flag.LOW_PROBABILITY} if doubtful else set())


def test_words_without_probabilities_are_judged_by_the_segments_alone() -> None:
    bare = replace(segment(SENTENCE), words=())

    assert judged([bare], voice())[0].flags == ()
    assert judged([replace(bare, avg_logprob=-2.0)], voice())[0].flags == (Flag.LOW_PROBABILITY,)


def test_more_words_than_anybody_can_say() -> None:
    assert flags(SENTENCE, seconds=1.5) == set()  # ten words
    assert flags(SENTENCE, seconds=0.8) == {Flag.TOO_FAST}
    assert flags("Yes it is.", seconds=0.2) == set()  # too few to tell


def test_words_squeezed_between_others_are_too_fast_and_words_with_free_time_around_them_are_not() -> None:
    """Whisper's times of words are often too close together where nobody speaks before or after."""
    before, after = segment("Well.", 0.0, 4.0), segment("Yes.", 5.0, 9.0)
    tight = segment(SENTENCE, 4.0, 5.0)

    assert [one.flags for one in judged([before, tight, after], voice())] == [(), (Flag.TOO_FAST,), ()]
    assert [one.flags for one in judged([tight], voice())] == [()]


def test_more_words_than_the_voice_has_time_for() -> None:
    """A paragraph made up over one short sound, its words laid over the pauses too."""
    assert flags(SENTENCE * 2, seconds=10.0, heard_in=voice(10.0, (0.0, 1.5))) == {Flag.TOO_FAST}
    assert flags(SENTENCE * 2, seconds=10.0, heard_in=voice(10.0, (0.0, 4.0))) == set()


def test_words_where_whisper_itself_hears_nobody() -> None:
    assert flags("It is what it is.", no_speech=0.61) == {Flag.MAYBE_SILENCE}
    assert flags("It is what it is.", no_speech=0.59) == set()
    assert flags("", no_speech=0.99) == set()


def test_sure_words_where_there_is_no_voice_or_hardly_a_sound() -> None:
    assert flags("It is what it is.", heard_in=voice(20.0, (12.0, 20.0))) == {Flag.MAYBE_SILENCE}
    assert flags("It is what it is.", heard_in=voice(20.0, (5.0, 7.0))) == set()
    assert flags("It is what it is.", heard_in=voice(level=-31.0)) == {Flag.MAYBE_SILENCE}
    assert flags("It is what it is.", heard_in=voice(level=-29.0)) == set()


@pytest.mark.parametrize("caption", ["Thank you for watching!", "Subtitles by the community", "Thank you."])
def test_captions_of_films_are_doubted_near_silence_only(caption: str) -> None:
    assert flags(caption) == set()
    assert flags(caption, no_speech=0.4) == {Flag.MAYBE_SILENCE}
    assert flags(caption, heard_in=voice(level=-21.0)) == {Flag.MAYBE_SILENCE}
    assert flags(caption, heard_in=voice(10.0, (3.0, 3.3))) == {Flag.MAYBE_SILENCE}
    assert flags("Thank you for telling me.", no_speech=0.4) == set()


def test_a_sure_loop_is_a_loop() -> None:
    assert flags("I know. " * 8, logprob=-0.01, probability=0.99) == {Flag.LOOP}


def test_a_loop_that_runs_over_several_segments_is_found_and_what_stands_before_it_is_not() -> None:
    said = ["What worries you?", "I know.", "I know.", "I know.", "I know."]
    segments = [segment(text, 2.0 * at, 2.0 * at + 2.0) for at, text in enumerate(said)]

    assert [one.flags for one in judged(segments, voice())] == [(), *[(Flag.LOOP,)] * 4]


def test_only_the_words_of_the_loop_are_in_it() -> None:
    assert looped_words(["so", "then", "we", "we", "we", "we", "went", "home"]) == {2, 3, 4, 5}


@pytest.mark.parametrize("times", [2, 3])
def test_a_long_phrase_three_times_over_is_a_loop(times: int) -> None:
    assert is_loop(["I", "do", "not", "want", "to", "talk", "about", "it"] * times) == (times == 3)


def test_one_sound_over_and_over_is_a_loop() -> None:
    assert is_loop(["Well", "hahahahahahahahaha"])
    assert is_loop(["no-no-no-no-no-no-no-no"])
    assert not is_loop(["Hahaha.", "Mississippi", "www"])


def test_what_consists_only_of_names_to_listen_for() -> None:
    assert only_hotwords("Ferndale, Sam.", "Sam, Ferndale")
    assert only_hotwords("ferndale", "Sam, Ferndale House")
    assert not only_hotwords("Ferndale is good.", "Ferndale")
    assert not only_hotwords("", "Ferndale")
    assert not only_hotwords("Ferndale", None)


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
