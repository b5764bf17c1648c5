"""Sentences of a transcription: the smallest stretch for which words can tell who spoke."""

from collections.abc import Iterator
from dataclasses import dataclass

from coding.speech.heard import Flag, Segment, Transcription, Word

_PAUSE = 0.6  # seconds
_SENTENCE_ENDS = (".", "?", "!", "…")
_CLOSERS = "\"'”’)]"  # may stand behind the full stop


@dataclass(frozen=True)
class Piece:
    """Seconds. `speaker` is the voice, where the sound told it."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    speaker: int | None
    flags: tuple[Flag, ...]


def pieces_of(transcription: Transcription) -> list[Piece]:
    """In order of time. A segment is cut where a sentence ends and where its speaker pauses."""
    found = (piece for segment, speaker in transcription.segments for piece in _cut(segment, speaker))
    return sorted(found, key=lambda piece: piece.start)  # people on separate channels talk while others do


def _cut(segment: Segment, speaker: int | None) -> Iterator[Piece]:
    gathered: list[Word] = []
    for word in segment.words:
        if gathered and (_ends_sentence(gathered[-1]) or word.start - gathered[-1].end >= _PAUSE):
            yield _piece(gathered, segment, speaker)
            gathered = []
        gathered.append(word)
    if gathered:
        yield _piece(gathered, segment, speaker)
    elif segment.text and not segment.words:
        yield Piece(segment.start, segment.end, segment.text, (), speaker, segment.flags)


def _ends_sentence(word: Word) -> bool:
    return word.text.rstrip(_CLOSERS).endswith(_SENTENCE_ENDS)


def _piece(words: list[Word], segment: Segment, speaker: int | None) -> Piece:
    text = " ".join(word.text for word in words)
    return Piece(words[0].start, max(words[0].start, words[-1].end), text, tuple(words), speaker, segment.flags)
