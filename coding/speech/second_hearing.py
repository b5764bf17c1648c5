"""What to do about a doubtful clip: hear it once more in another way, keep the better, and keep the doubt on show."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from coding.speech.clips import Clip
from coding.speech.decode import RATE
from coding.speech.doubt import MOST_WORDS_A_SECOND, is_loop, judged, mean_probability, only_hotwords
from coding.speech.heard import Flag, Segment, Word
from coding.speech.hearing import Hearing
from coding.speech.voice import Voice

_LEAST_DOUBT = 1.0  # seconds: a doubtful "mm" costs more to hear again than it is worth
_LEAST_VOICE = 0.3  # seconds, below which there is nothing to hear again
_EDGE = 0.2  # seconds heard before and after a lost stretch
_ALIKE = 0.6  # share of letters, or of words
_SURE = 0.9  # mean probability of words


def first_judgement(segments: Sequence[Segment], voice: Voice, hotwords: str | None) -> list[Segment]:
    """With flags, and with a segment for each stretch in which a voice was but no words were heard."""
    found = judged(segments, voice)
    if only_hotwords(_text(found), hotwords):
        found = [_also(one, Flag.MAYBE_SILENCE) for one in found]
    lost = [_not_heard(*stretch) for stretch in voice.lost(_words(found))]
    return sorted([*found, *lost], key=lambda one: (one.start, one.end))


def worth_hearing_again(segments: Sequence[Segment], voice: Voice) -> bool:
    doubtful = sum(one.end - one.start for one in segments if one.flags)
    all_doubtful = bool(segments) and all(one.flags for one in segments)
    return (all_doubtful or doubtful >= _LEAST_DOUBT) and voice.seconds >= _LEAST_VOICE


def heard_again(hearing: Hearing, voice: Voice, first: Sequence[Segment]) -> list[Segment]:
    """The clip's segments after a second hearing: of all where its words are doubtful, and of the stretches that are
    still lost, each by itself."""
    kept = list(first)
    if any(one.text and one.flags for one in first):
        again = hearing.hear_again(voice.samples, looped=any(Flag.LOOP in one.flags for one in first))
        second = first_judgement(again, voice, None)
        if only_hotwords(_text(first), hearing.hotwords) and _alike(_text(first), _text(second)):
            lost = [one for one in first if not one.text]
            kept = [*judged([one for one in first if one.text], voice), *lost]
        else:
            kept = better(first, second, hearing.hotwords)
    return _with_lost_words(hearing, voice, kept)


def better(first: Sequence[Segment], second: Sequence[Segment], hotwords: str | None) -> list[Segment]:
    """Words rather than none, no loop rather than one, more than the names listened for, no lost stretch rather than
    one, and then by the mean probability of the words; the segments' own log probabilities cannot be compared, since
    those with time stamps count the stamps. The first where nothing parts them."""

    def worth(segments: Iterable[Segment]) -> tuple[bool, bool, bool, bool, float]:
        segments = list(segments)
        words = _words(segments)
        flags = {flag for one in segments for flag in one.flags}
        return (
            bool(_text(segments)), Flag.LOOP not in flags, not only_hotwords(_text(segments), hotwords),
            Flag.NO_WORDS not in flags, mean_probability(words) if words else 0.0,
        )  # fmt: skip

    return list(max(first, second, key=worth))


def _with_lost_words(hearing: Hearing, voice: Voice, first: Sequence[Segment]) -> list[Segment]:
    """Each lost stretch is heard by itself; what is found there takes its place, and what is not stays marked.

    Where the same words stand right beside it, they were heard the first time and only their times are wrong, if
    nobody could have said them where they stand. Otherwise they were said again, or made up twice: they are kept if
    they are sure, and marked. On 735 clips of the test model, with sentences said up to six times and noise, that left
    7501 wrong words where dropping them all left 7544 and keeping them all 7562."""
    found = [one for one in first if one.text]
    said = _words(found)
    for lost in (one for one in first if not one.text):
        start = max(0.0, lost.start - _EDGE)
        samples = voice.samples[round(start * RATE) : round((lost.end + _EDGE) * RATE)]
        again = [_moved(one, start) for one in hearing.hear_again(samples, looped=False)]
        beside = _same_beside(again, lost, said)
        if beside and voice.seconds_of(beside) * MOST_WORDS_A_SECOND < len(beside):
            continue  # heard the first time
        if not again or is_loop(_text(again).split()) or (beside and not _sure(again)):
            found.append(lost)
        else:
            found += [_also(one, Flag.LOOP) if beside else one for one in judged(again, voice)]
    return sorted(found, key=lambda one: (one.start, one.end))


def _same_beside(again: Sequence[Segment], lost: Segment, said: Sequence[Word]) -> list[Word]:
    """As many words right before, around or after the stretch as are most like those in it; none if none are."""
    text = _text(again)
    count, at = len(text.split()), sum(word.start <= lost.start for word in said)
    windows = [list(said[max(0, first) : max(0, first) + count]) for first in range(at - count, at + 1)]
    windows = [words for words in windows if words and count]
    likest = max(windows, key=lambda words: _likeness(text, _said(words)), default=[])
    return likest if _alike(text, _said(likest)) else []


def _sure(segments: Sequence[Segment]) -> bool:
    words = _words(segments)
    return bool(words) and mean_probability(words) >= _SURE


def _alike(one: str, other: str) -> bool:
    return _likeness(one, other) >= _ALIKE


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def in_recording(one: Segment, clip: Clip) -> Segment:
    """Times move from the clip to the recording and stay inside the clip."""
    moved = _moved(one, clip.start)
    words = tuple(replace(word, start=min(word.start, clip.end), end=min(word.end, clip.end)) for word in moved.words)
    return replace(moved, start=min(moved.start, clip.end), end=min(moved.end, clip.end), words=words)


def _moved(one: Segment, by: float) -> Segment:
    words = tuple(replace(word, start=round(word.start + by, 3), end=round(word.end + by, 3)) for word in one.words)
    return replace(one, start=round(one.start + by, 3), end=round(one.end + by, 3), words=words)


def _also(one: Segment, flag: Flag) -> Segment:
    return one if flag in one.flags else replace(one, flags=(*one.flags, flag))


def _not_heard(start: float, end: float) -> Segment:
    return Segment(round(start, 3), round(end, 3), "", (), 0.0, 0.0, (Flag.NO_WORDS,))


def _text(segments: Sequence[Segment]) -> str:
    return " ".join(one.text for one in segments if one.text)


def _said(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _words(segments: Sequence[Segment]) -> list[Word]:
    return [word for one in segments for word in one.words]
