"""What is really said several times is not lost, whatever it looks like; what may be a repetition is marked."""

import numpy as np

from coding.speech.clips import SpeechTurn
from coding.speech.decode import RATE, decode
from coding.speech.heard import Flag
from coding.speech.sound import Channels, Sound
from coding.speech.transcribe import Transcriber, WhisperOptions
from tests.coding.speech.making import stored
from tests.fixtures import role_play, two_minutes

TRIED = 11  # a line of the conversation of two minutes
TIMES, PAUSE = 5, 0.3  # so the small model hears them on every processor, whose sums differ in the last places


def test_a_question_put_five_times_is_heard_five_times() -> None:
    with two_minutes.MONO.open("rb") as file:
        decoded = decode(file)
    one = two_minutes.truth()[TRIED]
    question = decoded.samples.read(round(one.start * RATE), round(one.end * RATE))[0]
    pause = np.zeros(round(PAUSE * RATE), np.float32)
    samples = np.concatenate([pause, question] * TIMES)
    sound = Sound(stored(samples[None]), Channels.ONE)
    options = WhisperOptions(model=str(role_play.WHISPER), device="cpu", threads=1)

    heard = Transcriber(options).transcribe(sound, [SpeechTurn(0.0, sound.seconds, None)])

    questions = [one for one, _ in heard.segments if one.text == two_minutes.SCRIPT[TRIED][2]]
    assert len(questions) == TIMES
    assert [Flag.LOOP in one.flags for one in questions[3:]] == [True, True]
