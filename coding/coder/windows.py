"""Stretches of a conversation as one sequence of tokens, for an encoder that reads many utterances at once.

An utterance is one mark and its tokens. The mark says whose turn begins ("therapist" or "client") or, inside a turn,
that a new utterance does. So every utterance is read beside what was said before and after it, and a token is read
about once and a half instead of once for each utterance that it is context of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from coding.coder.result import UtteranceToCode
from coding.scheme.codes import Speaker

T = TypeVar("T")
LENGTH = 192  # tokens in a window
BACK = 48  # tokens of what was said before: as many utterances as fit, and at least one
AHEAD = 20  # tokens of what was said after
MOST_TOKENS = 64  # of one utterance: its first and last halves
MOST_OF_GOAL = 14
_AT_ONCE = 1_000  # utterances; the tokenizer's own answers are large


@dataclass(frozen=True)
class Piece:
    """One utterance's token ids, its mark first. `places` are the (start, end) of each token but the mark in the text;
    the side is 1 for the practitioner."""

    ids: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    side: int


@dataclass(frozen=True)
class Window:
    """Utterances `start` to `end` are read, and those from `first` to `last` answered (ends excluded)."""

    start: int
    end: int
    first: int
    last: int


class Pieces:
    """Turns utterances into pieces with the encoder's own word pieces."""

    def __init__(self, tokenizer: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.start, self.mark, self.mask = (self._id(name) for name in ("[CLS]", "[SEP]", "[MASK]"))
        self.marks = {
            Speaker.PRACTITIONER: self._id("therapist"),
            Speaker.CLIENT: self._id("client"),
        }

    def _id(self, token: str) -> int:
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise ValueError(f"the tokenizer does not know {token}")
        return int(found)

    def goal(self, change_goal: str) -> tuple[int, ...]:
        """What a window begins with: the start, and the change goal where there is one."""
        ids = self._tokenizer.encode(change_goal, add_special_tokens=False).ids[:MOST_OF_GOAL]
        return (self.start, *ids, self.mark) if ids else (self.start,)

    def of(self, conversation: Sequence[UtteranceToCode]) -> list[Piece]:
        pieces: list[Piece] = []
        last = None
        for start in range(0, len(conversation), _AT_ONCE):
            some = conversation[start : start + _AT_ONCE]
            texts = [said.text.replace("’", "'") for said in some]
            for said, encoding in zip(some, self._tokenizer.encode_batch(texts, add_special_tokens=False), strict=True):
                # Files number turns in their own ways, so it is the speaker that counts.
                mark = self.mark if said.speaker is last else self.marks[said.speaker]
                last = said.speaker
                ids, places = (mark, *_ends(encoding.ids)), tuple(_ends(encoding.offsets))
                pieces.append(Piece(ids, places, int(said.speaker is Speaker.PRACTITIONER)))
        return pieces


def _ends(tokens: list[T]) -> list[T]:
    half = MOST_TOKENS // 2
    return tokens if len(tokens) <= MOST_TOKENS else [*tokens[:half], *tokens[-half:]]


def windows_of(lengths: Sequence[int], room: int) -> Iterator[Window]:
    """Windows that answer each utterance once, with talk before and after it. `room` is tokens for utterances."""
    first, count = 0, len(lengths)
    while first < count:
        start, held = first, 0
        while start and (start == first or held + lengths[start - 1] <= BACK):
            start -= 1
            held += lengths[start]
        end = first
        while end < count and (held + lengths[end] <= room or end == first):
            held += lengths[end]
            end += 1
        last, ahead = end, 0
        if end < count:
            while last - 1 > first and ahead < AHEAD:
                last -= 1
                ahead += lengths[last]
        yield Window(start, end, first, last)
        first = last


def laid_out(head: Sequence[int], pieces: Sequence[Piece]) -> tuple[list[int], list[int]]:
    """Token ids and their sides (0 for what the window begins with)."""
    ids, sides = list(head), [0] * len(head)
    for piece in pieces:
        ids.extend(piece.ids)
        sides.extend([piece.side] * len(piece.ids))
    return ids, sides
