"""Who said what: by the voice where the sound tells it, else guessed from the words; and which of them is the
practitioner."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coding.scheme.codes import Speaker
from coding.speech.errors import NoSpeechFound
from coding.speech.heard import Flag, Transcription, Word
from coding.speech.pieces import Piece, pieces_of
from coding.transcript.parsed import ParsedTranscript, ParsedTurn

RoleLogOdds = Callable[[Sequence[str]], Sequence[float]]
"""For each text in order: natural log odds that the practitioner said it rather than the client."""

# Set by hand: how likely the other person speaks next, without and with a pause between two sentences.
_CHANGE = 0.15
_CHANGE_AT_PAUSE = 0.4
_PAUSE = 0.3  # seconds
_MOST_LOG_ODDS = 4.0  # no single sentence decides alone
_TURN_GAP = 5.0  # seconds of silence after which the same person starts a new turn

GUESSED_TURNS = (
    "Who spoke was guessed from the words, because the voices share one channel, so some turns may have the wrong "
    "speaker. If many do, correct them in a transcript and add that."
)
GUESSED_ROLES = "Which speaker is the practitioner was guessed from the words. Check it, and swap them if it is wrong."
ONE_PERSON = "Only one person could be told apart. If two spoke, add a transcript that says who said what."


@dataclass(frozen=True)
class HeardTurn:
    """One speaker's turn with its words. Seconds; `label` is how the speaker is shown."""

    start: float
    end: float
    label: str
    role: Speaker
    text: str
    words: tuple[Word, ...]
    flags: tuple[Flag, ...]


def turns_with_roles(transcription: Transcription, role_log_odds: RoleLogOdds) -> tuple[list[HeardTurn], list[str]]:
    """Turns in order of time, and notes on what was guessed. Raises NoSpeechFound."""
    pieces = pieces_of(transcription)
    if not pieces:
        raise NoSpeechFound(minutes=transcription.seconds / 60)
    log_odds = [_bounded(value) for value in role_log_odds([piece.text for piece in pieces])]
    if any(piece.speaker is None for piece in pieces):
        roles = roles_from_words(log_odds, [after.start - before.end for before, after in pairwise(pieces)])
        labels = [role.value.capitalize() for role in roles]
        notes = [GUESSED_TURNS]
    else:
        practitioner = practitioner_among([piece.speaker for piece in pieces], log_odds)
        roles = [Speaker.PRACTITIONER if piece.speaker == practitioner else Speaker.CLIENT for piece in pieces]
        labels = [f"Speaker {(piece.speaker or 0) + 1}" for piece in pieces]
        notes = [GUESSED_ROLES]
    if len(set(labels)) == 1:
        notes.append(ONE_PERSON)
    return _joined(pieces, labels, roles), notes


def to_parsed_transcript(
    transcript_id: str, transcription: Transcription, role_log_odds: RoleLogOdds, *, notes: Sequence[str] = ()
) -> ParsedTranscript:
    """Turns numbered from 1. `notes` (of decoding) come first, then what was guessed and how much is doubtful."""
    turns, guesses = turns_with_roles(transcription, role_log_odds)
    doubtful = transcription.doubtful_share
    doubts = [f"{doubtful:.0%} of the speech was hard to make out: listen to it again."] if doubtful >= 0.01 else []
    return ParsedTranscript(
        transcript_id,
        tuple(
            ParsedTurn(
                turn=str(number),
                speaker_label=turn.label,
                utterances=(turn.text,),
                role=turn.role,
                start=turn.start,
                end=turn.end,
            )
            for number, turn in enumerate(turns, start=1)
        ),
        notes=(*notes, *guesses, *doubts),
    )


def roles_from_words(log_odds: Sequence[float], pauses: Sequence[float]) -> list[Speaker]:
    """The most likely sequence of roles (Viterbi) for sentences in order; `pauses` are the seconds between them.

    Positive log odds speak for the practitioner; a change of speaker is likelier at a pause.
    """
    best = {Speaker.PRACTITIONER: log_odds[0] / 2, Speaker.CLIENT: -log_odds[0] / 2}
    came_from: list[dict[Speaker, Speaker]] = []
    for value, pause in zip(log_odds[1:], pauses, strict=True):
        change = _CHANGE_AT_PAUSE if pause >= _PAUSE else _CHANGE
        step = {}
        scores = {}
        for role in Speaker:
            reach = {other: best[other] + math.log(1 - change if other is role else change) for other in Speaker}
            step[role] = max(reach, key=lambda other: reach[other])
            scores[role] = reach[step[role]] + (value if role is Speaker.PRACTITIONER else -value) / 2
        came_from.append(step)
        best = scores
    roles = [max(best, key=lambda role: best[role])]
    for step in reversed(came_from):
        roles.append(step[roles[-1]])
    return roles[::-1]


def practitioner_among(speakers: Sequence[int | None], log_odds: Sequence[float]) -> int | None:
    """The voice whose sentences together speak most for the practitioner."""
    sums: dict[int | None, float] = {}
    for speaker, value in zip(speakers, log_odds, strict=True):
        sums[speaker] = sums.get(speaker, 0.0) + value
    return max(sums, key=lambda speaker: sums[speaker])


def _bounded(value: float) -> float:
    return 0.0 if math.isnan(value) else max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, float(value)))


def _joined(pieces: Sequence[Piece], labels: Sequence[str], roles: Sequence[Speaker]) -> list[HeardTurn]:
    """A turn lasts until somebody else speaks or a long silence."""
    turns: list[HeardTurn] = []
    for piece, label, role in zip(pieces, labels, roles, strict=True):
        last = turns[-1] if turns else None
        if last is not None and last.label == label and piece.start - last.end < _TURN_GAP:
            turns[-1] = replace(
                last,
                end=max(last.end, piece.end),
                text=f"{last.text} {piece.text}",
                words=last.words + piece.words,
                flags=tuple(dict.fromkeys(last.flags + piece.flags)),
            )
        else:
            turns.append(HeardTurn(piece.start, piece.end, label, role, piece.text, piece.words, piece.flags))
    return turns
