"""Sentences of a transcription: the smallest stretch for which words can tell who spoke."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coding.speech.heard import Flag, Segment, Transcription, Word

NOT_HEARD = "…"
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
    """In order of time. A segment is cut where a sentence ends and where its speaker pauses; one with a voice but no
    words is a piece that says "…". None at all where nobody's words were heard.

    The first piece of a clip begins when the clip does, and the last ends with it: who speaks when was heard in the
    sound, which knows it better than the times of words."""
    found: list[Piece] = []
    for heard in transcription.clips:
        pieces = [piece for segment in heard.segments for piece in _cut(segment, heard.clip.speaker)]
        if pieces:
            pieces[0] = replace(pieces[0], start=min(pieces[0].start, heard.clip.start))
            pieces[-1] = replace(pieces[-1], end=max(pieces[-1].end, heard.clip.end))
        found += pieces
    if all(piece.text == NOT_HEARD for piece in found):
        return []
    return sorted(found, key=lambda piece: piece.start)  # people on separate channels talk while others do


def sentences_of(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words up to each sentence's end and up to each pause."""
    gathered: list[Word] = []
    for word in words:
        if gathered and (_ends_sentence(gathered[-1]) or word.start - gathered[-1].end >= _PAUSE):
            yield gathered
            gathered = []
        gathered.append(word)
    if gathered:
        yield gathered


def _cut(segment: Segment, speaker: int | None) -> Iterator[Piece]:
    for words in sentences_of(segment.words):
        text = " ".join(word.text for word in words)
        yield Piece(words[0].start, max(words[0].start, words[-1].end), text, tuple(words), speaker, segment.flags)
    if not segment.words and (segment.text or Flag.NO_WORDS in segment.flags):
        yield Piece(segment.start, segment.end, segment.text or NOT_HEARD, (), speaker, segment.flags)


def _ends_sentence(word: Word) -> bool:
    return word.text.rstrip(_CLOSERS).endswith(_SENTENCE_ENDS)
