"""How much of what was marked is found, and how much of what is found was marked, by kind."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from coding.transcript.identifiers.find import Finder, More
from coding.transcript.identifiers.kinds import Found, GivenName

_MARK = re.compile(r"\{\{(\w+)\|([^{}]*)\}\}")


@dataclass(frozen=True)
class Marked:
    """Characters `start` up to before `end` of the clear text."""

    kind: str
    start: int
    end: int


def clear(marked: str) -> tuple[str, list[Marked]]:
    """The text as it was said, and where the marks lie in it."""
    text, marks, at = "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[at : found.start()]
        marks.append(Marked(found.group(1), len(text), len(text) + len(found.group(2))))
        text += found.group(2)
        at = found.end()
    return text + marked[at:], marks


@dataclass
class Score:
    """Counts by kind of mark; `found` and `wrong` are finds that touch a mark, or none."""

    marked: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0

    def recall(self, kinds: Sequence[str]) -> float:
        """Share of the marks of these kinds of which every letter and digit is covered."""
        marked = sum(self.marked[kind] for kind in kinds)
        return sum(self.hidden[kind] for kind in kinds) / marked if marked else float("nan")

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else float("nan")


@dataclass(frozen=True)
class Line:
    text: str
    marks: list[Marked]
    found: list[Found]

    def is_hidden(self, mark: Marked) -> bool:
        covered = {at for one in self.found for at in range(one.start, one.end)}
        return all(at in covered for at in range(mark.start, mark.end) if self.text[at].isalnum())

    def wrong(self) -> list[Found]:
        return [one for one in self.found if not any(m.start < one.end and one.start < m.end for m in self.marks)]


def lines_of(utterances: Path, names: Path, *, more: Sequence[More] = ()) -> Iterator[Line]:
    """Every line of a marked set, looked through as a conversation is."""
    given: dict[str, list[GivenName]] = {}
    for row in _rows(names):
        given.setdefault(row["conversation"], []).append(GivenName(row["name"], row["role"]))
    for conversation, rows in groupby(_rows(utterances), key=lambda row: row["conversation"]):
        said = [clear(row["text"]) for row in rows]
        finder = Finder(given.get(conversation, ()), more=more)
        for (text, marks), found in zip(said, finder.through(text for text, _ in said), strict=True):
            yield Line(text, marks, found)


def score(lines: Iterator[Line]) -> Score:
    total = Score()
    for line in lines:
        for mark in line.marks:
            total.marked[mark.kind] += 1
            total.hidden[mark.kind] += line.is_hidden(mark)
        wrong = len(line.wrong())
        total.wrong += wrong
        total.right += len(line.found) - wrong
    return total


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
