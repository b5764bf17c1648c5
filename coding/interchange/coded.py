"""A coded conversation as files carry it from one program to another."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from coding.review.draft import RATINGS
from coding.scheme.codes import Code, Speaker, Subtype
from models.practice import Picked, SessionKind


@dataclass(frozen=True)
class CodedLine:
    """One utterance. `start` and `end` are whole milliseconds from the start of the recording. `foreign` is what the
    file calls its code where Evoke has none that means the same; then `code` is None. `confidence` (0–1, four decimals)
    and `unsure` are a machine's."""

    speaker: str
    role: Speaker
    text: str
    code: Code | None = None
    subtype: Subtype | None = None
    note: str = ""
    start: int | None = None
    end: int | None = None
    foreign: str = ""
    confidence: float | None = None
    unsure: bool = False


@dataclass(frozen=True)
class CodedSession:
    """Lines in the order they were said; a turn is a run of lines of one speaker. `ratings` are 1–5 by the names of
    RATINGS, `evidence` the 0-based places of the lines a rating rests on. `coder` is who coded it, in the file's own
    words. `remarks` are for the person who brings it: what was read in another way than it stands in the file. `kind`
    and `picked` are what the file says of the conversation, if anything; who brings it in says both on the form."""

    title: str
    lines: tuple[CodedLine, ...]
    ratings: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, tuple[int, ...]] = field(default_factory=dict)
    coder: str = ""
    remarks: tuple[str, ...] = ()
    kind: SessionKind | None = None
    picked: Picked | None = None

    def turns(self) -> Iterator[tuple[int, tuple[CodedLine, ...]]]:
        """The place of each turn's first line, with its lines."""
        begins = 0
        for place, line in enumerate(self.lines):
            if line.speaker != self.lines[begins].speaker:
                yield begins, self.lines[begins:place]
                begins = place
        if self.lines:
            yield begins, self.lines[begins:]

    @property
    def without_code(self) -> int:
        return sum(line.code is None for line in self.lines)


@dataclass(frozen=True)
class Written:
    """A file for somebody to take. `lost` says in sentences what its format cannot hold; empty where it holds all."""

    name: str
    media_type: str
    data: bytes
    lost: tuple[str, ...] = ()


def pinned_to(session: CodedSession) -> dict[int, tuple[str, ...]]:
    """By place, the ratings that a line is evidence of, in the order of RATINGS."""
    found: dict[int, tuple[str, ...]] = {}
    for name in RATINGS:
        for place in session.evidence.get(name, ()):
            found[place] = (*found.get(place, ()), name)
    return found
