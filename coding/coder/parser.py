"""Parsing a turn into utterances by learned weights.

A turn is first cut into its smallest pieces (sentences, and clauses of talk without full stops); whether a new
utterance starts at a piece is then a matter of the words on both sides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coding.coder.words import words_of
from coding.scheme.codes import Speaker
from coding.transcript.utterances import Piece, divides, is_lead_in, is_tag, pieces_of

_PRONOUNS = ("you", "i", "we", "your")


@dataclass(frozen=True)
class TurnParser:
    """`weights` give, by speaker, each mark's say for a new utterance (log-odds); the mark "" is always there."""

    weights: Mapping[Speaker, Mapping[str, float]]

    def leaning(self, towards: Mapping[Speaker, float]) -> "TurnParser":
        """The same, with more (or, below 0, fewer) utterances: `towards` is added to the log-odds of each start."""
        return TurnParser(
            {
                speaker: {**weights, "": weights.get("", 0.0) + towards.get(speaker, 0.0)}
                for speaker, weights in self.weights.items()
            }
        )

    def parse(self, text: str, speaker: Speaker) -> list[str]:
        """The utterances of one turn, in order; together they are the turn, give or take white space."""
        pieces = pieces_of(text)
        if not pieces:
            return []
        weights = self.weights[speaker]
        spans = [[pieces[0].start, pieces[0].end]]
        for place in range(1, len(pieces)):
            says = sum(weights.get(mark, 0.0) * value for mark, value in marks_at(pieces, place, text, speaker))
            if says > 0:
                spans.append([pieces[place].start, pieces[place].end])
            else:
                spans[-1][1] = pieces[place].end
        return [text[start:end].strip() for start, end in spans]


def marks_at(pieces: Sequence[Piece], place: int, text: str, speaker: Speaker) -> Iterator[tuple[str, float]]:
    """What is to be seen where piece `place` (from 1) begins: marks with their strength."""
    before, after = pieces[place - 1], pieces[place]
    left, right = words_of(text[before.start : before.end]), words_of(text[after.start : after.end])
    yield "", 1.0
    yield f"ends {' '.join(left[-2:])}", 1.0
    yield f"ends {' '.join(left[-1:])}", 1.0
    for length in (1, 2, 3):
        yield f"goes on {' '.join(right[:length])}", 1.0
        yield f"began {' '.join(left[:length])}", 1.0
    for word in sorted(set(left)):
        yield f"left {word}", 0.5
    for word in sorted(set(right)):
        yield f"right {word}", 0.5
    yield f"asks {before.asks:d} {after.asks:d}", 1.0
    yield f"lengths {min(len(before.words) // 3, 5)} {min(len(after.words) // 3, 5)}", 1.0
    yield f"left length {min(len(before.words), 6)}", 1.0
    yield f"right length {min(len(after.words), 6)}", 1.0
    yield f"from start {min(place, 4)}", 1.0
    yield f"to end {min(len(pieces) - place, 4)}", 1.0
    yield "lead-in", float(is_lead_in(before))
    yield "tag", float(after.asks and is_tag(after))
    yield "trails", float(before.trails)
    yield "anew", float(after.anew)
    yield "by rule", float(divides(before, after, speaker))
    for pronoun in _PRONOUNS:
        yield f"{pronoun} {pronoun in before.words:d} {pronoun in after.words:d}", 1.0
