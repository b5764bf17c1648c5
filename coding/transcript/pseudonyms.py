"""What was found replaced through a whole conversation: one person, one placeholder; and the way back until somebody
has looked. It is a help against being recognised, no promise that nobody can be."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coding.transcript.identifiers.kinds import Found, GivenName, Kind
from coding.transcript.identifiers.who import SOMEBODY, label_of
from coding.transcript.words import Replaced, Turn

METHOD = "rules 1"
"""Names the rules that replaced, and is kept with the transcript."""


@dataclass(frozen=True)
class Span:
    """What is to be replaced in one turn, by characters of its clear text. `keeps` stays behind the placeholder."""

    start: int
    end: int
    kind: str
    placeholder: str
    keeps: str = ""

    @property
    def shown(self) -> str:
        return self.placeholder + self.keeps


@dataclass(frozen=True)
class Replacement:
    """The turns with placeholders, and beside `Turn.replaced` what stood there: `said` by turn, in the same order.
    `utterances` are those of each turn, where they were given."""

    turns: tuple[Turn, ...]
    said: tuple[tuple[str, ...], ...]
    utterances: tuple[tuple[str, ...], ...] = ()


class Labels:
    """Gives out the placeholders of one conversation: [child 1], [school 2]."""

    def __init__(self, names: Sequence[GivenName], taken: Sequence[str] = ()) -> None:
        self._names = names
        self._known: dict[tuple[str, str], str] = {}
        self._count = Counter[str]()
        for placeholder in taken:
            if found := re.fullmatch(r"\[(.+) (\d+)\]", placeholder):
                self._count[found.group(1)] = max(self._count[found.group(1)], int(found.group(2)))

    def of(self, found: Found) -> str:
        what = self._what(found)
        key = (what, f"{found.given} {found.same_as}")
        if key not in self._known:
            self._known[key] = self.new(what)
        return self._known[key]

    def new(self, what: str) -> str:
        self._count[what] += 1
        return f"[{what} {self._count[what]}]"

    def _what(self, found: Found) -> str:
        if found.kind is not Kind.NAME:
            return found.kind.value
        if not found.given:
            return SOMEBODY
        return label_of(self._names[int(found.same_as)].who) if found.same_as.isdigit() else "family name"


def spans_of(found: Sequence[Found], labels: Labels) -> list[Span]:
    return [Span(one.start, one.end, one.kind.value, labels.of(one), one.keeps) for one in found]


def put_in(
    turns: Sequence[Turn], spans: Sequence[Sequence[Span]], utterances: Sequence[Sequence[str]] = ()
) -> Replacement:
    """`spans` by turn, of its clear text, in order and none over another. With `utterances`, which are cut as they were
    before: what goes over a boundary is replaced on both sides of it."""
    done, said, cut = [], [], []
    for number, (turn, wanted) in enumerate(zip(turns, spans, strict=True)):
        bounds = _bounds(turn.text, utterances[number]) if utterances else []
        moved = _Moved(turn.text, [part for span in wanted for part in _parts(span, bounds)])
        done.append(moved.turn(turn))
        said.append(tuple(turn.text[span.start : span.end] for span in moved.spans))
        cut.append(tuple(moved.text[moved.at(start) : moved.at(end, after=True)].strip() for start, end in bounds))
    return Replacement(tuple(done), tuple(said), tuple(cut) if utterances else ())


def put_back(
    turns: Sequence[Turn], said: Sequence[Sequence[str]], utterances: Sequence[Sequence[str]] = ()
) -> tuple[tuple[Turn, ...], list[list[Span]], tuple[tuple[str, ...], ...]]:
    """The clear turns, the spans that were replaced in them, and the clear utterances: `put_in` undone."""
    clear, spans, cut = [], [], []
    for number, (turn, words) in enumerate(zip(turns, said, strict=True)):
        back = [Span(one.start, one.end, one.kind, text) for one, text in zip(turn.replaced, words, strict=True)]
        bounds = _bounds(turn.text, utterances[number]) if utterances else []
        moved = _Moved(turn.text, back)
        clear.append(replace(moved.turn(turn), replaced=()))
        spans.append([
            Span(moved.at(one.start), moved.at(one.end, after=True), one.kind, one.placeholder, one.keeps)
            for one in turn.replaced
        ])  # fmt: skip
        cut.append(tuple(moved.text[moved.at(start) : moved.at(end, after=True)] for start, end in bounds))
    return tuple(clear), spans, tuple(cut) if utterances else ()


def everywhere(turns: Sequence[Turn], words: str) -> Iterator[tuple[int, int, int]]:
    """Turn, start and end of each place where `words` stand alone, in any case, with any white space between them."""
    pieces = [re.escape(piece) for piece in words.split()]
    if not pieces:
        return
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(pieces) + r"(?!\w)", re.I)
    for number, turn in enumerate(turns):
        for found in pattern.finditer(turn.text):
            yield number, *found.span()


class _Moved:
    """A text with other words at some spans, and where each of its characters has gone."""

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        self.spans = list(spans)
        self._places: list[tuple[int, int, int, int]] = []  # of each span: start and end before, and after
        out, at = "", 0
        for span in self.spans:
            out += text[at : span.start]
            self._places.append((span.start, span.end, len(out), len(out) + len(span.shown)))
            out += span.shown
            at = span.end
        self.text = out + text[at:]

    def at(self, place: int, *, after: bool = False) -> int:
        """Where a character is now; inside a span its beginning or, with `after`, its end."""
        shift = 0
        for start, end, new_start, new_end in self._places:
            if place <= start:
                break
            if place < end:
                return new_end if after else new_start
            shift = new_end - end
        return place + shift

    def turn(self, turn: Turn) -> Turn:
        return replace(
            turn,
            text=self.text,
            doubts=tuple(
                {**doubt, "start": self.at(doubt["start"]), "end": self.at(doubt["end"], after=True)}
                for doubt in turn.doubts
            ),
            times=self._times(turn),
            replaced=tuple(
                Replaced(new_start, new_end, span.kind, span.placeholder, span.keeps)
                for span, (_, _, new_start, new_end) in zip(self.spans, self._places, strict=True)
            ),
        )

    def _times(self, turn: Turn) -> tuple[tuple[int, int, float, float], ...]:
        """Words that went together into a span are one, from the first one's start to the last one's end."""
        together: dict[tuple[int, int], tuple[float, float]] = {}
        for start, end, begins, ends in turn.times:
            place = (self.at(start), self.at(end, after=True))
            known = together.get(place)
            together[place] = (min(known[0], begins), max(known[1], ends)) if known else (begins, ends)
        return tuple((*place, *when) for place, when in sorted(together.items()))


def _bounds(text: str, utterances: Sequence[str]) -> list[tuple[int, int]]:
    """Where each utterance lies in its turn. They are the turn, give or take white space."""
    found, at = [], 0
    for said in utterances:
        start = text.find(said, at)
        start = at if start < 0 else start
        at = min(len(text), start + len(said))
        found.append((start, at))
    return found


def _parts(span: Span, bounds: Sequence[tuple[int, int]]) -> list[Span]:
    inside = [(max(span.start, start), min(span.end, end)) for start, end in bounds if start < span.end > span.start]
    parts = [(start, end) for start, end in inside if start < end]
    if len(parts) < 2:
        return [span]
    last = len(parts) - 1
    return [
        replace(span, start=start, end=end, keeps=span.keeps if number == last else "")
        for number, (start, end) in enumerate(parts)
    ]


def placeholders_in(turns: Sequence[Turn]) -> Mapping[str, int]:
    """How often each placeholder stands in the conversation."""
    return Counter(one.placeholder for turn in turns for one in turn.replaced)
