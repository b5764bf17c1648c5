"""A doubtful clip is heard once more, the better of the two is kept, and what stays doubtful stays marked."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from coding.speech.decode import RATE
from coding.speech.heard import Flag, Segment
from coding.speech.hearing import Hearing
from coding.speech.second_hearing import better, first_judgement, heard_again, worth_hearing_again
from coding.speech.voice import Voice
from tests.coding.speech.making import segment, voice

SENTENCE = "What worries you most about your drinking?"
LOOP = "I know. " * 8


@dataclass
class Script:
    """Stands for a loaded Whisper that hears what it is told to, evenly spread over `share` of the clip."""

    answers: list[tuple[str, float]]
    share: float = 1.0
    asked: list[dict[str, Any]] = field(default_factory=list)

    def transcribe(self, audio: "np.ndarray[Any, Any]", **options: Any) -> tuple[Any, None]:
        self.asked.append({"seconds": len(audio) / RATE, **options})
        text, probability = self.answers.pop(0)
        one = segment(text, 0.0, self.share * len(audio) / RATE, probability=probability)
        words = [SimpleNamespace(word=w.text, start=w.start, end=w.end, probability=w.probability) for w in one.words]
        whole = SimpleNamespace(
            start=one.start, end=one.end, text=text, words=words, avg_logprob=-0.1, no_speech_prob=0.0
        )
        return iter([whole] if text else []), None


def again(
    first: list[Segment], *answers: tuple[str, float], heard_in: Voice | None = None, hotwords: str | None = None,
    share: float = 1.0,
) -> tuple[list[Segment], Script]:  # fmt: skip
    script, clip = Script(list(answers), share), heard_in or voice()
    judged = first_judgement(first, clip, hotwords)
    assert worth_hearing_again(judged, clip)
    return heard_again(Hearing(script, "en", 5, hotwords), clip, judged), script


def texts(segments: list[Segment]) -> str:
    return " ".join(one.text for one in segments)


def flags(segments: list[Segment]) -> set[Flag]:
    return {flag for one in segments for flag in one.flags}


def test_a_loop_gives_way_to_words_and_the_second_hearing_may_not_repeat_itself() -> None:
    found, script = again([segment(LOOP, probability=0.99)], (SENTENCE, 0.6))

    assert (texts(found), flags(found)) == (SENTENCE, set())
    (asked,) = script.asked
    assert asked["no_repeat_ngram_size"] > 0
    assert asked["without_timestamps"] is True


def test_a_loop_heard_twice_is_kept_and_stays_marked() -> None:
    found, _ = again([segment(LOOP)], (LOOP, 0.95))

    assert flags(found) == {Flag.LOOP}


def test_words_are_not_given_up_for_none() -> None:
    found, _ = again([segment(SENTENCE, probability=0.3)], ("", 0.0))

    assert (texts(found), flags(found)) == (SENTENCE, {Flag.LOW_PROBABILITY})


@pytest.mark.parametrize(("probability", "kept"), [(0.29, SENTENCE), (0.31, "What is it?"), (0.9, "What is it?")])
def test_the_likelier_words_are_kept_and_marked_while_they_are_doubtful(probability: float, kept: str) -> None:
    found, _ = again([segment(SENTENCE, probability=0.3)], ("What is it?", probability))

    assert texts(found) == kept
    assert flags(found) == ({Flag.LOW_PROBABILITY} if probability < 0.4 else set())


def test_the_first_hearing_stays_where_nothing_parts_them() -> None:
    first, second = segment(SENTENCE), segment("Something else.")

    assert better([first], [second], None) == [first]


def test_a_lost_stretch_is_heard_by_itself_and_put_in_its_place() -> None:
    said = segment("What worries you most?", 0.0, 4.0)

    found, script = again([said], ("My health does.", 0.9), heard_in=voice(10.0, (0.0, 9.0)))

    assert [one.text for one in found] == ["What worries you most?", "My health does."]
    assert script.asked[0]["seconds"] == pytest.approx(9.0 - 4.3 + 0.4, abs=0.05)
    assert 4.0 < found[1].start < found[1].end < 9.5
    assert flags(found) == set()


def test_a_stretch_that_stays_without_words_is_marked_and_not_dropped() -> None:
    said = segment("What worries you most?", 0.0, 4.0)

    for answer in ("", LOOP):
        found, _ = again([said], (answer, 0.9), heard_in=voice(10.0, (0.0, 9.0)))

        assert [(one.text, one.flags) for one in found] == [(said.text, ()), ("", (Flag.NO_WORDS,))]
        assert (found[1].start, found[1].end) == (pytest.approx(4.3), 9.0)


@pytest.mark.parametrize(
    ("probability", "text", "flag"), [(0.95, "my health does and my kids too", Flag.LOOP), (0.85, "", Flag.NO_WORDS)]
)
def test_words_as_right_beside_them_are_kept_if_they_are_sure_and_marked_in_any_case(
    probability: float, text: str, flag: Flag
) -> None:
    said = segment("My health does, and my kids do.", 0.0, 4.0)

    found, _ = again([said], ("my health does and my kids too", probability), heard_in=voice(10.0, (0.0, 9.0)))

    assert [(one.text, one.flags) for one in found] == [(said.text, ()), (text, (flag,))]
    assert found[1].start > said.end


def test_words_that_were_heard_with_wrong_times_are_not_heard_twice() -> None:
    said = segment("My health does, and my kids do.", 0.0, 0.9)  # nobody says that in so short a time

    found, _ = again([said], ("my health does and my kids too", 0.95), heard_in=voice(10.0, (0.0, 9.0)))

    assert [one.text for one in found] == [said.text]


def test_a_word_stretched_over_what_it_skipped_stands_on_no_voice_there() -> None:
    said = [segment("How", 2.0, 2.0), segment("confident", 2.0, 5.9), segment("are you?", 5.9, 5.95)]

    found, _ = again(said, ("How confident are you?", 0.95), heard_in=voice(6.0, (0.0, 1.9), (2.7, 5.1)))

    assert texts(found) == "How confident are you?"


def test_one_word_that_is_said_again_is_not_lost() -> None:
    found, _ = again([segment("Yeah.", 0.0, 0.4)], ("Yeah.", 0.97), heard_in=voice(4.0, (0.0, 0.4), (1.0, 3.5)))

    assert [(one.text, one.flags) for one in found] == [("Yeah.", ()), ("Yeah.", (Flag.LOOP,))]


def test_a_clip_in_which_nothing_was_heard_is_heard_again_where_its_voice_is() -> None:
    found, script = again([], (SENTENCE, 0.8), heard_in=voice(8.0, (3.0, 6.0)))

    assert texts(found) == SENTENCE
    assert script.asked[0]["seconds"] == pytest.approx(3.4)
    assert 2.8 <= found[0].start < found[0].end <= 6.2


def test_a_doubtful_clip_with_a_lost_stretch_is_mended_in_both() -> None:
    first = [segment(LOOP, 0.0, 4.0)]

    found, script = again(first, (SENTENCE, 0.8), ("My health does.", 0.7), heard_in=voice(10.0, (0.0, 9.0)), share=0.3)

    assert [one.text for one in found] == [SENTENCE, "My health does."]
    assert flags(found) == set()
    assert len(script.asked) == 2


NAMES = "Sam, Ferndale"


def test_names_alone_are_heard_again_without_telling_them() -> None:
    found, script = again([segment("Sam, Ferndale.")], (SENTENCE, 0.5), hotwords=NAMES)

    assert texts(found) == SENTENCE
    assert script.asked[0].get("hotwords") is None


def test_a_name_that_was_really_said_is_kept_without_a_mark() -> None:
    said = segment("Ferndale.", 0.0, 1.0)

    found, _ = again([said], ("Fern dale.", 0.5), heard_in=voice(1.5, (0.0, 1.0)), hotwords=NAMES)

    assert (texts(found), flags(found)) == ("Ferndale.", set())


def test_a_name_that_was_really_said_hides_no_lost_stretch_after_it() -> None:
    said = segment("Ferndale.", 0.0, 1.0)

    found, script = again(
        [said], ("Fern dale.", 0.5), ("", 0.0), heard_in=voice(10.0, (0.0, 9.0)), hotwords=NAMES, share=0.1
    )

    assert [(one.text, one.flags) for one in found] == [("Ferndale.", ()), ("", (Flag.NO_WORDS,))]
    assert len(script.asked) == 2


def test_names_that_only_the_list_explains_stay_marked() -> None:
    found, _ = again([segment("Ferndale.", 0, 1)], ("", 0.0), heard_in=voice(1.5, (0.0, 1.0)), hotwords=NAMES)

    assert (texts(found), flags(found)) == ("Ferndale.", {Flag.MAYBE_SILENCE})


def test_what_is_not_worth_a_second_hearing() -> None:
    def worth(segments: list[Segment], heard_in: Voice) -> bool:
        return worth_hearing_again(first_judgement(segments, heard_in, None), heard_in)

    clear, mumbled = segment(SENTENCE, 0.0, 9.0), segment("Mm.", 9.2, 9.8, probability=0.1)
    assert not worth([clear], voice())
    assert not worth([clear, mumbled], voice())  # under a second
    assert worth([mumbled], voice(10.0, (9.2, 9.8)))  # all there is
    assert not worth([segment(SENTENCE, probability=0.1)], voice(10.0, (0.0, 0.2)))  # nobody speaks
