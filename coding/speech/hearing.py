"""One clip's or several clips' samples → segments, with faster-whisper. Times are seconds of the clip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from coding.speech.decode import RATE, Samples
from coding.speech.heard import Segment, Word
from coding.speech.pieces import sentences_of

LEAST_SAMPLES = 400  # one frame of Whisper's spectrogram
_MOST_HOTWORDS = 400  # characters: longer lists make small models repeat them instead of listening
_HOTWORDS_HARM = 0.05
_NO_REPEAT = 6  # tokens
_MOST_TOKENS = 216  # what half a context of hotwords leaves


@dataclass(frozen=True)
class Hearing:
    """How one job hears. `model` is a loaded WhisperModel, `hotwords` are at most 400 characters.

    Always at temperature 0 and with nothing carried over from clip to clip: what is doubtful is heard again by this
    project's own rule, the same on every device, instead of up to five times by the library's. Words over what may be
    silence are kept, for the same reason.
    """

    model: Any
    language: str
    beam_size: int
    hotwords: str | None

    def hear(self, samples: Samples) -> list[Segment]:
        if len(samples) < LEAST_SAMPLES:
            return []
        found, _ = self.model.transcribe(
            samples, hotwords=self.hotwords, no_speech_threshold=None, condition_on_previous_text=False,
            **self._options(len(samples) / RATE),
        )  # fmt: skip
        return segments_of(found, 0.0, len(samples) / RATE)

    def hear_again(self, samples: Samples, *, looped: bool) -> list[Segment]:
        """With other settings: no hotwords, and without Whisper's time stamps, which lose words when they go wrong. On
        doubtful clips of the test model in noise that was better than padding, sampling, a smaller beam or cutting in
        two at the same price. `looped` forbids to say six tokens again.
        """
        if len(samples) < LEAST_SAMPLES:
            return []
        found, _ = self.model.transcribe(
            samples, without_timestamps=True, no_repeat_ngram_size=_NO_REPEAT if looped else 0,
            no_speech_threshold=None, condition_on_previous_text=False, **self._options(len(samples) / RATE),
        )  # fmt: skip
        only = next(iter(found), None)  # the library would hear the silence after the last word as a clip of its own
        return segments_of([only], 0.0, len(samples) / RATE) if only is not None else []

    def hear_many(self, clips: Sequence[Samples]) -> list[list[Segment]]:
        """Together, as a GPU likes it: each clip's segments, in order."""
        starts, audio = _laid_out(clips)
        heard: list[list[Any]] = [[] for _ in clips]
        long_enough = [at for at, samples in enumerate(clips) if len(samples) >= LEAST_SAMPLES]
        if not long_enough:
            return [[] for _ in clips]
        stretches = [  # half a sample more, since the library cuts fractions off
            {"start": float(starts[at]), "end": starts[at] + (len(clips[at]) + 0.5) / RATE} for at in long_enough
        ]
        found, _ = self._pipeline.transcribe(
            audio, hotwords=self.hotwords, clip_timestamps=stretches, vad_filter=False, without_timestamps=False,
            batch_size=len(long_enough), **self._options(max(len(samples) for samples in clips) / RATE),
        )  # fmt: skip
        clip_at = {starts[at]: at for at in long_enough}
        for one in found:
            heard[clip_at[one.seek // 100]].append(one)  # `seek` is the clip's start in hundredths of a second
        return [
            segments_of(some, float(starts[at]), len(samples) / RATE)
            for at, (some, samples) in enumerate(zip(heard, clips, strict=True))
        ]

    def _options(self, seconds: float) -> dict[str, Any]:
        return {
            "language": self.language, "beam_size": self.beam_size, "temperature": 0.0, "word_timestamps": True,
            "max_new_tokens": self._most_tokens(seconds),
        }  # fmt: skip

    def _most_tokens(self, seconds: float) -> int | None:
        """Ends a loop early; twice what quick English speech needs. Other alphabets need many more for a word."""
        most = int(32 + 16 * seconds)
        return most if self.language == "en" and most < _MOST_TOKENS else None

    @cached_property
    def _pipeline(self) -> Any:
        """One for each job: it remembers where speech ended."""
        from faster_whisper import BatchedInferencePipeline

        return BatchedInferencePipeline(self.model)


def without_bad_hotwords(hearing: Hearing, clips: Sequence[Samples]) -> Hearing:
    """The same, but without hotwords where they harm: a small model may make up words from them. `clips` are heard with
    and without, and the mean probability of the words decides."""
    if not hearing.hotwords or not clips:
        return hearing
    bare = replace(hearing, hotwords=None)
    with_them, without = (_mean_probability([way.hear(samples) for samples in clips]) for way in (hearing, bare))
    return bare if with_them < without - _HOTWORDS_HARM else hearing


def _mean_probability(heard: Sequence[Sequence[Segment]]) -> float:
    words = [word for segments in heard for one in segments for word in one.words]
    return sum(word.probability for word in words) / len(words) if words else 0.0


def bounded_hotwords(*given: str | None) -> str | None:
    """All of them as one list, of those names that fit."""
    names = dict.fromkeys(" ".join(name.split()) for some in given if some for name in some.split(","))
    kept, size = [], 0
    for name in names:
        more = len(name) + 2
        if name and size + more <= _MOST_HOTWORDS:
            kept.append(name)
            size += more
    return ", ".join(kept) or None


def _laid_out(clips: Sequence[Samples]) -> tuple[list[int], Samples]:
    """Each clip's start in whole seconds, so that no rounding mixes them up, and all of them as one sound."""
    starts, at = [], 0
    for samples in clips:
        starts.append(at)
        at += len(samples) // RATE + 1
    audio = np.zeros(at * RATE, np.float32)
    for start, samples in zip(starts, clips, strict=True):
        audio[start * RATE : start * RATE + len(samples)] = samples
    return starts, audio


def segments_of(found: Iterable[Any], start: float, seconds: float) -> list[Segment]:
    """The library's segments, with times that begin at `start` and stay inside the clip, a segment a sentence."""

    def at(given: Any) -> float:  # comes as numpy's float64 at times
        return round(min(max(float(given) - start, 0.0), seconds), 3)

    segments = []
    for one in found:
        logprob, silence = round(float(one.avg_logprob), 4), round(float(one.no_speech_prob), 4)
        words = [
            Word(at(word.start), at(word.end), str(word.word).strip(), round(float(word.probability), 4))
            for word in one.words or ()
            if str(word.word).strip()
        ]
        text = " ".join(str(one.text).split())
        if _letters("".join(word.text for word in words)) == _letters(text):
            for some in sentences_of(words):
                said, end = " ".join(word.text for word in some), max(some[0].start, some[-1].end)
                segments.append(Segment(some[0].start, end, said, tuple(some), logprob, silence))
        elif text:  # words that got no times are not to be lost
            whole = at(one.start), max(at(one.start), at(one.end))
            segments.append(Segment(*whole, text, tuple(words), logprob, silence))
    return segments


def _letters(text: str) -> str:
    return "".join(text.split())
