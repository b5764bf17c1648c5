"""How the library is asked, and how its answers are taken."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from coding.speech.decode import RATE, Samples
from coding.speech.heard import Segment
from coding.speech.hearing import Hearing, bounded_hotwords, segments_of, without_bad_hotwords
from tests.coding.speech.making import segment


class Asked:
    """Notes what a Whisper is asked; it hears four words in two sentences, then, wrongly, silence as a clip."""

    def __init__(self) -> None:
        self.options: list[dict[str, Any]] = []
        self.windows = 0

    def transcribe(self, audio: Samples, **options: Any) -> tuple[Any, None]:
        self.options.append(options)
        return self._found(), None

    def _found(self) -> Any:
        for text in ("I drink. Do you?", "Thanks for watching!"):
            self.windows += 1
            yield library_segment(text)


def library_segment(text: str, **changed: Any) -> SimpleNamespace:
    said = text.split()
    words = [
        SimpleNamespace(word=f" {word}", start=np.float64(at), end=np.float64(at + 0.9), probability=np.float64(0.9))
        for at, word in enumerate(said)
    ]
    given = {"start": 0.0, "end": 4.0, "text": text, "words": words, "avg_logprob": -0.1, "no_speech_prob": 0.0}
    return SimpleNamespace(**(given | changed))


CLIP = np.zeros(5 * RATE, np.float32)


def test_every_hearing_is_at_temperature_nought_and_keeps_words_over_silence() -> None:
    asked = Asked()
    hearing = Hearing(asked, "en", 3, "Ferndale")

    hearing.hear(CLIP)
    hearing.hear_again(CLIP, looped=False)

    for options in asked.options:
        assert (options["temperature"], options["no_speech_threshold"]) == (0.0, None)
        assert options["condition_on_previous_text"] is False
        assert (options["language"], options["beam_size"], options["word_timestamps"]) == ("en", 3, True)
    assert [options.get("hotwords") for options in asked.options] == ["Ferndale", None]


def test_without_time_stamps_only_the_clip_itself_is_heard_and_not_the_silence_after_its_last_word() -> None:
    asked = Asked()

    found = Hearing(asked, "en", 5, None).hear_again(CLIP, looped=False)

    assert [one.text for one in found] == ["I drink.", "Do you?"]
    assert asked.windows == 1


def test_a_loop_ends_early_in_english_and_other_alphabets_have_all_the_room() -> None:
    def most(language: str, seconds: float) -> Any:
        asked = Asked()
        Hearing(asked, language, 5, None).hear(np.zeros(int(seconds * RATE), np.float32))
        return asked.options[0]["max_new_tokens"]

    assert most("en", 5.0) == 112
    assert most("en", 28.0) is None
    assert most("pa", 5.0) is None


def test_a_segment_is_a_sentence_with_plain_numbers_inside_the_clip() -> None:
    first, second = segments_of([library_segment("I drink. Do you?")], 0.0, 3.5)

    assert (first.text, first.start, first.end) == ("I drink.", 0.0, 1.9)
    assert (second.text, second.start, second.end) == ("Do you?", 2.0, 3.5)
    assert {type(number) for word in second.words for number in (word.start, word.end, word.probability)} == {float}


def test_times_count_from_where_the_clip_lies_among_others() -> None:
    words = [SimpleNamespace(word="Yes.", start=np.float64(7.5), end=np.float64(8.0), probability=1.0)]

    (one,) = segments_of([library_segment("Yes.", words=words)], 7.0, 5.0)

    assert (one.start, one.end) == (0.5, 1.0)


def test_a_segment_whose_words_got_no_times_is_kept_whole() -> None:
    assert segments_of([library_segment("  I drink. \n Do you?", words=None)], 0.0, 3.0) == [
        Segment(0.0, 3.0, "I drink. Do you?", (), -0.1, 0.0)
    ]
    (one,) = segments_of([library_segment("I drink. Do you?", words=library_segment("I drink.").words)], 0.0, 3.0)
    assert (one.text, len(one.words)) == ("I drink. Do you?", 2)
    assert segments_of([library_segment("  ", words=[])], 0.0, 3.0) == []


class Named(Hearing):
    """Hears with the probabilities it is told: with names, and without."""

    def hear(self, samples: Samples) -> list[Segment]:
        with_names, without = self.model
        return [segment("one two", probability=with_names if self.hotwords else without)]


@pytest.mark.parametrize(
    ("with_names", "without", "kept"), [(0.9, 0.9, True), (0.86, 0.9, True), (0.84, 0.9, False), (0.9, 0.5, True)]
)
def test_names_are_left_out_where_they_make_the_words_less_likely(
    with_names: float, without: float, kept: bool
) -> None:
    found = without_bad_hotwords(Named((with_names, without), "en", 5, "Ferndale"), [CLIP, CLIP])

    assert found.hotwords == ("Ferndale" if kept else None)


def test_nothing_is_tried_out_without_names() -> None:
    hearing = Hearing(None, "en", 5, None)

    assert without_bad_hotwords(hearing, [CLIP]) is hearing


def test_names_to_listen_for_are_one_list_of_bounded_length_cut_between_names() -> None:
    assert bounded_hotwords(None, " ") is None
    assert bounded_hotwords("Ferndale,  Sam  Hill", "Sam Hill, CGL") == "Ferndale, Sam Hill, CGL"
    assert bounded_hotwords(f"Sam Hill, {'very long ' * 60}, Ferndale") == "Sam Hill, Ferndale"
    many = bounded_hotwords(", ".join(f"Service {number}" for number in range(200)))
    assert many is not None
    assert 380 <= len(many) <= 400
    assert all(name.startswith("Service ") for name in many.split(", "))
