"""What everything around the speech model costs: from the sealed file to the transcript, over the bare library hearing
the same clips of the same file with the same model and settings; and of it, telling the voices apart by itself."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast
from uuid import uuid4

from coding.coder.figures import Figure, at_most, for_information
from coding.speech.clips import SpeechTurn, clips_of
from coding.speech.hear import hear
from coding.speech.hearing import Hearing
from coding.speech.transcribe import Transcriber, WhisperOptions
from models.cipher import SealedReader, Sealer, new_key

_TIMES = 5
_RATE = 16_000


@dataclass
class _Whole:
    """Of one run, seconds: `telling` is telling the voices apart, which is in `took`."""

    took: float = 0.0
    telling: float = 0.0
    again: int = 0
    turns: list[SpeechTurn] | None = None


def transcription_figures(options: WhisperOptions, recording: Path) -> list[Figure]:
    """Each way in turn, five times, and the middle of their quotients: a machine that is busy slows both."""
    transcriber = Transcriber(options)
    transcriber.load()
    key, record_id = new_key(), uuid4()
    sealer = Sealer(key, record_id)
    sealed = sealer.update(recording.read_bytes()) + sealer.finish()

    def whole() -> _Whole:
        opened = SealedReader(lambda start, length: sealed[start : start + length], len(sealed), key, record_id)
        return _whole(transcriber, cast(BinaryIO, opened))

    turns = whole().turns or []  # the first run also warms both ways up
    runs, quotients = [], []
    for _ in range(_TIMES):
        bare = _seconds(lambda: _bare(transcriber, recording, turns))
        runs.append(whole())
        quotients.append((runs[-1].took - runs[-1].telling) / bare)
    sound_seconds = max(turn.end for turn in turns)
    telling = statistics.median(run.telling for run in runs)
    return [
        at_most("from sealed file to transcript over bare faster-whisper", statistics.median(quotients), 1.1, "x"),
        at_most("who speaks when, of the same recording", telling / sound_seconds, 0.02, "x real time"),
        for_information("clips of it that were heard twice", runs[-1].again, "clips"),
        for_information("transcription of two minutes of talk", statistics.median(run.took for run in runs), "s"),
    ]


def _whole(transcriber: Transcriber, file: BinaryIO) -> _Whole:
    """All that a worker's child does with a recording."""
    run, decoded = _Whole(), 0.0

    def on_progress(share: float) -> None:
        nonlocal decoded
        if share > 0 and not decoded:  # it is decoded, and who speaks when is next
            decoded = time.process_time()

    def on_turns(turns: object) -> None:
        run.telling = time.process_time() - decoded
        run.turns = list(turns)  # type: ignore[call-overload]

    def work() -> None:
        heard = hear(file, transcriber=transcriber, on_progress=on_progress, on_turns=on_turns)
        heard.transcript("two minutes")
        run.again = sum(clip.tries > 1 for clip in heard.transcription.clips)

    run.took = _seconds(work)
    return run


def _bare(transcriber: Transcriber, recording: Path, turns: list[SpeechTurn]) -> None:
    """The library's own decoder and model, one clip after the other, and nothing looked at."""
    from faster_whisper import decode_audio

    sound = decode_audio(BytesIO(recording.read_bytes()), sampling_rate=_RATE)
    hearing = Hearing(transcriber._model, "en", transcriber.options.beam_size, None)
    for clip in clips_of(turns, transcriber.options.clip_seconds):
        hearing.hear(sound[int(clip.start * _RATE) : int(clip.end * _RATE)])


def _seconds(work: Callable[[], object]) -> float:
    """Of this process's processors, which others on the machine do not slow."""
    started = time.process_time()
    work()
    return time.process_time() - started
