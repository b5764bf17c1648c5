"""The measures by which transcripts are judged, on cases worked out by hand."""

import pytest

from benchmarks.speech_score import Stretch, speaker_score, word_error_rate

TRUTH = [Stretch(0, 10, "ann"), Stretch(10, 20, "ben"), Stretch(22, 24, "ann")]


def test_word_errors_are_edits_over_what_was_said() -> None:
    assert word_error_rate("I drink. Do you?", "i drink do you") == 0
    assert word_error_rate("one two three four", "one too three") == 2 / 4
    assert word_error_rate("one two", "one and two") == 1 / 2
    assert word_error_rate("one two", "") == 1
    assert word_error_rate("Five out of ten, I don't know.", "5 out of 10, I don’t know") == 0
    assert word_error_rate("There is a crèche.", "there is a creche") == 1 / 4
    assert word_error_rate("I don't", "i don t") == 1  # one changed, one put in
    with pytest.raises(ValueError, match="nothing"):
        word_error_rate("...", "one")


def test_names_do_not_matter_but_who_is_who_does() -> None:
    right = speaker_score(TRUTH, [Stretch(0, 10, "B"), Stretch(10, 20, "A"), Stretch(22, 24, "B")])
    assert (right.speech, right.confused, right.missed, right.false) == (22, 0, 0, 0)
    assert right.names == {"A": "ben", "B": "ann"}


def test_confused_missed_and_false_seconds_are_told_apart() -> None:
    found = [Stretch(1, 13, "A"), Stretch(13, 21, "B"), Stretch(22, 24, "B")]
    score = speaker_score(TRUTH, found)
    assert score.confused == pytest.approx(3 + 2)
    assert score.missed == pytest.approx(1)
    assert score.false == pytest.approx(1)
    assert score.confusion == pytest.approx(5 / 22)


def test_one_voice_for_two_people_is_confusion_of_the_one_who_speaks_less() -> None:
    score = speaker_score(TRUTH, [Stretch(0, 24, "A")])
    assert (score.confused, score.false, score.names) == (10, 2, {"A": "ann"})


def test_a_third_voice_is_confusion_where_two_people_speak() -> None:
    score = speaker_score(TRUTH, [Stretch(0, 10, "A"), Stretch(10, 20, "B"), Stretch(22, 24, "C")])
    assert (score.confused, score.missed) == (2, 0)


def test_of_two_at_once_one_is_missed_where_one_is_found() -> None:
    both = [Stretch(0, 10, "ann"), Stretch(6, 8, "ben"), Stretch(10, 14, "ben")]
    score = speaker_score(both, [Stretch(0, 10, "A"), Stretch(10, 14, "B")])
    assert (score.speech, score.confused, score.missed) == (16, 0, 2)
    with pytest.raises(ValueError, match="nobody"):
        speaker_score([], [Stretch(0, 1, "A")])
