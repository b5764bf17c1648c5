"""Speech to words with faster-whisper, clip by clip, so that a killed job goes on where it was."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coding.speech.batches import batch_size, in_fitting_batches
from coding.speech.clips import Clip, SpeechTurn, clips_of
from coding.speech.decode import RATE, Samples
from coding.speech.errors import SpeechModelMissing
from coding.speech.heard import HeardClip, Segment, Transcription
from coding.speech.hearing import Hearing, bounded_hotwords, without_bad_hotwords
from coding.speech.second_hearing import first_judgement, heard_again, in_recording, worth_hearing_again
from coding.speech.speech_models import find_model
from coding.speech.voice import Voice, speech_levels

if TYPE_CHECKING:
    from coding.speech.sound import Sound

_WHISPER_HEARS = 30.0  # seconds at once
_CLIPS_TO_TRY = 3
_AGAIN_SECONDS, _AGAIN_SHARE = 30.0, 0.25  # of the speech: the most that is heard a second time


@dataclass(frozen=True)
class WhisperOptions:
    """`model` is a folder or a name (`EVOKE_WHISPER_MODEL`). `compute_type` "default" means int8 on a CPU and float16
    on a GPU. `language` None lets the first half minute of speech decide. `clip_seconds` is the longest stretch heard
    at once (1 to 30): whatever its length, it costs what 30 seconds cost. `hotwords` are names to
    listen for, with commas between. `threads` 0 leaves the number to the library. `device` is auto, cpu, cuda or, with
    its number, cuda:1. `models_folder` is Evoke's own (`EVOKE_SPEECH_MODELS`). `sherpa_models`, where set, tell
    voices apart (`EVOKE_SHERPA_MODELS`). `batch_size` is how many clips are heard
    together; None means one on a CPU and as many as the memory of a GPU holds."""

    model: str
    device: str = "auto"
    compute_type: str = "default"
    language: str | None = None
    allow_download: bool = False
    beam_size: int = 5
    clip_seconds: float = 28.0
    hotwords: str | None = None
    threads: int = 0
    models_folder: Path | None = None
    sherpa_models: Path | None = None
    batch_size: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.clip_seconds <= _WHISPER_HEARS:
            raise ValueError(f"clip_seconds is {self.clip_seconds}; Whisper hears 1 to {_WHISPER_HEARS:g} at once")
        if self.batch_size is not None and self.batch_size < 1:
            raise ValueError(f"batch_size is {self.batch_size}; it is how many clips are heard together")


def _ignore(_: Any) -> None:
    return None


class Transcriber:
    """Holds one loaded model. Load it only in a worker process: it takes from 100 MB to several GB."""

    def __init__(self, options: WhisperOptions) -> None:
        self.options = options
        self._model: Any = None
        self._batch = options.batch_size or 1

    def load(self) -> None:
        """Does nothing when it is loaded already. Raises SpeechModelMissing."""
        if self._model is not None:
            return
        folder = find_model(
            self.options.model, allow_download=self.options.allow_download, shelf=self.options.models_folder
        )
        import ctranslate2
        from faster_whisper import WhisperModel

        device, _, number = self.options.device.partition(":")
        if device == "auto":
            device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        compute = self.options.compute_type
        if compute == "default":
            compute = "float16" if device == "cuda" else "int8"
        try:
            self._model = WhisperModel(
                str(folder),
                device=device,
                device_index=int(number or 0),
                compute_type=compute,
                cpu_threads=self.options.threads,
                local_files_only=True,
            )
        except Exception as error:  # damaged files and unsuitable devices come as RuntimeError, ValueError and others
            raise SpeechModelMissing(
                f"The speech model in {folder} could not be loaded on {device} ({error}).",
                "Copy the model again, or set EVOKE_WHISPER_MODEL to another one.",
            ) from error
        self._batch = self.options.batch_size or batch_size(device, folder, int(number or 0))

    def transcribe(
        self,
        sound: "Sound",
        turns: Sequence[SpeechTurn],
        *,
        hotwords: str | None = None,
        on_progress: Callable[[float], None] = _ignore,
        on_clip: Callable[[HeardClip], None] = _ignore,
        done: Sequence[HeardClip] = (),
    ) -> Transcription:
        """Words of every turn. `on_progress` gets the heard share of the speech, 0 to 1, never falling. `hotwords` are
        this recording's own, beside those of the options.

        `on_clip` gets each newly heard clip: keep it, and give all kept ones as `done` after a restart, and they are
        not heard again. Raises SpeechModelMissing.
        """
        self.load()
        clips = clips_of(turns, self.options.clip_seconds)
        kept = {heard.clip: heard for heard in done}
        job = self._job(sound, clips, done, bounded_hotwords(self.options.hotwords, hotwords))
        total = sum(clip.seconds for clip in clips)
        so_far = sum(clip.seconds for clip in clips if clip in kept)
        on_progress(so_far / total if total else 0.0)
        for heard in job.hear([clip for clip in clips if clip not in kept], self._batch):
            kept[heard.clip] = heard
            on_clip(heard)
            so_far += heard.clip.seconds
            on_progress(min(1.0, so_far / total))
        on_progress(1.0)
        return Transcription(tuple(kept[clip] for clip in clips), sound.seconds, self.options.model)

    def _job(self, sound: "Sound", clips: Sequence[Clip], done: Sequence[HeardClip], hotwords: str | None) -> "_Job":
        language = self.options.language or next((heard.language for heard in done if heard.segments), None)
        language = language or self._language(sound, clips)
        spoken_in = language if self._model.model.is_multilingual else "en"
        hearing = Hearing(self._model, spoken_in, self.options.beam_size, hotwords)
        hearing = without_bad_hotwords(hearing, self._longest(sound, clips))
        left = _AGAIN_SECONDS + _AGAIN_SHARE * sum(clip.seconds for clip in clips)
        left -= sum(heard.clip.seconds for heard in done if heard.tries > 1)
        return _Job(sound, hearing, language, speech_levels(sound, clips), left)

    @staticmethod
    def _longest(sound: "Sound", clips: Sequence[Clip]) -> list[Samples]:
        """Enough to try something out on."""
        some = sorted(clips, key=lambda clip: -clip.seconds)[:_CLIPS_TO_TRY]
        return [sound.clip(clip.channel, clip.start, clip.end) for clip in some]

    def _language(self, sound: "Sound", clips: Sequence[Clip]) -> str:
        """One for the whole recording: a greeting alone is often taken for another language."""
        if not self._model.model.is_multilingual or not clips:
            return "en"
        speech: list[Samples] = []
        for clip in clips:
            speech.append(sound.clip(clip.channel, clip.start, clip.end))
            if sum(map(len, speech)) >= _WHISPER_HEARS * RATE:
                break
        language, _, _ = self._model.detect_language(np.concatenate(speech))
        return str(language)


@dataclass
class _Job:
    """One recording being heard. `again_left` is how many seconds of clips may still be heard a second time."""

    sound: "Sound"
    hearing: Hearing
    language: str
    levels: dict[int, float]
    again_left: float

    def hear(self, clips: Sequence[Clip], batch: int) -> Iterator[HeardClip]:
        for first in range(0, len(clips), batch):
            some = clips[first : first + batch]
            samples = [self.sound.clip(clip.channel, clip.start, clip.end) for clip in some]
            if batch == 1:
                heard = [self.hearing.hear(samples[0])]
            else:
                heard = in_fitting_batches(self.hearing.hear_many, samples)
            for clip, its, segments in zip(some, samples, heard, strict=True):
                yield self._finished(clip, Voice(its, self.levels[clip.channel]), segments)

    def _finished(self, clip: Clip, voice: Voice, heard: Sequence[Segment]) -> HeardClip:
        segments, tries = first_judgement(heard, voice, self.hearing.hotwords), 1
        if self.again_left >= clip.seconds and worth_hearing_again(segments, voice):
            self.again_left -= clip.seconds
            segments, tries = heard_again(self.hearing, voice, segments), 2
        return HeardClip(clip, tuple(in_recording(one, clip) for one in segments), self.language, tries)
