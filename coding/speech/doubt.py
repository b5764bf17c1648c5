"""When not to trust what was heard. Thresholds are set by hand, after Whisper's known ways of failing."""

from collections import Counter
from collections.abc import Sequence

from coding.speech.heard import Flag, Word

_LEAST_LOGPROB = -1.0  # mean log probability of a segment's tokens
_LEAST_WORD_PROBABILITY = 0.4  # mean over the words
_MOST_WORDS_A_SECOND = 7.0  # quick English speech has 4 to 5
_WORDS_TO_JUDGE_SPEED = 6
_SILENCE = 0.6
_LOOP_TIMES = 4


def flags_of(
    text: str, words: Sequence[Word], *, seconds: float, avg_logprob: float, no_speech_prob: float
) -> tuple[Flag, ...]:
    """A loop is flagged whatever its probability: Whisper is often sure of its loops."""
    spoken = text.split()
    flags = []
    if is_loop(spoken):
        flags.append(Flag.LOOP)
    mean = sum(word.probability for word in words) / len(words) if words else 1.0
    if avg_logprob < _LEAST_LOGPROB or mean < _LEAST_WORD_PROBABILITY:
        flags.append(Flag.LOW_PROBABILITY)
    if len(spoken) >= _WORDS_TO_JUDGE_SPEED and len(spoken) > _MOST_WORDS_A_SECOND * max(seconds, 0.1):
        flags.append(Flag.TOO_FAST)
    if spoken and no_speech_prob > _SILENCE:
        flags.append(Flag.MAYBE_SILENCE)
    return tuple(flags)


def is_loop(spoken: Sequence[str]) -> bool:
    """Whether one to five words come back four times in a row, or one run of three words fills a third of it."""
    words = [word.casefold().strip(".,?!") for word in spoken]
    for size in range(1, 6):
        same = 0  # words in a row that are those of `size` words before
        for word, before in zip(words[size:], words, strict=False):
            same = same + 1 if word == before else 0
            if same >= size * (_LOOP_TIMES - 1):
                return True
    threes = Counter(zip(words, words[1:], words[2:], strict=False))
    return len(words) >= 12 and max(threes.values()) * 3 * 3 > len(words) and max(threes.values()) >= _LOOP_TIMES
