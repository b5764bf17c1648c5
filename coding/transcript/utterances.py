"""Parsing a turn into utterances: one complete thought each, and in doubt fewer (MITI 4.2.1).

Rules over spaCy's tokens and sentences. Nothing is lost: the utterances put together are the turn, give or take
white space.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from coding.scheme.codes import Speaker

_LONG = 40
"""Words after which talk without full stops is looked through for places to divide it."""
_LEAST = 4
"""Words that a piece of unpunctuated talk must at least have."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LEAD_INS = _set(
    "okay ok right yeah yes yep no nope so well um uh er erm ah oh mm mhm hmm sure alright all good great fine now "
    "look hi hello hiya hey thanks thank you exactly absolutely and but like i see mean you know cool lovely aye sorry"
)
_TAGS = _set(
    "isn't it is aren't you are don't do doesn't he she didn't did wasn't was haven't have they we right yeah no innit "
    "eh then though wouldn't would couldn't could won't will can't can okay ok that there i not true"
)
_CARRIES_ON = _set("that's it's thats its he's she's they're which because cause cos or just not even especially like")
_QUESTION_WORDS = _set("what how why who where when which")
_HELPERS = _set("do does did is are was were would could can will have has had should")
_SUBJECTS = _set("i you we he she they it that there this the your")
_JOINERS = _set("and but so because cause cos then")
_TRAILING = ("...", "…", "..", "-", "–", "—")


@dataclass(frozen=True)
class Piece:
    """A stretch of the turn: its place, its words in lower case, how it ends, and whether it was cut out of talk
    without full stops and so begins anew whatever stands before it."""

    start: int
    end: int
    words: tuple[str, ...]
    asks: bool
    trails: bool
    anew: bool = False

    def with_next(self, other: "Piece") -> "Piece":
        return Piece(self.start, other.end, self.words + other.words, other.asks, other.trails, self.anew)


def split_turn(text: str, speaker: Speaker | None = None) -> list[str]:
    """The utterances of one turn, in order; empty for a turn without words or signs.

    Practitioners' sentences often do different things (a reflection, then a question), a client's usually carry one
    thought on: knowing the speaker draws better lines.
    """
    joined: list[Piece] = []
    for piece in pieces_of(text):
        if joined and not divides(joined[-1], piece, speaker):
            joined[-1] = joined[-1].with_next(piece)
        else:
            joined.append(piece)
    return [text[piece.start : piece.end].strip() for piece in joined]


def pieces_of(text: str) -> list[Piece]:
    """A turn's smallest pieces, in order: its sentences, and the clauses of long talk without full stops."""
    return [part for piece in _sentences(text) for part in _parts_of_long(piece, text)]


def divides(before: Piece, after: Piece, speaker: Speaker | None) -> bool:
    """Whether a new thought starts at `after`."""
    if after.anew:
        return True
    if not after.words or not before.words or before.trails:
        return False
    if is_lead_in(before) or (after.asks and is_tag(after)):
        return False
    if after.words[0] == "but" and len(after.words) > 2:
        return True
    if speaker is Speaker.CLIENT:
        return after.asks and not before.asks and len(after.words) > 2
    if before.asks or after.asks:
        return before.asks != after.asks or len(after.words) > 2
    if len(after.words) < _LEAST or after.words[0] in _CARRIES_ON:
        return False
    return speaker is Speaker.PRACTITIONER


def is_lead_in(piece: Piece) -> bool:
    """ "Okay." or "Yeah, so": nothing said yet."""
    return len(piece.words) <= 3 and not piece.asks and all(word in _LEAD_INS for word in piece.words)


def is_tag(piece: Piece) -> bool:
    """ "Isn't it?" or "Right?": asks only for a nod to what stands before."""
    return len(piece.words) <= 3 and all(word in _TAGS for word in piece.words)


def _sentences(text: str) -> Iterator[Piece]:
    for start in range(0, len(text), 900_000):  # spaCy refuses more than a million signs at a time
        for sentence in _english()(text[start : start + 900_000]).sents:
            if sentence.text.strip():
                yield _piece(list(sentence), start)


def _piece(tokens: Sequence[Any], offset: int) -> Piece:
    said = [token for token in tokens if not token.is_space]
    last = next((t.text for t in reversed(said) if t.text.strip("\"'”’)")), "") if said else ""
    start = offset + tokens[0].idx
    end = offset + tokens[-1].idx + len(tokens[-1].text)
    return Piece(start, end, _words(said), last.endswith("?"), last.endswith(_TRAILING))


def _words(tokens: Sequence[Any]) -> tuple[str, ...]:
    """Lower-case words, the halves that spaCy makes of "isn't" put together again."""
    words: list[str] = []
    glued = False
    for token in tokens:
        if any(sign.isalnum() for sign in token.text):
            lowered = token.lower_.replace("’", "'")
            if glued and words:
                words[-1] += lowered
            else:
                words.append(lowered)
        glued = not token.whitespace_ and any(sign.isalnum() for sign in token.text)
    return tuple(words)


def _parts_of_long(piece: Piece, text: str) -> Iterator[Piece]:
    """A sentence as it is; talk that a recogniser left without full stops in parts, where a question or a new clause
    plainly begins."""
    if len(piece.words) <= _LONG:
        yield piece
        return
    tokens = list(_english().tokenizer(text[piece.start : piece.end]))
    first = 0
    for place in range(1, len(tokens)):
        if place - first >= _LEAST and len(tokens) - place >= _LEAST and _starts_anew(tokens, place, place - first):
            yield replace(_piece(tokens[first:place], piece.start), anew=first > 0)
            first = place
    yield replace(_piece(tokens[first:], piece.start), anew=first > 0)


def _starts_anew(tokens: Sequence[Any], place: int, said: int) -> bool:
    """The longer a stretch has gone on, the smaller the sign of a new clause that ends it."""
    here = tokens[place].lower_
    following = tokens[place + 1].lower_
    before = tokens[place - 1].lower_
    if before in _JOINERS | {"that", "know", "wonder"}:
        return False
    if here in _QUESTION_WORDS and following in _HELPERS:
        return True
    if here in _HELPERS and following == "you" and before not in _SUBJECTS:
        return True
    if said > 12 and here in ("but", "so") and following in _SUBJECTS | _QUESTION_WORDS:
        return True
    return said > 25 and here in _JOINERS and following in _SUBJECTS


@cache
def _english() -> Any:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline
