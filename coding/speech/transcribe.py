"""Speech to words with faster-whisper, clip by clip, so that a killed job goes on where it was."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coding.speech.clips import Clip, SpeechTurn, clips_of
from coding.speech.decode import RATE, Samples
from coding.speech.doubt import flags_of
from coding.speech.errors import SpeechModelMissing
from coding.speech.heard import HeardClip, Segment, Transcription, Word
from coding.speech.speech_models import find_model

if TYPE_CHECKING:
    from coding.speech.sound import Sound

_LEAST_SAMPLES = 400  # one frame of Whisper's spectrogram
_WHISPER_HEARS = 30.0  # seconds at once


@dataclass(frozen=True)
class WhisperOptions:
    """`model` is a folder or a name (`EVOKE_WHISPER_MODEL`). `compute_type` "default" means int8 on a CPU and float16
    on a GPU. `language` None lets the first half minute of speech decide. `clip_seconds` is the longest stretch heard
    at once (1 to 30): short ones part speakers better who share a channel, long ones cost less. `hotwords` are names to
    listen for. `threads` 0 leaves the number to the library. `device` is auto, cpu, cuda or, with its number, cuda:1.
    `models_folder` is Evoke's own (`EVOKE_SPEECH_MODELS`)."""

    model: str
    device: str = "auto"
    compute_type: str = "default"
    language: str | None = None
    allow_download: bool = False
    beam_size: int = 5
    clip_seconds: float = 8.0
    hotwords: str | None = None
    threads: int = 0
    models_folder: Path | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.clip_seconds <= _WHISPER_HEARS:
            raise ValueError(f"clip_seconds is {self.clip_seconds}; Whisper hears 1 to {_WHISPER_HEARS:g} at once")


def _ignore(_: Any) -> None:
    return None


class Transcriber:
    """Holds one loaded model. Load it only in a worker process: it takes from 100 MB to several GB."""

    def __init__(self, options: WhisperOptions) -> None:
        self.options = options
        self._model: Any = None

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

    def transcribe(
        self,
        sound: "Sound",
        turns: Sequence[SpeechTurn],
        *,
        on_progress: Callable[[float], None] = _ignore,
        on_clip: Callable[[HeardClip], None] = _ignore,
        done: Sequence[HeardClip] = (),
    ) -> Transcription:
        """Words of every turn. `on_progress` gets the heard share of the speech, 0 to 1, never falling.

        `on_clip` gets each newly heard clip: keep it, and give all kept ones as `done` after a restart, and they are
        not heard again. Raises SpeechModelMissing.
        """
        self.load()
        clips = clips_of(turns, self.options.clip_seconds)
        kept = {heard.clip: heard for heard in done}
        language = self.options.language or next((heard.language for heard in done if heard.segments), None)
        language = language or self._language(sound, clips)
        total = sum(clip.seconds for clip in clips)
        so_far = 0.0
        found: list[HeardClip] = []
        on_progress(0.0)
        for clip in clips:
            heard = kept.get(clip)
            if heard is None:
                heard = self._hear(sound, clip, language)
                on_clip(heard)
            found.append(heard)
            so_far += clip.seconds
            on_progress(min(1.0, so_far / total))
        on_progress(1.0)
        return Transcription(tuple(found), sound.seconds, self.options.model)

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

    def _hear(self, sound: "Sound", clip: Clip, language: str) -> HeardClip:
        samples = sound.clip(clip.channel, clip.start, clip.end)
        if len(samples) < _LEAST_SAMPLES:
            return HeardClip(clip, (), language)
        segments, _ = self._model.transcribe(
            samples,
            language=language if self._model.model.is_multilingual else "en",
            beam_size=self.options.beam_size,
            condition_on_previous_text=False,  # a loop in one clip must not infect the next
            word_timestamps=True,
            hotwords=self.options.hotwords,
        )
        heard = (_segment(clip, segment) for segment in segments)
        return HeardClip(clip, tuple(one for one in heard if one.text), language)


def _segment(clip: Clip, found: Any) -> Segment:
    """Times move from the clip to the recording and stay inside the clip."""

    def at(seconds: float) -> float:
        return round(min(clip.start + max(float(seconds), 0.0), clip.end), 3)

    words = tuple(
        Word(at(word.start), at(word.end), str(word.word).strip(), round(float(word.probability), 4))
        for word in found.words or ()
        if str(word.word).strip()
    )
    text = " ".join(str(found.text).split())
    start, end = at(found.start), at(found.end)
    logprob, silence = float(found.avg_logprob), float(found.no_speech_prob)
    flags = flags_of(text, words, seconds=end - start, avg_logprob=logprob, no_speech_prob=silence)
    return Segment(start, end, text, words, round(logprob, 4), round(silence, 4), flags)
