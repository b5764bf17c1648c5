"""Who said what: sentences of one voice as turns. Whose voice is the practitioner's is asked later, of all words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coding.speech.errors import NoSpeechFound
from coding.speech.heard import Flag, Transcription, Word
from coding.speech.pieces import pieces_of
from coding.transcript.parsed import DoubtfulText, ParsedTranscript, ParsedTurn

_TURN_GAP = 5.0  # seconds of silence after which the same person starts a new turn

TOLD_BY_VOICE = (
    "Everybody is on one sound track, so Evoke told the voices apart by how they sound. A line here and there may have "
    "the wrong speaker."
)
ONE_PERSON = "Only one person could be told apart. If two spoke, add a transcript that says who said what."


@dataclass(frozen=True)
class HeardTurn:
    """One speaker's turn with its words. Seconds; `label` is how the speaker is shown. `doubts` are the parts of the
    text with a flag."""

    start: float
    end: float
    label: str
    text: str
    words: tuple[Word, ...]
    flags: tuple[Flag, ...]
    doubts: tuple[DoubtfulText, ...]


def heard_turns(transcription: Transcription) -> list[HeardTurn]:
    """In order of time; a turn lasts until somebody else speaks or a long silence. None where no words were heard."""
    turns: list[HeardTurn] = []
    for piece in pieces_of(transcription):
        label = f"Speaker {(piece.speaker or 0) + 1}"
        before = turns[-1] if turns else None
        joins = before is not None and before.label == label and piece.start - before.end < _TURN_GAP
        at = len(before.text) + 1 if before is not None and joins else 0
        doubts = (DoubtfulText(at, at + len(piece.text), tuple(piece.flags)),) if piece.flags else ()
        if before is not None and joins:
            turns[-1] = replace(
                before,
                end=max(before.end, piece.end),
                text=f"{before.text} {piece.text}",
                words=before.words + piece.words,
                flags=tuple(dict.fromkeys(before.flags + piece.flags)),
                doubts=before.doubts + doubts,
            )
        else:
            turns.append(HeardTurn(piece.start, piece.end, label, piece.text, piece.words, piece.flags, doubts))
    return turns


def word_times(text: str, words: Sequence[Word]) -> tuple[tuple[int, int, float, float], ...]:
    """Where each word stands in the text, and when it was heard. One that cannot be found there is left out."""
    found, at = [], 0
    for word in words:
        said = word.text.strip()
        start = text.find(said, at)
        if said and start >= 0:
            at = start + len(said)
            found.append((start, at, round(word.start, 3), round(word.end, 3)))
    return tuple(found)


def to_parsed_transcript(
    transcript_id: str, transcription: Transcription, *, notes: Sequence[str] = ()
) -> ParsedTranscript:
    """Turns numbered from 1. `notes` (of decoding) come first, then what is not sure. Raises NoSpeechFound."""
    turns = heard_turns(transcription)
    if not turns:
        raise NoSpeechFound(minutes=transcription.seconds / 60)
    return ParsedTranscript(
        transcript_id,
        tuple(
            ParsedTurn(
                turn=str(number),
                speaker_label=turn.label,
                utterances=(turn.text,),
                start=turn.start,
                end=turn.end,
                doubts=turn.doubts,
                times=word_times(turn.text, turn.words),
            )
            for number, turn in enumerate(turns, start=1)
        ),
        notes=(*notes, *_who_notes(transcription, turns)),
        doubtful_share=transcription.doubtful_share,
    )


def _who_notes(transcription: Transcription, turns: Sequence[HeardTurn]) -> list[str]:
    if len({turn.label for turn in turns}) == 1:
        return [ONE_PERSON]
    channels = {heard.clip.channel for heard in transcription.clips}
    return [TOLD_BY_VOICE] if len(channels) == 1 else []
