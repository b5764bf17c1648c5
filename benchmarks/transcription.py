"""What judging and hearing again cost: the transcriber's time over the bare library's on the same clips."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from coding.coder.figures import Figure, at_most, for_information
from coding.speech.clips import SpeechTurn, clips_of
from coding.speech.decode import decode
from coding.speech.diarize import diarizer_for
from coding.speech.hearing import Hearing
from coding.speech.sound import Sound, sound_of_recording
from coding.speech.transcribe import Transcriber, WhisperOptions

_TIMES = 3


def transcription_figures(options: WhisperOptions, recording: Any) -> list[Figure]:
    """`recording` is an open file. One thread, each way three times in turn, and the middle of their quotients: a
    machine that is busy slows both."""
    transcriber = Transcriber(options)
    transcriber.load()
    sound = sound_of_recording(decode(recording))
    turns = diarizer_for(sound, options.clip_seconds).diarize(sound, 2)
    quotients, whole = [], 0.0
    for _ in range(_TIMES):
        bare = _seconds(lambda: _bare(transcriber, sound, turns))
        whole = _seconds(lambda: transcriber.transcribe(sound, turns))
        quotients.append(whole / bare)
    again = sum(heard.tries > 1 for heard in transcriber.transcribe(sound, turns).clips)
    return [
        at_most("transcription over bare faster-whisper", statistics.median(quotients), 1.1, "x"),
        for_information("clips of it that were heard twice", again, "clips"),
        for_information("transcription of two minutes of talk", whole, "s"),
    ]


def _bare(transcriber: Transcriber, sound: Sound, turns: Sequence[SpeechTurn]) -> None:
    hearing = Hearing(transcriber._model, "en", transcriber.options.beam_size, None)
    for clip in clips_of(turns, transcriber.options.clip_seconds):
        hearing.hear(sound.clip(clip.channel, clip.start, clip.end))


def _seconds(work: Callable[[], object]) -> float:
    """Of this process's processors, which others on the machine do not slow."""
    started = time.process_time()
    work()
    return time.process_time() - started
