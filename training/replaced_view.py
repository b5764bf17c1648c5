"""A turn for the page where somebody checks what was replaced: its text in pieces, each with what it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

from coding.transcript.words import Turn


@dataclass(frozen=True)
class Piece:
    """`said` is what stood there, and empty for text that is as it was said."""

    text: str
    said: str = ""


@dataclass(frozen=True)
class ReplacedTurn:
    speaker_label: str
    pieces: tuple[Piece, ...]


def replaced_view(turn: Turn, said: Sequence[str]) -> ReplacedTurn:
    pieces: list[Piece] = []
    at = 0
    for one, words in zip(turn.replaced, said, strict=True):
        pieces += [Piece(turn.text[at : one.start]), Piece(turn.text[one.start : one.end], words)]
        at = one.end
    pieces.append(Piece(turn.text[at:]))
    return ReplacedTurn(turn.speaker_label, tuple(piece for piece in pieces if piece.text))
