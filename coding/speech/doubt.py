"""When not to trust what was heard. Thresholds are set by hand, after Whisper's known ways of failing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from coding.speech.heard import Flag, Segment, Word
from coding.speech.voice import Voice

_LEAST_LOGPROB = -1.0  # mean log probability of a segment's tokens
_LEAST_WORD_PROBABILITY = 0.4  # mean over the words
MOST_WORDS_A_SECOND = 7.0  # quick English speech has 4 to 5
_WORDS_TO_JUDGE_SPEED = 6
_ROOM = 0.5  # seconds: Whisper's word times are that far out at times, so free time around words counts as theirs
_SILENCE = 0.6  # Whisper's own probability that nobody speaks
_LEAST_VOICE = 0.15  # seconds of voice activity at or near words
_SILENT = -30.0  # decibels against the recording's speech
_HINT_OF_SILENCE, _HINT_OF_QUIET = 0.1, -15.0
_BUSY = 3.5  # words a second of the whole clip, pauses and all
_LOOP_TIMES = 4
_LONG_LOOP_TIMES = 3  # people do not say six words or more three times over
_LONGEST_LOOP = 20  # words
_STUTTER = re.compile(r"(\S{1,6}?)\1{6,}")  # "hahahahahahaha", "no-no-no-no-no-no-no"

# What Whisper writes over silence, from captions of films. Near silence these are doubted sooner.
_CAPTIONS = re.compile(
    r"thank(s| you)( so much| very much)? for watching|thank you\W*$|subtitles? by|subtitled by|captions? by"
    r"|transcri(bed|ption) by|(like and )?subscribe|see you (in the )?next (time|video|one)|amara\.org|www\.|\u266a",
    re.IGNORECASE,
)
_NEARLY_NO_SPEECH, _NEARLY_SILENT, _LITTLE_VOICE = 0.3, -20.0, 0.4


def judged(segments: Sequence[Segment], voice: Voice) -> list[Segment]:
    """The segments of one clip in order, with their flags. Times are seconds of the clip.

    A loop counts whatever its probability, since Whisper is often sure of its loops, and also where it runs over
    several segments.
    """
    looped = _looped_segments(segments)
    words = sum(len(one.text.split()) for one in segments)
    busy = words > _BUSY * voice.clip_seconds or voice.steady
    crowded = busy and _too_fast(words, voice.seconds + _ROOM)
    ends = [0.0, *(one.end for one in segments)]
    starts = [*(one.start for one in segments), voice.clip_seconds]
    found = []
    for at, one in enumerate(segments):
        room = min(starts[at + 1], one.end + _ROOM) - max(ends[at], one.start - _ROOM)
        flags = {
            Flag.LOOP: at in looped,
            Flag.LOW_PROBABILITY: _improbable(one),
            Flag.TOO_FAST: crowded or _too_fast(len(one.text.split()), max(room, one.end - one.start)),
            Flag.MAYBE_SILENCE: bool(one.text) and _maybe_silence(one, voice),
        }
        found.append(replace(one, flags=tuple(flag for flag, holds in flags.items() if holds)))
    return found


def _improbable(one: Segment) -> bool:
    mean = mean_probability(one.words) if one.words else 1.0
    return one.avg_logprob < _LEAST_LOGPROB or mean < _LEAST_WORD_PROBABILITY


def _too_fast(words: int, seconds: float) -> bool:
    return words >= _WORDS_TO_JUDGE_SPEED and words > MOST_WORDS_A_SECOND * max(seconds, 0.1)


def mean_probability(words: Sequence[Word]) -> float:
    return sum(word.probability for word in words) / len(words)


def _maybe_silence(one: Segment, voice: Voice) -> bool:
    """By Whisper, by loudness, or by voice activity, which is only looked for where something hints at its lack."""
    level, caption = voice.level_near(one.start, one.end), bool(_CAPTIONS.search(one.text))
    if one.no_speech_prob > _SILENCE or level < _SILENT:
        return True
    if not (caption or voice.steady or one.no_speech_prob > _HINT_OF_SILENCE or level < _HINT_OF_QUIET):
        return False
    voiced = voice.seconds_near(one.start, one.end)
    doubts = one.no_speech_prob > _NEARLY_NO_SPEECH or voiced < _LITTLE_VOICE or level < _NEARLY_SILENT
    return voiced < _LEAST_VOICE or (caption and doubts)


def _looped_segments(segments: Sequence[Segment]) -> set[int]:
    """Positions of the segments of which at least half the words are in a loop."""
    words = [(position, word) for position, one in enumerate(segments) for word in one.text.split()]
    looped = Counter(words[at][0] for at in looped_words([word for _, word in words]))
    sizes = Counter(position for position, _ in words)
    return {position for position, count in looped.items() if 2 * count >= sizes[position]}


def is_loop(spoken: Sequence[str]) -> bool:
    return bool(looped_words(spoken))


def looped_words(spoken: Sequence[str]) -> set[int]:
    """Positions of words in a loop: one to five words come back four times in a row, six to twenty three times, one
    run of three words fills a third of it, or a word is one sound over and over."""
    words = [re.sub(r"[.,?!…]+", "", word.casefold()) for word in spoken]
    found = {at for at, word in enumerate(words) if _STUTTER.search(word)}
    for size in range(1, _LONGEST_LOOP + 1):
        times = _LOOP_TIMES if size <= 5 else _LONG_LOOP_TIMES
        same = 0  # words in a row that are those of `size` words before
        for at, (before, word) in enumerate(zip(words, words[size:], strict=False), start=size):
            same = same + 1 if word == before else 0
            if same >= size * (times - 1):
                found.update(range(at - same - size + 1, at + 1))
    return found | _common_run(words)


def _common_run(words: Sequence[str]) -> set[int]:
    threes = Counter(zip(words, words[1:], words[2:], strict=False))
    if len(words) < 12:
        return set()
    three, times = threes.most_common(1)[0]
    if times < _LOOP_TIMES or times * 3 * 3 <= len(words):
        return set()
    starts = [at for at in range(len(words) - 2) if tuple(words[at : at + 3]) == three]
    between = [range(one, other) for one, other in pairwise([*starts, starts[-1] + 3])]
    return {at for stretch in between for at in stretch}


def only_hotwords(text: str, hotwords: str | None) -> bool:
    """Whether nothing was heard but the names that Whisper was told to listen for."""
    said, known = (set(re.findall(r"\w+", given.casefold())) for given in (text, hotwords or ""))
    return bool(said) and said <= known
